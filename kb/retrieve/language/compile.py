"""A query of the language as the tree that every engine compiles."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from kb.engine.query import (
    And,
    Everything,
    Field,
    Not,
    Or,
    Papers,
    Pattern,
    Phrase,
    Prefix,
    Query,
    Term,
)
from kb.law.names import number_key
from kb.retrieve.facts import Fact, Facts
from kb.retrieve.language.compiled import NOTHING, Compiled
from kb.retrieve.language.faults import Fault, near_field
from kb.retrieve.language.fields import (
    DATES,
    FORCES,
    KINDS,
    STATUSES,
    What,
    field_of,
)
from kb.retrieve.language.form import faults_of
from kb.retrieve.language.signs import half_width
from kb.retrieve.language.syntax import Syntax, parser
from kb.text.normalise import fold
from kb.text.numerals import to_chinese, to_int
from kb.text.periods import Period, parse_period
from kb.text.segment import bigrams, words

_DROPPED = re.compile(r"[\s《》〈〉“”‘’\"']")
_ARTICLE = re.compile(r"第\s?(\d{1,4})\s?([条章节款])")
_GAP = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
_NUMBER_MARKS = re.compile(r"[\s〔〕\[\]［］【】()（）{}年第号號]")


def compile_query(query: str, facts: Facts, today: date) -> Compiled:
    """Parse and compile; never fails: what cannot be understood is told in ``faults`` and left
    out (a clause) or taken as words (a field that there is not)."""
    text = half_width(query)
    found = Compiled(NOTHING)
    found.faults = faults_of(text, parser().tag(text))
    compiler = _Compiler(facts, today, found)
    tree = compiler.of(parser().process(text), wanted=True)
    found.tree = NOTHING if tree is None else tree
    found.faults.sort(key=lambda fault: (fault.start, fault.end))
    found.words = list(dict.fromkeys(found.words))
    return found


class _Compiler:
    def __init__(self, facts: Facts, today: date, found: Compiled) -> None:
        self._facts = facts
        self._today = today
        self._found = found

    def of(self, node: Any, *, wanted: bool) -> Query | None:
        """The tree of a node; None where nothing of it could be understood. ``wanted``: not
        below a NOT."""
        match Syntax.group(node):
            case "not":
                inner = self._join(And, node, wanted=not wanted)
                return None if inner is None else Not(inner)
            case "or":
                return self._join(Or, node, wanted=wanted)
            case "and":
                return self._join(And, node, wanted=wanted)
        if Syntax.range(node):
            return self._range(node)
        return self._text(node, wanted=wanted) if Syntax.text(node) else None

    def _join(
        self, how: Callable[[tuple[Query, ...]], Query], node: Any, *, wanted: bool
    ) -> Query | None:
        parts = [part for child in node if (part := self.of(child, wanted=wanted)) is not None]
        if len(parts) < 2:
            return parts[0] if parts else None
        return how(tuple(parts))

    def _text(self, node: Any, *, wanted: bool) -> Query | None:
        text: str = node.text
        what = _field(node)
        if node.fieldname and what is None:
            text = f"{node.fieldname} {text}"
        text = text.replace('"', " ").strip()
        if not any(char.isalnum() for char in text):
            if Syntax.wild(node) and set(text) == {"*"}:
                return Everything()
            return self._fault(node, "这里没有可检索的字") if text else None
        if what is What.NUMBER:
            return self._papers(_numbered(text))
        if what is What.KIND:
            return self._listed(node, text, KINDS, lambda fact, kind: fact.kind is kind)
        if what is What.FORCE:
            return self._listed(node, text, FORCES, lambda fact, force: fact.force is force)
        if what is What.STATUS:
            return self._status(node, text)
        if what is What.OFFICE:
            office = _bare(text)
            return self._papers(lambda fact: any(office in _bare(o) for o in fact.offices))
        if what in DATES and what is not None:
            return self._date(node, what, text)
        if wanted:
            self._found.words += words(text.replace("*", " ").replace("?", " "))
        wild = Syntax.wild(node)
        if what is What.TITLE:
            return self._titled(text, wild=wild)
        inside = _pattern(text) if wild else contains(text)
        if what is What.TEXT:
            return inside
        heading: Query = Phrase(Field.HEADING, tuple(words(text)))
        if wild:
            heading = Pattern(Field.HEADING, fold(text))
        if what is What.HEADING:
            return heading
        return Or((inside, heading, self._titled(text, wild=wild)))

    def _titled(self, text: str, *, wild: bool) -> Query:
        if wild:
            shape = re.compile(Pattern(Field.TITLE, _bare(text)).regex())
            return self._papers(lambda fact: shape.search(_bare(fact.name)) is not None)
        name = _bare(text)
        return self._papers(lambda fact: name in _bare(fact.name))

    def _status(self, node: Any, text: str) -> Query | None:
        statuses = STATUSES.get(fold(text))
        if statuses is None:
            return self._unknown(node, text, ("现行有效", "已废止", "失效", "已修改", "尚未生效"))
        self._found.any_day = True
        return self._papers(lambda fact: fact.status(self._today) in statuses)

    def _listed(
        self, node: Any, text: str, names: dict[str, Any], is_it: Callable[[Fact, Any], bool]
    ) -> Query | None:
        value = names.get(fold(text))
        if value is None:
            return self._unknown(node, text, [name for name in names if not name.isascii()])
        return self._papers(lambda fact: is_it(fact, value))

    def _unknown(self, node: Any, text: str, names: Iterable[str]) -> Query | None:
        return self._fault(node, f"不认识“{text}”，可写：{'、'.join(names)}")

    def _date(self, node: Any, what: What, text: str) -> Query | None:
        period = parse_period(text, self._today)
        if period is None:
            says = "日期应写作 2023、2023-05、2023-05-01 或 [2023 TO 2024]"
            return self._fault(node, says)
        return self._in_period(what, period)

    def _range(self, node: Any) -> Query | None:
        what = _field(node)
        if what not in DATES or what is None:
            return self._fault(node, "区间只能用于日期，如 日期:[2023 TO 2024]")
        ends: list[Period | None] = []
        for end in (node.start, node.end):
            period = parse_period(end, self._today) if end and end != "*" else None
            if end and end != "*" and period is None:
                says = f"“{end}”不是日期，应写作 2023、2023-05 或 2023-05-01"
                return self._fault(node, says)
            ends.append(period)
        one, other = ends
        first = one and (_after(one.last) if node.startexcl else one.first)
        last = other and (_before(other.first) if node.endexcl else other.last)
        if first and last and first > last:
            return self._fault(node, f"区间的起点 {first} 晚于终点 {last}")
        return self._in_period(what, Period(first or None, last or None))

    def _in_period(self, what: What, period: Period) -> Query:
        if what is What.DATE:
            return self._papers(lambda fact: _between(fact.dated, period))
        if what is What.ISSUED:
            return self._papers(lambda fact: _between(fact.issued, period))
        return self._papers(lambda fact: _between(fact.effective, period))

    def _papers(self, chosen: Callable[[Fact], bool]) -> Query:
        return Papers(self._facts.paths(chosen))

    def _fault(self, node: Any, says: str) -> Query | None:
        """Tell it, and leave the clause out."""
        self._found.faults.append(Fault(node.startchar, node.endchar, says))
        return None


def _field(node: Any) -> What | None:
    """The field asked about; of a name that is none the nearest, which `faults_of` has told."""
    name: str = node.fieldname or ""
    return field_of(name) or (near_field(name) if name else None)


def contains(text: str) -> Query:
    """Passages that hold ``text`` as it stands, whatever words the segmenter makes of it: 处理 is
    in 待处理. Punctuation does not count; 第3条 is 第三条."""
    plain = _GAP.sub("", fold(text))
    numbered = _ARTICLE.sub(_in_chinese, plain)
    forms = [plain] if numbered == plain else [plain, numbered]
    found: list[Query] = []
    for form in forms:
        pairs = tuple(bigrams(form))
        if len(pairs) == 1 and len(pairs[0]) == 1 and not pairs[0].isascii():
            # One Han character: it stands alone, or as either half of a pair.
            one = pairs[0]
            found += [Term(Field.BIGRAMS, one), Prefix(Field.BIGRAMS, one)]
            found.append(Pattern(Field.BIGRAMS, "?" + one))
        else:
            found.append(Phrase(Field.BIGRAMS, pairs))
            if any(len(pair) == 1 for pair in pairs):
                found.append(Phrase(Field.WORDS, tuple(words(form))))
    return found[0] if len(found) == 1 else Or(tuple(found))


def _pattern(text: str) -> Query:
    """``印*``: words that begin so. Of two and more characters before the star, wherever they
    stand: the segmenter may have cut the word after them."""
    folded = fold(text)
    head = folded.rstrip("*")
    if "*" in head or "?" in head or head == folded:
        return Pattern(Field.WORDS, folded)
    if len(head) > 1 and not head.isascii():
        return Or((Prefix(Field.WORDS, head), contains(head)))
    return Prefix(Field.WORDS, head)


def _numbered(text: str) -> Callable[[Fact], bool]:
    """A 发文字号 in any spelling, or a part of one (云公管, 2024)."""
    key = number_key(text)
    part = _loose(text)
    return lambda fact: (
        bool(fact.number) and (fact.number_key == key if key else part in _loose(fact.number))
    )


def _loose(number: str) -> str:
    return _NUMBER_MARKS.sub(" ", fold(number)).strip()


def _bare(text: str) -> str:
    return _DROPPED.sub("", fold(text))


def _in_chinese(match: re.Match[str]) -> str:
    value = to_int(match[1])
    return match[0] if value is None else f"第{to_chinese(value)}{match[2]}"


def _between(day: date | None, period: Period) -> bool:
    return (
        day is not None
        and (period.first is None or period.first <= day)
        and (period.last is None or day <= period.last)
    )


def _after(day: date | None) -> date | None:
    return None if day is None else date.fromordinal(day.toordinal() + 1)


def _before(day: date | None) -> date | None:
    return None if day is None else date.fromordinal(day.toordinal() - 1)
