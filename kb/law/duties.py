"""Who must, may or must not do what, by when (DOMAIN, section 3).

Read sentence by sentence: a modal word opens a duty that lasts until the next one in the sentence.
Every part of a duty is cut from the text word for word, so that it can be quoted with its place.
Left out: conditions («应当…的，»), penalties («由…责令», «由…处罚») and who interprets a paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kb.law.amounts import Amount, amounts
from kb.law.limits import Limit, limits

__all__ = ["Amount", "Duty", "Limit", "amounts", "duties", "limits"]


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty; each part word for word.

    ``modality`` is the word used (应当, 不得, 负责, 审批 …), empty where a plain statement carries
    a limit. ``actor`` may be empty, or stand earlier in the text than the duty. ``limit`` and
    ``trigger`` are empty where there is none. ``start``/``end`` are offsets in the text.
    """

    actor: str
    modality: str
    action: str
    limit: str
    trigger: str
    start: int
    end: int


_SENTENCE = re.compile(r"[^。；;！？!?\n]+")
_CLAUSE = re.compile(r"[^，,：:]+(?:[，,：:]|$)")
_ACTOR_END = (
    r"(?:岗位|岗|处室|科室|处|室|科|部门|机关|机构|单位|组织|局长|主任|处长|书记|副局长|秘书长|负责人|责任人"
    r"|领导|人员|干部|职工|工作人员|办公室|办公厅|委员会|党组|党委|纪委|支部|政府|法院|检察院|中心|专员|值班长|主持人|申请人"
    r"|当事人|代表|企业|公司|银行|学校|医院|协会|工会|者|会|局|厅|部|院|所|站|队|组|员|人|长|方|户|个人|公民|国家|法人)"
)
_DO = r"负责(?!人|同志|干部|任)|牵头|承担|组织|会同|协调"
_DECIDE = (
    r"审核|审批|批准|审定|审议|审查|决定|核定|管理|保管|办理|制定|提出|登记|备案|签发|核准|会签"
    r"|汇总"
)
_BY = re.compile(
    rf"(?<![理事缘自因])由(?P<who>[^，,。；由]{{0,38}}?{_ACTOR_END})"
    rf"(?:统一|具体|共同|分别|直接|依法|集体|本人|亲自|当面|书面|负责)*(?P<verb>{_DO}|{_DECIDE})"
    r"(?![岗员人处科部簿表单册权者会])"
)
_PUNISH = re.compile(
    r"由[^，,。；]{1,60}?(?:责令|给予|处以|处罚|处[\d一二三四五六七八九十]|没收|吊销|追究|撤销|警告|依法处理)"
)
_INTERPRET = re.compile(r"由[^，,。；]{1,40}?(?:负责)?解释")
_MODAL = re.compile(
    r"应当|应(?=[由于在按及经提将填报立自先]|[^当用急对变有届聘邀聘税])|必须|不得|禁止|严禁|可以|有权|须(?![知发])"
    r"|负责(?!人|同志|干部|任)|牵头"
)
_ACTOR = re.compile(rf"[\u4e00-\u9fffA-Za-z、“”（）()]{{0,40}}?{_ACTOR_END}(?![\u4e00-\u9fff])")
# Where the description of a case begins: what stands before it is the one who acts.
_CASE = re.compile(
    r"(?:因|在|对|向|从|自|于|按照|根据|依照|依据|经|将|把|收到|接到|发现|作出|未|不按|违反|需要|需|认为|拒绝|如|为|是|每|"
    r"提前|同时|及时|应|实行|设|负责|以|凭|确需|拟|已|的|申请|提交|使用|办理|参加|调离|离岗|离职|通过|结合|凡|若|履行|行使|享有|符合)"
)
_ITEM = re.compile(r"^\s*(?:[（(][一二三四五六七八九十百\d]{1,4}[）)]|\d{1,2}[.．、])\s*")
_LEAD_WORDS = re.compile(
    r"^(?:并且|并|但是|但|且|而|或者|或|同时|其中|确需的?|必要时|经批准|原则上|一般|仍|均|也|还|各自)+"
)


def duties(text: str) -> list[Duty]:
    """Every duty in ``text`` (an article without its label), in order."""
    found: list[Duty] = []
    lead = ""
    for sentence in _SENTENCE.finditer(text):
        item = _ITEM.match(sentence.group())
        if item is None and not _continues(text, sentence.start()):
            lead = ""
        begin = sentence.start() + (item.end() if item else 0)
        reader = _Sentence(text, begin, sentence.end(), lead if item else "")
        found.extend(reader.duties())
        if sentence.group().rstrip().endswith(("：", ":")):
            lead = reader.subject
    return found


def _continues(text: str, at: int) -> bool:
    """Whether what begins at ``at`` stands in the same line as what goes before."""
    return at > 0 and text[at - 1] in "；;"


class _Sentence:
    """One sentence of ``text``, from ``start`` to ``end``; ``subject`` is who acts so far."""

    def __init__(self, text: str, start: int, end: int, subject: str) -> None:
        self._text = text
        self._start = start
        self._end = end
        self.subject = subject

    def duties(self) -> list[Duty]:
        """The duties of the sentence; a clause without a modal word continues the last one."""
        found: list[Duty] = []
        going_on = False
        for clause in _CLAUSE.finditer(self._text, self._start, self._end):
            words = clause.group().rstrip("，,：:")
            start, end = clause.start(), clause.start() + len(words)
            opened = list(self._opened(words, start, end))
            if opened:
                found.extend(opened)
                going_on = True
            elif words.endswith("的") or (named := self._named(words)):
                going_on = False
                if not words.endswith("的") and named:
                    self.subject = named
                    # «办公室在2小时内报告»: what is laid down with a limit is a duty, too.
                    if limits(words):
                        action = words[words.index(named) + len(named) :]
                        found.append(Duty(named, "", action, "", "", start, end))
                        going_on = True
            elif going_on:
                last = found[-1]
                begin = self._text.index(last.action, last.start)
                found[-1] = replace(last, action=self._text[begin:end], end=end)
        return [_with_limit(self._text, duty) for duty in found if duty.action]

    def _opened(self, words: str, start: int, end: int) -> Iterator[Duty]:
        if words.endswith("的") and not words.endswith("目的"):
            # «应当申请而未申请的，»: a case, not a duty; but it may say who acts.
            self.subject = self._named(words) or self.subject
            return
        if _PUNISH.search(words) or _INTERPRET.search(words):
            return
        by = list(_BY.finditer(words))
        if by:
            yield from self._given(words, start, end, by)
            return
        modal = _first_modal(words)
        if modal is None:
            return
        actor = self._actor(words[: modal.start()])
        self.subject = actor or self.subject
        action = words[modal.end() :].strip()
        yield Duty(actor, modal.group(), action, "", "", start, end)

    def _given(self, words: str, start: int, end: int, by: list[re.Match[str]]) -> Iterator[Duty]:
        """«由办公室负责审核»: each 由 gives a duty; what it does follows, or goes before."""
        matter = _LEAD_WORDS.sub("", words[: by[0].start()]).removesuffix("应当").strip()
        for here, after in zip(by, [*by[1:], None], strict=True):
            until = after.start() if after else len(words)
            who = self._trimmed(here["who"])
            plain = here["verb"] in ("负责", "牵头")
            action = words[here.end("verb") if plain else here.start("verb") : until].strip("、 ")
            if action in ("", here["verb"]):
                # «合同用印由局长审批»: what goes before is what is done.
                action = matter or here["verb"]
            if who and action:
                yield Duty(who, here["verb"], action, "", "", start, end)

    def _trimmed(self, who: str) -> str:
        """«单位负责人在三日内» as «单位负责人»."""
        found = _CASE.search(who, 1)
        return who[: found.start()] if found else who

    def _named(self, words: str) -> str:
        """Who a clause without a modal word begins with: «印章管理岗因休假离岗的» → 印章管理岗."""
        words = _LEAD_WORDS.sub("", words.strip())
        found = _CASE.search(words, 1)
        head = words[: found.start()] if found else ""
        return head if head and _ACTOR.fullmatch(head) else ""

    def _actor(self, before: str) -> str:
        """Who stands before a modal word; who acted before, where nobody does."""
        before = _LEAD_WORDS.sub("", before.strip())
        for limit in limits(before):
            before = before.replace(limit.text, "\0")
        before = before.strip("\0 ")
        if not before or _ACTOR.fullmatch(before):
            return before or self.subject
        if head := self._named(before + "的"):
            return head
        tail = re.split(r"[的后前时内中下\0]|以内", before)[-1]
        if tail and _ACTOR.fullmatch(tail):
            return tail
        # «在离岗前应当»: who acted before acts on. «停用的印章应当»: the thing is no actor.
        return self.subject if _CASE.match(before) else ""


def _with_limit(text: str, duty: Duty) -> Duty:
    within = limits(text[duty.start : duty.end])
    if not within:
        return duty
    return replace(duty, limit=within[0].text, trigger=within[0].trigger)


def _first_modal(words: str) -> re.Match[str] | None:
    for match in _MODAL.finditer(words):
        if match.group() == "负责" and words[: match.start()].endswith(("对", "主要", "谁")):
            continue
        if match.group() == "应" and words[: match.start()].endswith(
            tuple("响对适效反供感呼顶照理相")
        ):
            continue
        return match
    return None
