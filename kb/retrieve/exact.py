"""A query that names its article («公文处理办法第十二条», «云公管〔2024〕5号第九条») is looked up.

Words cannot rank it: every article of the paper has the title's words, and none has its own label.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from kb.catalogue.rows import NamedRow
from kb.law.names import bare_key, number_key, title_key
from kb.law.validity import status
from kb.model import Status
from kb.text.numbers import find_numbers


@dataclass(slots=True)
class Names:
    """Every version of a generation, by what people call it."""

    by_title: defaultdict[str, list[NamedRow]] = field(default_factory=lambda: defaultdict(list))
    by_number: defaultdict[str, list[NamedRow]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, rows: Iterable[NamedRow]) -> Names:
        """Index rows by full title, by title without the issuer, and by 发文字号."""
        names = cls()
        for row in rows:
            for key in {title_key(row.title), bare_key(row.title, row.issuer)}:
                names.by_title[key].append(row)
            if row.number:
                names.by_number[number_key(row.number)].append(row)
        return names

    def ending(self, text: str) -> list[NamedRow]:
        """The versions whose name is the longest end of ``text``; none for a name of one letter."""
        key = title_key(text)
        for start in range(max(0, len(key) - 1)):
            if found := self.by_title.get(key[start:]):
                return found
        return []


def exact(query: str, names: Names, as_of: date | None) -> list[str]:
    """Ids of the articles that ``query`` names, the likeliest version first; usually none or one.

    A label alone («第十二条») names nothing. The caller looks them up within the scope, so that
    what a person may not see is as if it were not there.
    """
    # The grammar of citations takes long to import, and few questions name an article.
    from kb.text.citations import find_citations

    found: list[str] = []
    for citation in find_citations(query):
        if not citation.label or citation.relative:
            continue
        before = query[: query.find("第", citation.start)] or query[: citation.end]
        versions = _by_number(before, names) or names.ending(citation.title or "")
        versions = versions or names.ending(re.sub(r"[《》\s]+$", "", before))
        found += [
            f"{row.path}#{citation.label}" for row in sorted(versions, key=_likeliest(query, as_of))
        ]
    return list(dict.fromkeys(found))


def _by_number(before: str, names: Names) -> list[NamedRow]:
    return [
        row for hit in find_numbers(before) for row in names.by_number.get(number_key(hit.raw), ())
    ]


def _likeliest(query: str, as_of: date | None) -> Callable[[NamedRow], tuple[bool, bool, int]]:
    years = set(re.findall(r"(?:19|20)\d\d", query))
    today = as_of or date.today()

    def rank(row: NamedRow) -> tuple[bool, bool, int]:
        start = row.validity.start
        named = start is not None and str(start.year) in years
        held = status(row.validity, today) in (Status.IN_FORCE, Status.UNVERIFIED)
        return not named, not held, -(start.toordinal() if start else 0)

    return rank
