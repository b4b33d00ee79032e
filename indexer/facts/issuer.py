"""Who issued a document: its signature, its passage line, or the beginning of its title."""

from __future__ import annotations

import re

from indexer.facts.view import View
from kb.model import Fact

ORGAN = (
    r"(?:人民代表大会常务委员会|人民代表大会|人大常委会|人民政府办公厅|人民政府办公室|人民政府|国务院办公厅"
    r"|国务院|人民法院|人民检察院|委员会办公室|委员会|办公厅|办公室|党组|党委|工作部|宣传部|组织部"
    r"|网信办|编办|外办|侨办|台办|金融办|信访办|法制办|港澳办|领导小组|工作小组|工作组|指挥部|推进小组|部|委|局|厅|署|院|会|社|行|处|馆|所|站|中心|大学|学院|学校|协会|公司|集团|总队|支队)"
)
NOT_AFTER = r"(?![门属级长员位分署内务议计])"
TITLE = re.compile(
    rf"^((?:中华人民共和国)?[\u4e00-\u9fff、 ]{{1,60}}?{ORGAN}){NOT_AFTER}(?=关于|印发)"
)
TITLE_RULE = re.compile(
    rf"^((?:[\u4e00-\u9fff]{{1,10}}[省市区县州盟旗])[\u4e00-\u9fff]{{1,16}}?{ORGAN}){NOT_AFTER}"
    r"(?=[“”《》〈〉\u4e00-\u9fff]{2,30}(?:办法|规定|制度|细则|规则|准则|规程|规范|守则|职责|条例|方案|意见))"
)
PASSED = re.compile(
    r"(?:第[一二三四五六七八九十百\d]+届)?([\u4e00-\u9fff]{0,20}?"
    r"(?:全国人民代表大会|人民代表大会|人大)(?:常务委员会|常委会)?)(?:第[一二三四五六七八九十百\d]+次)?会议"
)
ORDER = re.compile(rf"((?:中华人民共和国)?[\u4e00-\u9fff]{{0,20}}?{ORGAN})令(?:第|[（(〔\[])")
MADE_PUBLIC = re.compile(
    rf"日[\s　]*([\u4e00-\u9fff、]{{0,40}}?{ORGAN})(?:发布|公布|颁布|印发|制定)"
)
SIGNATURE = re.compile(rf"[\u4e00-\u9fff、\s　]{{1,40}}{ORGAN}$")
RED_HEAD = re.compile(rf"([\u4e00-\u9fff]{{1,30}}{ORGAN})文件$")
SEAL = re.compile(r"[（(][^（()）]*(?:代章|盖章|印章|签章)[)）]$")


def issuer(view: View) -> tuple[str, Fact] | None:
    """The issuing organ, with the text that names it; None where nothing does."""
    if match := TITLE.match(view.title):
        return _found(match[1].replace(" ", "、"), view.title)
    for line in view.top:
        if match := RED_HEAD.fullmatch(line.strip()):
            return _found(match[1], line)
    if signed := _signature(view):
        return signed
    for line in reversed(view.head):
        if match := PASSED.search(line):
            return _found(match[1], line)
        if match := ORDER.search(line) or MADE_PUBLIC.search(line):
            return _found(match[1], line)
    if match := TITLE_RULE.match(view.title):
        return _found(match[1], view.title)
    return None


def _signature(view: View) -> tuple[str, Fact] | None:
    """The organs named above a date that stands alone: «某局» / «2023年2月20日»."""
    for *above, _ in view.signed if view.prose else reversed(view.signed):
        organs: list[str] = []
        for line in reversed(above):
            name = SEAL.sub("", line.strip())
            if name and not SIGNATURE.fullmatch(name):
                break
            organs[:0] = name.split()
        if organs:
            return _found("、".join(organs), "　".join(organs))
    return None


def _found(name: str, evidence: str) -> tuple[str, Fact]:
    """The organ by its usual name: «国务院», not «中华人民共和国国务院»."""
    name = re.sub(r"^[日由经]", "", "".join(name.split())).removeprefix("中华人民共和国")
    return name, Fact(name, "rule", evidence.strip())
