"""How neighbouring tokens make citations.

citation  = [document] place
document  = 《title》 | 本办法 | a name without 《》 | a 简称 known from elsewhere
place     = 条 [款] [项] [目] | 款 [项] [目] | 项 [目] | relative [款] [项] [目]
list      = citation { (、 | 和 | 及 | 或 | 至) place }     what is not said comes from the left
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from kb.text.citations.expand import Place, places
from kb.text.citations.model import Citation, numbered
from kb.text.citations.names import name_before
from kb.text.citations.tokens import LEVELS, Token, tokens
from kb.text.numerals import to_int

_TIGHT = re.compile(r"\s{0,2}(?:的|中的?|之|(?:规定|所列)的?)?\s{0,2}")
_LIST = re.compile(
    r"\s?(?:(?:规定|所称)的?)?(?:“[^“”]{0,40}”)?\s?(?:、|[，,]?(?:和|与|及其?|以及|或者?|并))\s?"
)
_RANGE = re.compile(r"\s?(?:至|到|—+|－|–|-|~|～)\s?")
_RELATIVE_LEVEL = {"条": 0, "款": 1, "项": 2}
_STEPS_MOST = 9


@dataclass(frozen=True, slots=True)
class _Head:
    """What a place belongs to: a document, or the place where the text stands."""

    start: int
    title: str | None = None
    relative: str = ""
    steps: int = 0
    loose: bool = False
    level: int = -1
    """Of a relative head, the level it stands for (前款: 1)."""


@dataclass(frozen=True, slots=True)
class _Found:
    head: _Head
    place: Place
    start: int
    end: int

    @property
    def level(self) -> int:
        """How deep it goes."""
        given = [depth for depth in range(4) if self.place.at(depth) is not None]
        return given[-1] if given else self.head.level

    def citation(self) -> Citation:
        place, head = self.place, self.head
        return Citation(
            self.start,
            self.end,
            title=head.title,
            label=None if place.article is None else numbered(place.article, place.inserted),
            paragraph=place.paragraph,
            item=place.item,
            relative=head.relative,
            point=place.point,
            steps=head.steps,
            loose=head.loose,
        )


@dataclass(slots=True)
class _Chain:
    """The last token's places, still open to go deeper or on, and a document waiting for one."""

    found: list[_Found] = field(default_factory=list)
    document: _Head | None = None
    end: int = 0

    def close(self) -> Iterator[_Found]:
        """What was found; 本条 and 本款 alone point nowhere else and are dropped."""
        yield from (f for f in self.found if f.level >= 0 and not _idle(f))
        self.found, self.document = [], None


def find_citations(text: str, names: Collection[str] = ()) -> list[Citation]:
    """Every citation of a place in ``text``, in order; a document named whole is not one
    (`find_titles`).

    Args:
        text: an article, or a whole paper: the labels that begin its articles are left out.
        names: 简称 in use in the paper, so that «刑法第十条» is told from the paper's own 第十条.
    """
    return [found.citation() for found in _walk(text, frozenset(names))]


def _walk(text: str, names: frozenset[str]) -> Iterator[_Found]:
    chain = _Chain()
    for token in tokens(text):
        gap = text[chain.end : token.start]
        if token.kind == "rel":
            yield from chain.close()
            chain.found = [
                _Found(head, Place(0, 0), token.start, token.end) for head in _rel(token)
            ]
        elif token.kind in ("title", "self"):
            yield from chain.close()
            own = token.kind == "self"
            chain.document = _Head(
                token.start, None if own else token.name, token.name if own else ""
            )
        else:
            yield from _place(chain, token, gap, text, names)
        chain.end = token.end
    yield from chain.close()


def _place(
    chain: _Chain, token: Token, gap: str, text: str, names: frozenset[str]
) -> Iterator[_Found]:
    """Take in a 条, 款, 项 or 目; give out what it does not go on from."""
    depth = LEVELS[token.kind]
    tight = _TIGHT.fullmatch(gap) is not None
    last = chain.found[-1] if chain.found else None
    if chain.document is not None and tight:
        head = chain.document
        yield from chain.close()
        chain.found = _below(head, Place(0, 0), token, head.start)
    elif last is not None and tight and depth > last.level:
        chain.found.pop()
        yield from chain.close()
        chain.found = _below(last.head, last.place, token, last.start)
    elif last is not None and depth <= last.level and _goes_on(gap, tight):
        yield from chain.close()
        ranged = _RANGE.fullmatch(gap) is not None
        # 前款和第三款: the second is told from here, not from 前款.
        kept = last.head if depth > last.head.level else _Head(token.start)
        made = places(last.place, token, ranged=ranged, before=last.place, since=last.start)
        chain.found = [_Found(kept, place, place.start, place.end) for place in made]
    else:
        yield from chain.close()
        head = _Head(token.start)
        if depth == 0 and (named := name_before(text, token.start, names)):
            start, title, loose = named
            head = _Head(start, title, loose=loose)
        chain.found = _below(head, Place(0, 0), token, head.start)


def _below(head: _Head, base: Place, token: Token, start: int) -> list[_Found]:
    made: Iterable[Place] = places(base, token, ranged=False, before=None, since=token.start)
    return [
        _Found(head, place, start if index == 0 else place.start, place.end)
        for index, place in enumerate(made)
    ]


def _rel(token: Token) -> Iterator[_Head]:
    """前两款 as two heads, the nearer last: so is the order of the text."""
    word = token.name
    level = _RELATIVE_LEVEL[word[-1]]
    if word[0] == "本":
        yield _Head(token.start, relative=word, level=level)
        return
    ahead = word[0] == "下"
    count = to_int(word[1:-1]) if word[0] == "前" and len(word) > 2 else 1
    name = ("下" if ahead else "前") + word[-1]
    if count is None or not 1 <= count <= _STEPS_MOST:
        # 前数款, 前各款: how many is not said.
        yield _Head(token.start, relative=word, level=level)
        return
    for steps in range(count, 0, -1):
        yield _Head(token.start, relative=name, steps=steps, level=level)


def _goes_on(gap: str, tight: bool) -> bool:
    return tight or _LIST.fullmatch(gap) is not None or _RANGE.fullmatch(gap) is not None


def _idle(found: _Found) -> bool:
    alone = all(found.place.at(depth) is None for depth in range(4))
    return alone and found.head.relative.startswith("本")
