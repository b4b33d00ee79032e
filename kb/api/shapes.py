"""The forms of answers to programs: the same for `kb … --json` and for the API (DESIGN.md)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kb.law.described import fields

if TYPE_CHECKING:
    from kb.base import Shown
    from kb.catalogue.editions import EditionRow
    from kb.catalogue.people import PackRow
    from kb.law.provision import Provision
    from kb.law.readings import FileReading
    from kb.retrieve import Similar


def document_json(shown: Shown, reading: FileReading) -> dict[str, Any]:
    """What is known of a paper: `kb show FILE --json`."""
    return {
        "path": shown.version.path,
        "title": shown.version.title,
        "status": shown.status.value if shown.status else "",
        "fields": [
            {"field": f.key, "value": f.value, "how": f.how, "evidence": f.evidence}
            for f in fields(shown.version)
        ],
        "reading": reading.as_json(),
    }


def provision_json(provision: Provision, status: str, similar: Sequence[Similar]) -> dict[str, Any]:
    """One provision: `kb show ID --json`."""
    row = provision.row
    version = row.version
    return {
        "id": row.passage.id,
        "path": version.path,
        "title": version.title,
        "label": row.passage.label,
        "heading": list(row.passage.heading),
        "kind": version.kind.value,
        "status": status,
        "tier": version.tier.value,
        "page": row.passage.page,
        "number": version.number,
        "issuer": version.issuer,
        "issued": version.issued.isoformat() if version.issued else None,
        "effective": version.effective.isoformat() if version.effective else None,
        "text": provision.text,
        "locator": provision.locator,
        "cites": [
            {
                "words": r.words,
                "id": r.link.id,
                "shown": r.link.shown,
                "newer": r.link.newer,
                "reason": r.link.reason,
            }
            for r in provision.cites
        ],
        "cited_by": [
            {"words": r.words, "id": r.id, "shown": f"《{r.title}》{r.label}"}
            for r in provision.cited_by
        ],
        "similar": [
            {
                "id": other.id,
                "title": other.row.version.title,
                "label": other.row.passage.label,
                "likeness": round(other.likeness, 4),
                "same": other.same,
            }
            for other in similar
        ],
    }


def packs_json(rows: Sequence[PackRow], editions: Sequence[EditionRow]) -> list[dict[str, Any]]:
    """Drafts with their editions: `kb pack list --json`."""
    return [
        {
            "id": row.id,
            "topic": row.topic,
            "made": row.made.isoformat(),
            "maker": row.maker,
            "as_of": row.as_of.isoformat() if row.as_of else None,
            "template": row.template,
            "generation": row.generation,
            "version": row.version,
            "decision": row.decision_id,
            "editions": [
                {"number": e.number, "edition": e.edition, "at": e.at.isoformat()}
                for e in editions
                if e.pack_id == row.id
            ],
        }
        for row in rows
    ]
