"""A query that is a paper's name («印章管理办法», «《…》», 简称) or its 发文字号, in any spelling.

Its paper stands first; what else the words find follows. Looked up among the papers that the
reader may see.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from kb.catalogue.reader import IndexReader
from kb.law.names import bare_key, title_key
from kb.model import Scope
from kb.retrieve.facts import Fact, Facts, fact_of
from kb.retrieve.spelling import spelled
from kb.text.normalise import fold
from kb.text.numbers import find_numbers

REMEMBERED = 8
"""Scopes whose papers are kept."""

LONGEST = 80
"""Characters of a query that is looked at for a title."""

_QUOTED = re.compile(r"《([^《》]{2,80})》")
_AROUND = re.compile(
    r"^(?:请问|请查|查一下|查找|查询|查|找一下|找|打开|看一下|看看|看)?|"
    r"(?:的?(?:全文|原文|正文|文件|内容))?[?？。!！]*$"
)
# 云公管2024年5号, 云公管（2024）5, 云公管 2024-5 号: what only looks like a number. It counts if a
# paper has it.
_LOOSE = re.compile(
    r"(?P<org>[\u4e00-\u9fff]{2,14})\s*[〔\[［【（(﹝〖「{｛<〈]?\s*(?P<year>(?:19|20)\d{2})\s*年?"
    r"\s*[〕\]］】）)﹞〗」}｝>〉]?\s*[-—－–第]?\s*(?P<number>\d{1,4})\s*[号號]?(?![\d年月日])"
)
_SHORT = re.compile(
    r"[\u4e00-\u9fff]{2,16}(?:办法|规定|制度|条例|规则|细则|规程|准则|标准|法|纪要|通知)$"
)
_ARTICLE = re.compile(
    r"(?P<name>[\u4e00-\u9fff]{3,16}?)》?\s?(?=第\s?[〇零一二三四五六七八九十百千\d]{1,7}\s?条)"
)


@dataclass(frozen=True, slots=True)
class Named:
    """The versions that a query names; ``by`` is 文件名 or 文号, ``rest`` what else it asks."""

    facts: tuple[Fact, ...]
    by: str
    rest: str


class PaperNames:
    """The papers of one scope, by what people call them."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._titles: defaultdict[str, list[Fact]] = defaultdict(list)
        self._numbers: defaultdict[str, list[Fact]] = defaultdict(list)
        self._bare: dict[str, str] = {}
        for fact in facts.all:
            bare = bare_key(fact.title, fact.issuer)
            for key in {title_key(fact.title), bare}:
                self._titles[key].append(fact)
            self._bare[bare] = bare
            if fact.number_key:
                self._numbers[fact.number_key].append(fact)

    def named(self, query: str) -> Named | None:
        """The paper that a query is the name or the number of, or has in 《》."""
        if found := self.numbered(query):
            rest = spelled(query)
            for hit in find_numbers(rest):
                rest = rest.replace(hit.raw, " ")
            rest = _LOOSE.sub(" ", rest)
            return Named(tuple(found), "文号", _AROUND.sub("", rest.strip()))
        if len(query) > LONGEST:
            return None
        titles = _QUOTED.findall(query)
        for title in titles or [_AROUND.sub("", query.strip())]:
            found += self.titled(title, short=bool(titles))
        rest = _AROUND.sub("", _QUOTED.sub(" ", query).strip()) if titles else ""
        return Named(tuple(dict.fromkeys(found)), "文件名", rest) if found else None

    def numbered(self, query: str) -> list[Fact]:
        """Papers whose number a query has."""
        named = [hit.key for hit in find_numbers(query)]
        named += [
            (m["org"], int(m["year"]), int(m["number"])) for m in _LOOSE.finditer(spelled(query))
        ]
        # What stands before the office's name may have run into it: 请查云公管.
        keys = [
            f"{org[at:]}|{year or ''}|{number}"
            for org, year, number in named
            for at in range(len(org) - 1)
        ]
        return [fact for key in dict.fromkeys(keys) for fact in self._numbers.get(key, ())]

    def titled(self, title: str, *, short: bool = True) -> list[Fact]:
        """Papers of a title, with or without their issuer; else of the one document whose title
        it shortens (印章办法)."""
        key = title_key(title)
        if len(key) < 3:
            return []
        if found := self._titles.get(key):
            return list(found)
        full = self.full(key) if short or _SHORT.fullmatch(key) else None
        return list(self._titles.get(full, ())) if full else []

    def full(self, short: str) -> str | None:
        """The title (key) of the one document that a shortened title can mean: its characters in
        order, the same beginning and the same end. None where there is none, or several."""
        if len(short) < 4 or short in self._bare:
            return None
        fitting = [
            name
            for name in self._bare
            if name[:2] == short[:2] and name[-2:] == short[-2:] and _in_order(short, name)
        ]
        return fitting[0] if len(fitting) == 1 else None

    def written_out(self, query: str) -> str:
        """A query whose shortened title before an article's number is written out in full."""
        text = fold(query)
        match = _ARTICLE.search(text)
        if match is None:
            return query
        for at in range(len(match["name"]) - 3):
            short = match["name"][at:]
            if short in self._titles:
                return query
            if (full := self.full(title_key(short))) is not None:
                return f"{text[: match.start() + at]}《{full}》{text[match.end() :].lstrip('》')}"
        return query

    @cached_property
    def titles(self) -> Sequence[str]:
        """Titles without their issuers, for «您是不是要找»."""
        return tuple(self._bare)


def paths(facts: Iterable[Fact]) -> frozenset[str]:
    """Where these papers lie."""
    return frozenset(fact.path for fact in facts)


def _in_order(short: str, name: str) -> bool:
    letters = iter(name)
    return all(char in letters for char in short)


class KnownPapers:
    """The papers that one scope lets through on any day: what is known of them, what they are
    called."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.names = PaperNames(facts)


class PapersOfScopes:
    """`KnownPapers` of one generation, by scope; the last few are kept. For several threads."""

    def __init__(self, rows: IndexReader) -> None:
        self._rows = rows
        self._lock = threading.Lock()
        self._kept: OrderedDict[Scope, KnownPapers] = OrderedDict()

    def of(self, scope: Scope) -> KnownPapers:
        """Of every version that the reader may see, of whatever day."""
        key = replace(scope, reader="", as_of=None)
        with self._lock:
            if (known := self._kept.get(key)) is not None:
                self._kept.move_to_end(key)
                return known
        rows = sorted(self._rows.names(key), key=lambda row: row.path)
        found = KnownPapers(Facts(map(fact_of, rows)))
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > REMEMBERED:
                self._kept.popitem(last=False)
        return found
