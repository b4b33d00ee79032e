"""The level of force (效力层级) of a paper, by its maker and its title (立法法 2023, 98-103).

A level is told from the folder only where neither title nor issuer tells: a folder's name is what
its keeper thought. Nothing here decides a conflict between two papers.
"""

from __future__ import annotations

import re

from kb.model import Force

_CONSTITUTION = re.compile(r"^(?:中华人民共和国)?宪法(?:修正案|$|[（(])")
_JUDICIAL = re.compile(r"最高人民法院|最高人民检察院")
_CONGRESS = re.compile(r"全国人民代表大会|全国人大")
_LOCAL_CONGRESS = re.compile(r"人民代表大会|人大常委会|人大常务委员会")
_COUNCIL = re.compile(r"^(?:中华人民共和国)?国务院$")
_MINISTRY = re.compile(
    r"^(?:中华人民共和国|中国)?(?:国家[\u4e00-\u9fff]{2,14}(?:委员会|总局|局|署|办公室)|[\u4e00-\u9fff]{2,10}部"
    r"|人民银行|中国人民银行|审计署|海关总署|[\u4e00-\u9fff]{2,12}(?:监督管理委员会|总局|总署))$"
)
_GOVERNMENT = re.compile(r"人民政府|政府办公|国务院办公厅|中共中央|中央办公厅")
_NATIONAL = re.compile(
    r"^中华人民共和国[\u4e00-\u9fff、]{1,40}(?:法|法典)(?:[（(]|$)|^刑法修正案|^中华人民共和国刑法修正案"
)
_REGULATION = re.compile(r"(?:条例|规定|办法|细则|规则|规程)(?:[（(].{1,16}[）)])?$")
_OWN = re.compile(
    r"(?:制度|办法|规定|细则|规则|规程|准则|守则|章程|职责|流程|规范|方案|须知|标准)(?:[（(].{1,16}[）)])?$"
)
_PLACE = re.compile(r"^[\u4e00-\u9fff]{2,10}(?:省|自治区|市|自治州|自治县|县|区|特区|经济区)")

_FOLDERS: tuple[tuple[re.Pattern[str], Force], ...] = (
    (re.compile(r"^宪法$"), Force.CONSTITUTION),
    (re.compile(r"司法解释"), Force.JUDICIAL),
    (re.compile(r"地方(?:性)?法规"), Force.LOCAL),
    (re.compile(r"行政法规"), Force.ADMINISTRATIVE),
    (re.compile(r"规章"), Force.RULE),
    (re.compile(r"规范性文件"), Force.NORMATIVE),
    (
        re.compile(
            r"^(?:法律|刑法|民法典|民法商法|行政法|经济法|社会法|宪法相关法|诉讼与非诉讼程序法)$"
        ),
        Force.LAW,
    ),
    (re.compile(r"制度$"), Force.INTERNAL),
)


def force_of(issuer: str, title: str, path: str) -> Force:
    """The level of force; `Force.NONE` where nothing tells.

    Args:
        issuer: the issuing organ, empty if unknown.
        title: the title without 《》.
        path: the path below its source, with ``/``; the names of its folders are weak evidence.
    """
    if _CONSTITUTION.search(title):
        return Force.CONSTITUTION
    by_maker = _by_maker(issuer, title)
    folder = _by_folder(path)
    if by_maker is Force.RULE and folder in (Force.ADMINISTRATIVE, Force.JUDICIAL, Force.NORMATIVE):
        # A ministry often signs what the State Council approved; the keeper's folder knows.
        return folder
    if by_maker is not None:
        return by_maker
    if folder is not None:
        return folder
    if _NATIONAL.search(title):
        return Force.LAW
    return Force.INTERNAL if issuer and _OWN.search(title) else Force.NONE


def _by_maker(issuer: str, title: str) -> Force | None:
    if not issuer:
        return None
    if _JUDICIAL.search(issuer):
        return Force.JUDICIAL
    if _CONGRESS.search(issuer):
        return Force.LAW
    if _LOCAL_CONGRESS.search(issuer):
        return Force.LOCAL
    if _COUNCIL.search(issuer):
        return Force.ADMINISTRATIVE if _REGULATION.search(title) else Force.NORMATIVE
    if _GOVERNMENT.search(issuer):
        return Force.NORMATIVE
    first = re.split(r"[、 　]", issuer)[0]
    if _MINISTRY.search(first) and not _PLACE.search(first):
        return Force.RULE if _REGULATION.search(title) else Force.NORMATIVE
    return None


def _by_folder(path: str) -> Force | None:
    folders = path.split("/")[:-1]
    for folder in reversed(folders):
        for pattern, force in _FOLDERS:
            if pattern.search(folder):
                return force
    return None
