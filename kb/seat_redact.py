"""Drafts and frozen packs without the parts that their reader may not see, as rows: who opens one
finds a whole pack, and every door that shows packs shows these."""

from __future__ import annotations

from dataclasses import replace

from kb.catalogue.editions import EditionRow
from kb.catalogue.people import PackRow
from kb.decide.changes import Changes
from kb.decide.codec import digest, from_json, to_json
from kb.decide.drafts import open_draft
from kb.decide.edits import Edits
from kb.decide.edits import to_json as spelled
from kb.decide.model import Words
from kb.decide.redact import redacted
from kb.errors import PackError


def redacted_row(row: PackRow, hidden: frozenset[str]) -> PackRow | None:
    """A draft as people left it, without its hidden parts; None where it is not shown."""
    try:
        pack = redacted(open_draft(_Only(row), row.id).shown, hidden)  # type: ignore[arg-type]
    except PackError:
        return None  # altered since it was stored
    if pack is None:
        return None
    return replace(
        row,
        body=to_json(pack),
        digest=digest(pack),
        tier=pack.tier,
        edits=spelled(Edits()),
        audience=None,
    )


def redacted_edition(row: EditionRow, hidden: frozenset[str]) -> EditionRow | None:
    """A frozen pack without its hidden parts; what is told of its making goes as well."""
    try:
        pack = redacted(from_json(row.body), hidden)
    except PackError:
        return None
    if pack is None:
        return None
    said = {line.text for line in pack.lines() if isinstance(line, Words)}
    return replace(
        row,
        body=to_json(pack),
        digest=digest(pack),
        tier=pack.tier,
        quotes={k: v for k, v in row.quotes.items() if k not in hidden},
        words=[text for text in row.words if text in said],
        reason="",
        changes=Changes({}, {}, (), (), ()).plain(),
    )


class _Only:
    """People's work with one pack in it, for `open_draft`."""

    def __init__(self, row: PackRow) -> None:
        self._row = row

    def pack(self, _: str) -> PackRow:
        return self._row
