"""The whole report over what one reader may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from kb.catalogue.rows import PassageRow, VersionRow
from kb.decide.system.coverage import Coverage, coverage
from kb.decide.system.inventory import Finding, inventory
from kb.decide.system.posts import Post, Posting, posts, two_leads
from kb.law.cited import Link
from kb.law.validity import status
from kb.model import Force, Kind, Scope, Status


class Shown(Protocol):
    """A document laid open."""

    @property
    def passages(self) -> list[PassageRow]:
        """Its passages."""


class Papers(Protocol):
    """What the report reads of a base."""

    def documents(self, scope: Scope) -> list[VersionRow]:
        """Every version within the scope."""

    def document(self, path: str, scope: Scope) -> Shown:
        """One version laid open."""

    def links(self, of: VersionRow, scope: Scope) -> list[Link]:
        """What a version's text points to."""


@dataclass(frozen=True, slots=True)
class Checkup:
    """What was found; ``overlaps`` are pairs of duties that may be one matter. ``versions``: every
    version that the reader may see; ``passages``: of the office's rules in force, ``ended``: of
    those that hold no longer."""

    day: date
    findings: Sequence[Finding]
    coverage: Sequence[Coverage]
    posts: Sequence[Post]
    overlaps: Sequence[tuple[Posting, Posting]]
    versions: Sequence[VersionRow] = ()
    passages: Sequence[PassageRow] = ()
    ended: Sequence[PassageRow] = ()

    def as_json(self) -> dict[str, Any]:
        """For other programs."""
        return {
            "as_of": self.day.isoformat(),
            "findings": [
                {
                    "kind": f.kind,
                    "place": f.place,
                    "title": f.title,
                    "why": f.why,
                    "other": f.other,
                }
                for f in self.findings
            ],
            "coverage": {one.field: list(one.rules) for one in self.coverage},
            "posts": {post.name: [_plain(p) for p in post.postings] for post in self.posts},
            "overlaps": [[_plain(a), _plain(b)] for a, b in self.overlaps],
        }


def _plain(one: Posting) -> dict[str, str]:
    duty = one.duty
    return {
        "id": one.passage_id,
        "actor": one.actor,
        "modality": duty.modality,
        "action": duty.what,
        "limit": duty.limit,
        "trigger": duty.trigger,
    }


def checkup(
    base: Papers,
    scope: Scope,
    day: date,
    wanted: dict[str, tuple[str, ...]],
    *,
    soon: int = 180,
) -> Checkup:
    """Report on the rules of the office (本单位制度) within a scope.

    Args:
        base: the knowledge base.
        scope: what the reader may see.
        day: the day to judge by.
        wanted: fields of work → words of titles (`kb.decide.system.coverage.fields`).
        soon: days ahead that count as soon.
    """
    versions = base.documents(scope)
    cited = {
        link.target_path
        for version in versions
        for link in base.links(version, scope)
        if link.target and link.target != version.id
    }
    holding = [
        version
        for version in versions
        if version.kind is Kind.REGULATION
        and version.force is Force.INTERNAL
        and status(version.validity, day) is Status.IN_FORCE
    ]
    over = [
        version
        for version in versions
        if version.kind is Kind.REGULATION
        and version.force is Force.INTERNAL
        and status(version.validity, day) in (Status.EXPIRED, Status.REPEALED, Status.AMENDED)
    ]
    passages = [row for v in holding for row in base.document(v.path, scope).passages]
    found = posts(passages)
    return Checkup(
        day,
        inventory(versions, passages, cited, day, soon=soon),
        coverage(versions, wanted, day),
        found,
        two_leads(found),
        versions,
        passages,
        [row for v in over for row in base.document(v.path, scope).passages],
    )
