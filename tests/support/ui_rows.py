"""Rows and hits made by hand, for what needs no index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from kb.base import Shown
from kb.catalogue.rows import PassageRow, VersionRow
from kb.model import Force, Kind, Node, Passage, Status, Tier, Validity
from kb.retrieve import Hit, Why


def version(
    path: str = "甲.md",
    *,
    title: str = "印章管理办法",
    number: str = "",
    kind: Kind = Kind.REGULATION,
    force: Force = Force.INTERNAL,
    validity: Validity | None = None,
    effective: date | None = date(2022, 6, 1),
    issued: date | None = date(2022, 5, 1),
) -> VersionRow:
    return VersionRow(
        id=1,
        document_id=1,
        path=path,
        digest="d" * 64,
        format="markdown",
        pages=None,
        title=title,
        kind=kind,
        number=number,
        issuer="云澜市公共事务管理局",
        department="",
        owner="",
        force=force,
        tier=Tier.INTERNAL,
        issued=issued,
        effective=effective,
        expires=None,
        review=None,
        origin="",
        described={},
        report={},
        validity=validity or Validity(effective),
    )


def hit(
    of: VersionRow,
    label: str,
    *,
    words: tuple[str, ...] = ("公章",),
    vector: float | None = 0.5,
) -> Hit:
    text = f"{label}的文字。"
    return Hit(
        id=f"{of.path}#{label}",
        label=label,
        heading=(),
        text=text,
        page=None,
        score=1.0,
        highlights=(),
        snippet=(0, len(text)),
        why=Why(words, 1.0, vector),
        status=Status.IN_FORCE if of.kind is Kind.REGULATION else None,
        version=of,
    )


def shown_of(nodes: Sequence[Node], labels: Mapping[int, str]) -> Shown:
    """A document of these nodes; ``labels`` names the passage of a node by its ordinal."""
    one = version()
    passages = [
        PassageRow(
            Passage(
                id=f"{one.path}#{label}",
                ordinal=at,
                node=ordinal,
                label=label,
                heading=(),
                text=nodes[ordinal].text,
            ),
            one,
        )
        for at, (ordinal, label) in enumerate(labels.items())
    ]
    return Shown(one, Status.IN_FORCE, list(nodes), passages, [one])
