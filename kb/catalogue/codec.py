"""Frozen types to rows and back. The only place that knows how they are spelt in JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row, RowMapping

from kb.catalogue.rows import CitationRow, NamedRow, PassageRow, VersionRow
from kb.model import (
    Cited,
    Description,
    Force,
    Kind,
    Level,
    Node,
    Paper,
    Passage,
    Span,
    Status,
    Tier,
    Validity,
)

PERSON_MARK = "|"


def spelt_persons(persons: Sequence[str]) -> str:
    """``|甲|乙|``, so that a statement can look for ``|甲|``; "" where nobody is named."""
    return "".join(f"{PERSON_MARK}{p}" for p in sorted(set(persons))) + PERSON_MARK * bool(persons)


def described(description: Description) -> dict[str, Any]:
    """The parts of a description that are read whole."""
    return {
        name: [{"title": m.title, "number": m.number} for m in getattr(description, name)]
        for name in ("bases", "repeals", "amends")
    } | {
        "abbreviations": [list(pair) for pair in description.abbreviations],
        "replaces": description.replaces,
        "replaces_how": description.replaces_how,
        "facts": {
            name: {"value": fact.value, "how": fact.how, "evidence": fact.evidence}
            for name, fact in description.facts
        },
    }


def version_values(paper: Paper, document_id: int, file_id: int, born: int) -> dict[str, Any]:
    """Columns of ``version`` for a paper."""
    d = paper.description
    return {
        "document_id": document_id,
        "file_id": file_id,
        "path": paper.path,
        "digest": paper.digest,
        "format": paper.format,
        "pages": paper.pages,
        "title": d.title,
        "kind": d.kind.value,
        "number": d.number,
        "issuer": d.issuer,
        "department": d.department,
        "owner": d.owner,
        "force": d.force.value,
        "tier": d.tier.value,
        "persons": spelt_persons(d.persons),
        "issued": d.issued,
        "effective": d.effective,
        "expires": d.expires,
        "review": d.review,
        "origin": d.origin,
        "described": described(d),
        "report": paper.report,
        "born": born,
    }


def node_values(node: Node, version_id: int) -> dict[str, Any]:
    """Columns of ``node``."""
    return {
        "version_id": version_id,
        "ordinal": node.ordinal,
        "level": node.level.value,
        "label": node.label,
        "title": node.title,
        "text": node.text,
        "heading": list(node.heading),
        "page": node.page,
        "spans": [[s.level, s.locator, s.start, s.end] for s in node.spans],
    }


def passage_values(passage: Passage, version_id: int, node_text: str) -> dict[str, Any]:
    """Columns of ``passage``; its text only where it is not the whole of its node."""
    return {
        "version_id": version_id,
        "ordinal": passage.ordinal,
        "id": passage.id,
        "node": passage.node,
        "label": passage.label,
        "text": None if passage.text == node_text else passage.text,
        "lead": passage.lead,
        "page": passage.page,
    }


CITED = tuple(Cited.__dataclass_fields__)


def citation_values(found: Sequence[Cited], version_id: int) -> Iterator[dict[str, Any]]:
    """Columns of ``citation`` for what one paper cites, in order."""
    for ordinal, cited in enumerate(found):
        yield {name: getattr(cited, name) for name in CITED} | {
            "version_id": version_id,
            "ordinal": ordinal,
        }


def to_citation(row: Row[Any]) -> CitationRow:
    """A ``citation`` row."""
    cited = Cited(*(getattr(row, name) for name in CITED))
    return CitationRow(row.version_id, row.ordinal, cited)


def to_node(row: Row[Any]) -> Node:
    """A ``node`` row as a `Node`."""
    return Node(
        ordinal=row.ordinal,
        level=Level(row.level),
        label=row.label,
        title=row.title,
        text=row.text,
        heading=tuple(row.heading),
        page=row.page,
        spans=tuple(Span(*span) for span in row.spans),
    )


def to_spans(stored: str) -> tuple[Span, ...]:
    """The ``spans`` column as it lies in the database."""
    return tuple(Span(*span) for span in json.loads(stored))


def to_validity(row: RowMapping) -> Validity:
    """The validity columns (``start``, ``end``, ``ended_as``, ``ended_by``) as a `Validity`."""
    return Validity(
        start=row["start"],
        end=row["end"],
        ended_as=Status(row["ended_as"]) if row["ended_as"] else None,
        ended_by=row["ended_by"] or "",
    )


NAMED = (
    *("path", "title", "number", "issuer", "id", "issued", "effective"),
    *("kind", "force", "department", "owner"),
)


def to_named(row: Sequence[Any]) -> NamedRow:
    """The columns `NAMED` of ``version``, in order, then its validity's."""
    path, title, number, issuer, ident, issued, effective, kind, force, *rest = row
    department, owner, start, end, ended_as, told = rest
    held = Validity(start, end, Status(ended_as) if ended_as else None, told or "")
    return NamedRow(
        *(path, title, number, issuer, held, ident, issued, effective),
        *(Kind(kind), Force(force), department, owner),
    )


def to_version(row: RowMapping) -> VersionRow:
    """A joined ``version`` + ``validity`` row."""
    return VersionRow(
        id=row["version_id"],
        document_id=row["document_id"],
        path=row["path"],
        digest=row["digest"],
        format=row["format"],
        pages=row["pages"],
        title=row["title"],
        kind=Kind(row["kind"]),
        number=row["number"],
        issuer=row["issuer"],
        department=row["department"],
        owner=row["owner"],
        force=Force(row["force"]),
        tier=Tier(row["tier"]),
        issued=row["issued"],
        effective=row["effective"],
        expires=row["expires"],
        review=row["review"],
        origin=row["origin"],
        described=row["described"],
        report=row["report"],
        validity=to_validity(row),
        persons=tuple(p for p in row["persons"].split(PERSON_MARK) if p),
    )


def to_passage(row: Row[Any], version: VersionRow) -> PassageRow:
    """A joined ``passage`` + ``node`` row (``node_text`` and ``heading`` from the node)."""
    passage = Passage(
        id=row.id,
        ordinal=row.ordinal,
        node=row.node,
        label=row.label,
        heading=tuple(row.heading),
        text=row.node_text if row.text is None else row.text,
        lead=row.lead,
        page=row.page,
    )
    return PassageRow(passage, version)
