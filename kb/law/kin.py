"""Around one paper: what it rests on and what rests on it, what it ended and what ended it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kb.catalogue.reader import IndexReader
from kb.catalogue.rows import VersionRow
from kb.law.cited import Library, Link
from kb.law.names import bare_key, title_key
from kb.model import Mention, Scope

DEEPEST = 4
"""Bases of bases that are followed; law rarely goes deeper, and a circle must end."""


@dataclass(frozen=True, slots=True)
class Named:
    """A paper that is named; ``version`` is the one meant, None where none or several could be."""

    title: str
    number: str
    version: VersionRow | None
    below: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True)
class Citing:
    """A paper that cites, and how often and from where."""

    version: VersionRow
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Kin:
    """What stands around one version, within a reader's scope and as of his day."""

    bases: list[Named] = field(default_factory=list)
    based_on_it: list[VersionRow] = field(default_factory=list)
    repeals: list[Named] = field(default_factory=list)
    amends: list[Named] = field(default_factory=list)
    ended_by: Named | None = None
    cites: list[Citing] = field(default_factory=list)
    cited_by: list[Citing] = field(default_factory=list)
    unsure: list[tuple[str, int]] = field(default_factory=list)
    """Reasons why a citation of its own could not be told, and how many there are of each."""


def kin(rows: IndexReader, library: Library, version: VersionRow, scope: Scope) -> Kin:
    """Everything around ``version``. Costs a few statements, whatever the base's size."""
    around = _Around(rows, library, scope)
    links = library.links(rows.citations(scope, version_id=version.id))
    citing = library.citing(version.id)
    reasons: dict[str, int] = {}
    for link in links:
        if not link.target and link.is_place:
            reasons[link.reason] = reasons.get(link.reason, 0) + 1
    ended = version.validity.ended_by
    by_paper = around.by_paper([(link.version, link) for link in citing])
    return Kin(
        bases=[around.named(m, 1) for m in version.mentions("bases")],
        based_on_it=[c.version for c in by_paper if _rests_on(c.version, version)],
        repeals=[around.named(m, DEEPEST) for m in version.mentions("repeals")],
        amends=[around.named(m, DEEPEST) for m in version.mentions("amends")],
        ended_by=around.named(Mention(ended), DEEPEST) if ended else None,
        cites=around.by_paper(
            [(link.target, link) for link in links if link.target not in (0, version.id)]
        ),
        cited_by=by_paper,
        unsure=sorted(reasons.items(), key=lambda r: (-r[1], r[0])),
    )


def _rests_on(paper: VersionRow, on: VersionRow) -> bool:
    keys = {title_key(on.title), bare_key(on.title, on.issuer)}
    return any(
        title_key(m.title) in keys or bare_key(m.title, "") in keys for m in paper.mentions("bases")
    )


class _Around:
    def __init__(self, rows: IndexReader, library: Library, scope: Scope) -> None:
        self._rows, self._library, self._scope = rows, library, scope
        self._seen: dict[int, VersionRow] = {}

    def named(self, mention: Mention, depth: int) -> Named:
        """A mention, with what that paper rests on in turn."""
        found = self._library.documents(mention.title)
        version = self._read(found)[0] if len(found) == 1 else None
        below: tuple[Named, ...] = ()
        if version is not None and depth < DEEPEST:
            below = tuple(self.named(m, depth + 1) for m in version.mentions("bases"))
        return Named(mention.title, mention.number, version, below)

    def by_paper(self, links: Sequence[tuple[int, Link]]) -> list[Citing]:
        """Links by the paper at their other end, the most cited or citing first."""
        gathered: dict[int, list[Link]] = {}
        for other, link in links:
            gathered.setdefault(other, []).append(link)
        versions = {v.id: v for v in self._read(list(gathered))}
        made = [Citing(versions[i], tuple(some)) for i, some in gathered.items() if i in versions]
        return sorted(made, key=lambda c: (-len(c.links), c.version.title))

    def _read(self, ids: Sequence[int]) -> list[VersionRow]:
        missing = [i for i in ids if i not in self._seen]
        for row in self._rows.versions(self._scope, paths=list(self._paths(missing))):
            self._seen[row.id] = row
        return [self._seen[i] for i in ids if i in self._seen]

    def _paths(self, ids: Sequence[int]) -> Iterator[str]:
        return (self._library.path(i) for i in ids)
