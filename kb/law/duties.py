"""Who must, may or must not do what, by when (DOMAIN, section 3).

Read sentence by sentence: a modal word opens a duty that lasts until the next one in the sentence.
Every part of a duty is cut from the text word for word, so that it can be quoted with its place.
Left out: conditions («应当…的，») and penalties («由…责令», «由…处罚»).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kb.law.actors import LEAD, actor, after_by, head
from kb.law.amounts import Amount, amounts
from kb.law.limits import Limit, LimitKind, limits

__all__ = ["Amount", "Duty", "Limit", "amounts", "duties", "limits"]


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty; each part word for word.

    ``modality`` is the word used (应当, 不得, 负责, 审批 …; 由 where somebody is given what no
    such verb names), empty where a plain statement carries a limit. ``actor`` may be empty, or
    stand earlier in the text than the duty. ``limit`` and ``trigger`` are empty where there is
    none. ``start``/``end`` are offsets in the text, ``at`` is where the action begins.

    ``matter`` is what a bare verb after 由 is done to: in «财务专用章由财务资产处管理» the word
    and the action are 管理, the matter is 财务专用章. Empty everywhere else.
    """

    actor: str
    modality: str
    action: str
    limit: str
    trigger: str
    start: int
    end: int
    at: int = 0
    matter: str = ""

    @property
    def what(self) -> str:
        """What stands beside the word where a duty is shown: the matter where there is one."""
        return self.matter or self.action


_SENTENCE = re.compile(r"[^。；;！？!?\n]+")
_CLAUSE = re.compile(r"[^，,：:]+(?:[，,：:]|$)")
_BY = re.compile(r"(?<![事自缘因交])(?<!(?<!管)(?<!办)(?<!处)理)由(?!于|$|[，,。；;：:])")
_NO_MATTER = re.compile(
    r"(?:[^，,。；]{0,12}?)(?:责令|给予|予以(?:处罚|处分|处理|表彰)|处以|处(?=[\d一二三四五六七八九十])|处罚|没收|吊销|暂扣"
    r"|追究|撤销|警告|依法处理|依规|立案|责成)"
    r"|[^，,。；]{0,4}?(?:通报|约谈|谈话提醒|批评教育|调查处理|查处|拒付)"
    r"|(?:轮流)?(?:担任|任(?!命|免)|出任)|[^，,。；]{0,8}?享有|(?:依照|按照)[^，,]*处理$|会同[^，,]{2,12}?给予"
)
"""What follows «由某某» and gives him no matter: penalties, praise, who sits in a body."""
# The order matters: «承担下列职责» before 承担.
_WORDS = (
    r"负责(?!人|同志|干部|任|的)|牵头(?!处室|单位|部门|人|机关|机构)|归口管理(?!部门|处室|单位|机构)"
    r"|主管(?=全国|全局|全市|全省|本|我国|机关|[^\u4e00-\u9fff]|全)(?!本人|机关)|负有(?=[^，,。；]{0,30}(?:职责|义务))"
    r"|(?:履行|承担)下列(?:[专主具])?[项要体]?(?:工作)?(?:职责|责任|工作|任务)|职责(?:是|为)(?=$|[^，,。；]{4})|承担(?!的)"
)
_MODAL = re.compile(
    r"应当|应(?!当|急|用|对|变|届|聘|邀|税|到|参加|办|发|收|付|送审|试|诉|答)(?!有(?!利))|必须|不得|禁止|严禁|可以|(?<![享所])有权(?![利人属]|机关|部门|单位)|须(?![知发])"
    rf"|{_WORDS}"
)
_LIABLE = re.compile(
    r"[^，,。；]{0,8}(?:相应|领导|同等|法律|赔偿|民事|连带|侵权|违约|刑事|清偿|举证|补充|直接|全部|主要|次要|无限|有限)[^，,。；]{0,4}责任"
    r"|责任(?:$|[，,])"
)
_OF_WHOM = re.compile(r"[^，,。；]{1,20}的[^，,。；的]{1,12}(?:应当|必须|不得|须)")
_ITEM = re.compile(r"^\s*(?:[（(][一二三四五六七八九十百\d]{1,4}[）)]|\d{1,2}[.．、])\s*")
_SET_UP = re.compile(
    r"(?:^|，|,)[^，,]{0,20}?设(?:立|置)?(?P<who>[^，,、。设]{2,12}?(?:岗|室|中心|专员))$"
)
_CALLED = re.compile(r"（(?:以下)?(?:统?简?称)[“\"]?(?P<name>[^”\"）]+)[”\"]?）")
_THINGS_OF = re.compile(r"是指|所称|适用本")


def duties(text: str) -> list[Duty]:
    """Every duty in ``text`` (an article without its label), in order."""
    found: list[Duty] = []
    lead, subject = "", ""
    for sentence in _SENTENCE.finditer(text):
        item = _ITEM.match(sentence.group())
        new_line = sentence.start() == 0 or text[sentence.start() - 1] == "\n"
        if new_line:
            # Who acts is taken over within a 款, and by its items from their lead, never further.
            subject = lead if item else ""
            lead = lead if item else ""
        elif text[sentence.start() - 1] in "。！？!?" and _OTHER_CASE.match(sentence.group()):
            subject = ""
        begin = sentence.start() + (item.end() if item else 0)
        if item and sentence.group().rstrip().endswith("的"):
            continue  # one of several cases
        reader = _Sentence(text, begin, sentence.end(), subject, bool(item))
        found.extend(reader.duties())
        subject = reader.subject
        if sentence.group().rstrip().endswith(("：", ":")) and not item:
            lead = reader.subject
    return found


class _Sentence:
    """One sentence of ``text``, from ``start`` to ``end``; ``subject`` is who acts so far."""

    def __init__(self, text: str, start: int, end: int, subject: str, item: bool) -> None:
        self._text = text
        self._start = start
        self._end = end
        self.subject = subject
        self._item = item

    def duties(self) -> list[Duty]:
        """The duties of the sentence; a clause without a modal word continues the last one."""
        found: list[Duty] = []
        going_on = False
        """Whether a clause that opens nothing still belongs to the last duty."""
        for clause in _CLAUSE.finditer(self._text, self._start, self._end):
            words = clause.group().rstrip("，,：:")
            start, end = clause.start(), clause.start() + len(words)
            opened = list(self._opened(words, start, end))
            if opened:
                found.extend(opened)
                going_on = not _WHOLE.search(words)
                continue
            case = words.endswith("的") and not words.endswith("目的")
            if _BY.search(words) and self._named(words.split("由", 1)[0]):
                going_on = False
                continue
            if case or _STATES_CASE.search(words):
                # What follows it may still be the same one's to do («仍不能一致的，列明理由报…»);
                # the case alone is none of his action, for it may be another duty's.
                if not case and (named := self._named(words)):
                    self.subject = named
                continue
            named = self._named(words)
            if named == words and not (going_on and _SAYS.match(words)):
                self.subject = named
                going_on = False
                continue
            spoken_of = start == self._start and not self._item and not going_on
            if not named and spoken_of and not _CASE.search(words):
                # «传阅实行直传直退，不得横传»: a thing is spoken of, whoever acted before.
                self.subject = ""
            if named and named != words:
                self.subject = named
            acts = (named and named != words) or (found and not going_on and self.subject)
            if acts and limits(words) and not _PENAL.match(words):
                # «办公室在2小时内报告»: what is laid down with a limit is a duty, too.
                at = start + (words.index(named) + len(named) if named else 0)
                who = named or self.subject
                found.append(Duty(who, "", self._text[at:end], "", "", start, end, at))
                going_on = True
                continue
            if going_on and not _PENAL.match(words):
                found[-1] = self._longer(found[-1], end)
        return [_with_limit(self._text, duty) for duty in found if duty.action]

    def _longer(self, duty: Duty, end: int) -> Duty:
        """The duty with all that stands up to ``end``."""
        matter = duty.matter
        if matter:
            matter = self._text[self._text.index(matter, duty.start) : end]
        return replace(duty, action=self._text[duty.at : end], matter=matter, end=end)

    def _opened(self, words: str, start: int, end: int) -> Iterator[Duty]:
        if words.endswith("的") and not words.endswith("目的"):
            # «应当申请而未申请的，»: a case, not a duty; but it may say who acts.
            self.subject = self._named(words) or self.subject
            return
        modal = _first_modal(words)
        also = words.find("并由")
        if modal is not None and modal.end() < also:
            # «须经批准并由机要岗陪同»: the one duty ends where the other begins.
            yield from self._opened(words[:also], start, start + also)
            yield from self._given(words[also:], start + also, end, None)
            return
        by = self._given(words, start, end, modal)
        if by:
            yield from by
            return
        if modal is None:
            return
        word = modal.group()
        if "是指" in words[: modal.start()]:
            return
        if word in ("应当", "必须", "须", "应") and _attribute(words, modal):
            return
        if word == "负责" and re.search(r"(?:处置|处理)的(?:其他)?[^的]{1,4}$", words):
            return
        who = self._who(words[: modal.start()], word)
        action = words[modal.end() :].strip()
        at = start + words.find(action, modal.end())
        about = re.search(r"对(?P<what>.+?)(?:全面|共同)?$", words[: modal.start()])
        if word == "负责" and about and not action:
            who, action = self._who(words[: about.start()], word), about["what"]
            at = start + about.start("what")
        if (
            word in ("禁止", "严禁")
            and not action.startswith(("其", "或者"))
            and (named := self._named(action))
        ):
            who = named if named != action else ""
        if word in ("禁止", "严禁"):
            self.subject = who
        if who or not _NEEDS_ACTOR.match(word):
            at = at if action else start + modal.start()
            yield Duty(who, word, action or word, "", "", start, end, at)

    def _who(self, before: str, word: str) -> str:
        """The actor of a modal word that stands after ``before``; remembered for what follows."""
        for limit in limits(before):
            before = before.replace(limit.text, "\0")
        named = actor(before.strip("\0 "))
        if named is None:
            return self.subject if word not in ("禁止", "严禁") else ""
        self.subject = named
        return named

    def _given(self, words: str, start: int, end: int, modal: re.Match[str] | None) -> list[Duty]:
        """«由办公室审核»: each 由 gives a duty; what it does follows, or goes before."""
        by = list(_BY.finditer(words))
        if not by or (_THINGS_OF.search(words) and modal is None) or _MADE_OF.search(words):
            return []
        found: list[Duty] = []
        lead = ""
        if modal is not None and modal.start() < by[0].start():
            between = words[modal.end() : by[0].start()]
            if modal.group() in ("不得", "可以") or not _BETWEEN.match(between):
                return []
            lead = modal.group()
        matter = LEAD.sub("", words[: modal.start() if lead and modal else by[0].start()]).strip()
        for here, after in zip(by, [*by[1:], None], strict=True):
            until = after.start() if after else len(words)
            who, does = after_by(words[here.end() : until])
            if (
                not who
                or _NO_MATTER.match(does)
                or does.endswith("的除外")
                or re.search(r"^[一二两三四五\d]+[名人位]", who)
            ):
                continue
            first = lead if here is by[0] else ""
            begin = start + until - len(does)
            found.append(self._matter(who, does, first, matter, (start, end, begin)))
        return found

    def _matter(
        self, who: str, does: str, lead: str, matter: str, at: tuple[int, int, int]
    ) -> Duty:
        start, end, begin = at
        verb = re.match(rf"{_ADVERBS}(?P<verb>{_DO}|{_DECIDE})", does)
        word = lead or (verb["verb"] if verb else "由")
        plain = verb is not None and word in ("负责", "牵头")
        rest = does[verb.end("verb") if plain and verb else 0 :]
        action = rest.strip("、 ").removesuffix("并")
        if verb and action in ("", verb["verb"]):
            # «合同用印由局长审批»: what goes before is what it is done to.
            matter = matter if _IS_MATTER.search(matter) else ""
            at_verb = begin + verb.start("verb")
            return Duty(who, word, verb["verb"], "", "", start, end, at_verb, matter)
        begin += len(does) - len(rest.lstrip("、 "))
        return Duty(who, word, action, "", "", start, end, begin)

    def _named(self, words: str) -> str:
        """Who a clause without a modal word begins with: «印章管理岗因休假离岗的» → 印章管理岗."""
        if created := _SET_UP.search(words):
            return created["who"]
        called = _CALLED.search(words)
        if called and head(words[: called.start()]):
            return called["name"]
        words = LEAD.sub("", words.strip()).removesuffix("的")
        if name := head(words, plain=True):
            return name
        tail = words.rsplit("的", 1)[-1]
        return tail if tail != words and head(tail) == tail else ""


_ADVERBS = r"(?:统一|具体|共同|分别|直接|依法|集体|本人|亲自|当面|书面|负责(?=审|批|核|管))*"
_DO = r"负责(?!人|同志|干部|任)|牵头|承担|组织|会同|协调"
_DECIDE = (
    r"审核|审批|批准|审定|审议|审查|决定|核定|管理|保管|办理"
    r"|制定|提出|登记|备案|签发|核准|会签|汇总"
)


_IS_MATTER = re.compile(r"^(?!(?:一律|均|都|也|仍|原则上|一般|统一|必须|应当)$).")
"""An adverb before 由 is nothing that could be approved."""
_WHOLE = re.compile(r"对.+负(?:有)?责$")
"""«对A负责» says all: a clause that follows is one of its own."""
_STATES_CASE = re.compile(r"(?:(?<![先最随之])后|(?<![学小及随同按临届定])时|情形下|情况下|期间)$")
_SAYS = re.compile(
    r"[注载列写标]明|管好|报送?(?!人)|抄送|送|附(?!属|近)|告知|书面|通知|说明|签署|建立|做好|加强|配合|协助|完善|维护"
)
"""Verbs with which a clause goes on that ends like a name («载明用途和使用人»)."""
_PENAL = re.compile(
    r"(?:依法|依规|一并)?(?:给予|予以|处以|处[一二三四五六七八九十\d]|责令|追究|没收|吊销|构成)"
)
"""What follows upon a breach is nobody's duty here."""
_OTHER_CASE = re.compile(
    r"(?!发现|认为|确需|需要|需|未|不|因|对|收到|接到|逾期|审批|退回|经)[^，,。；;]{2,40}的[，,]"
)
"""A new sentence with a case of its own: whoever acted before is not meant."""
_BETWEEN = re.compile(r"(?:先|再|统一|[在于][^，,]{2,10}[内前])?$")
_NEEDS_ACTOR = re.compile(rf"{_WORDS}")
_MADE_OF = re.compile(r"(?:组成|构成)$|组成的")
_CASE = re.compile(
    r"(?:[的时后前中内下起]|期间|情况|规定|要求|职责|需要|日|年)$"
    r"|^(?:因|在|对|按照|根据|依照|依据|经|凡|如|除|自|发现|收到|接到|遇|为|违反|未经|确需|需要|必要|符合|通过|结合)"
)
"""How a clause begins or ends that states a case, not a subject."""


def _attribute(words: str, modal: re.Match[str]) -> bool:
    """«应当归档的材料»: the word only says of what sort the thing is."""
    rest = words[modal.end() :]
    if modal.group() in ("须", "应") and re.match(r"[^的，,]{1,4}的", rest):
        return True
    if re.search(r"的其他[^的，,]{1,6}$", rest):
        return True
    if re.match(
        r"(?!附|提交|提供|出具|填写|报送)[^的，,]{1,16}的"
        r"(?:[^的，,]{0,8})(?:外|事项|材料|费用|邮件|意见|情形)(?:外)?$",
        rest,
    ):
        return modal.start() == 0 or words[: modal.start()].endswith(("除", "对", "依法", "将"))
    return bool(re.match(r"[^，,]{1,12}而(?:没有|未|不)", rest))


NOT_ALL = 4
"""Characters that a clause may have beside a limit and still be nothing else."""


def _with_limit(text: str, duty: Duty) -> Duty:
    """The first limit of the duty's own words; counted from what its sentence says before."""
    begin = max(text.rfind(mark, 0, duty.start) for mark in "。；\n") + 1
    # A least or most of a later clause («录音保存不少于60日») says nothing of when this is done.
    first = re.search("[，,]", text[duty.at : duty.end])
    until = duty.at + first.start() if first else duty.end
    within = [
        limit
        for limit in limits(text[begin : duty.end] + text[duty.end : duty.end + 1])
        if limit.start + begin >= duty.start - 1 or limit.end + begin > duty.start
        if limit.kind is not LimitKind.MINIMUM or limit.start + begin < until
    ]
    if not within:
        # «演练结束后10个工作日内，组织处室应当提交»: the limit is the whole clause before.
        clause = re.search(r"[^，,。；;：:\n]+[，,]$", text[begin : duty.start])
        if clause is None:
            return duty
        within = [
            one
            for one in limits(clause.group())
            if one.kind is not LimitKind.MINIMUM and len(clause.group()) <= len(one.text) + NOT_ALL
        ]
        if not within:
            return duty
    best = next((one for one in within if one.kind is not LimitKind.AT_ONCE), within[0])
    return replace(duty, limit=best.text, trigger=best.trigger)


def _first_modal(words: str) -> re.Match[str] | None:
    for match in _MODAL.finditer(words):
        before, after = words[: match.start()], words[match.end() :]
        word = match.group()
        if word == "负责" and (before.endswith(("谁", "不", "分级")) or after.startswith("相结合")):
            continue
        if word == "承担" and (_LIABLE.match(after) or before.endswith(("不再", "不", "没有"))):
            continue
        if word == "应" and before.endswith(tuple("响对适效反供感呼顶照理相")):
            continue
        if word in ("负责", "承担", "主管") and _OF_WHOM.match(after):
            continue  # «负责登记的部门应当»
        return match
    return None
