"""Ranges and lists spelt out: 第十条至第十二条 are three places, 第一款、第二款 two."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from kb.text.citations.tokens import LEVELS, Number, Token

MOST = 300
"""Places of one range; a wider one is a misreading, and only its ends are kept."""


@dataclass(frozen=True, slots=True)
class Place:
    """Numbers of 条, 之, 款, 项 and 目, None where not given; offsets of the words for it."""

    start: int
    end: int
    article: int | None = None
    inserted: int | None = None
    paragraph: int | None = None
    item: int | None = None
    point: int | None = None

    def deeper(self, level: int, number: Number) -> Place:
        """This place with another number at ``level`` and nothing below it."""
        if level == 0:
            return Place(self.start, self.end, number.value, number.inserted)
        if level == 1:
            return replace(self, paragraph=number.value, item=None, point=None)
        if level == 2:
            return replace(self, item=number.value, point=None)
        return replace(self, point=number.value)

    def at(self, level: int) -> int | None:
        """The number at a level."""
        return (self.article, self.paragraph, self.item, self.point)[level]


def places(
    base: Place, token: Token, *, ranged: bool, before: Place | None, since: int
) -> Iterator[Place]:
    """The places of a token below ``base``.

    Args:
        base: what the token goes below; its own level and deeper ones are replaced.
        token: a 条, 款, 项 or 目 with one or more numbers.
        ranged: a 至 joins it to ``before``, the last place on its left.
        before: that place.
        since: where the words for it begin; what lies between the ends of a range has both's span.
    """
    level = LEVELS[token.kind]
    previous = before.at(level) if before is not None else None
    for index, number in enumerate(token.numbers):
        joined = number.ranged or (index == 0 and ranged)
        here = replace(base.deeper(level, number), start=token.start, end=token.end)
        if joined and previous is not None and 1 < number.value - previous <= MOST:
            begin = since if index == 0 else token.start
            for value in range(previous + 1, number.value):
                yield replace(here.deeper(level, Number(value)), start=begin)
        if joined and before is not None and level == 0 and previous == number.value:
            # 第一百二十条之一至第一百二十条之六
            for inserted in range((before.inserted or 0) + 1, min(number.inserted or 0, MOST)):
                yield Place(since, token.end, number.value, inserted)
        yield here
        previous = number.value
