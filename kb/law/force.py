"""Level of force (效力层级) of a paper, from who made it and what it is called (立法法 2023)."""

from __future__ import annotations

import re

from kb.model import Force

NATIONAL = re.compile(r"全国人民代表大会|全国人大")
COURT = re.compile(r"最高人民法院|最高人民检察院")
LOCAL_CONGRESS = re.compile(r"[省市州盟区县旗]人民代表大会|[省市州区]人大")
STATE_COUNCIL = re.compile(r"^(?:中华人民共和国)?国务院$|国务院、")
MINISTRY = re.compile(r"部$|委员会$|总局$|总署$|银行$|审计署|署$|国务院.{2,}|国家.{2,}局$")
LOCAL_GOVERNMENT = re.compile(r"[省市州盟区县旗]人民政府$")
OFFICE = re.compile(r"人民政府办公[厅室]$|政府办$")

LAW_TITLE = re.compile(r"^中华人民共和国.*(?:法|法典|法典.{1,6}编)$|法$|法典")
RULE_TITLE = re.compile(r"(?:规定|办法|细则|规则|规程)(?:[（(]试行[)）])?$")
ORDINANCE = re.compile(r"条例(?:[（(]试行[)）])?$")

FOLDERS = (
    ("宪法相关法", Force.LAW),
    ("司法解释", Force.JUDICIAL),
    ("行政法规", Force.ADMINISTRATIVE),
    ("部门规章", Force.RULE),
    ("地方性法规", Force.LOCAL),
)


def force_of(issuer: str, title: str, path: str) -> Force:
    """The level of a paper; `Force.NONE` where neither maker, title nor folder tells.

    A bureau's own rule (an issuer that makes no law) is 本单位制度.
    """
    title = re.sub(r"[\s《》]", "", title)
    if re.fullmatch(r"中华人民共和国宪法.*", title):
        return Force.CONSTITUTION
    if found := _by_maker(issuer, title):
        return found
    folders = path.split("/")[:-1]
    for name, level in FOLDERS:
        if name in folders:
            return level
    if re.match(r"中华人民共和国", title) and LAW_TITLE.search(title):
        return Force.LAW
    if issuer and (RULE_TITLE.search(title) or re.search(r"制度$|规程$", title)):
        return Force.INTERNAL
    return Force.NONE


def _by_maker(issuer: str, title: str) -> Force | None:
    if not issuer:
        return None
    if COURT.search(issuer):
        return Force.JUDICIAL
    if NATIONAL.search(issuer):
        return Force.LAW
    if LOCAL_CONGRESS.search(issuer):
        return Force.LOCAL
    if STATE_COUNCIL.search(issuer):
        rules = ORDINANCE.search(title) or RULE_TITLE.search(title)
        return Force.ADMINISTRATIVE if rules else Force.NORMATIVE
    if OFFICE.search(issuer):
        return Force.NORMATIVE
    if LOCAL_GOVERNMENT.search(issuer):
        return Force.RULE if RULE_TITLE.search(title) else Force.NORMATIVE
    if MINISTRY.search(issuer) and RULE_TITLE.search(title):
        return Force.RULE
    return None
