"""After reading: decide from all papers together when each holds, and tell the engine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from indexer.prepare import embedded_text, entries_of, own_validity, stored_paper
from indexer.vectors import EVERYTHING, Vectors
from kb.catalogue.reader import IndexReader
from kb.catalogue.rows import VersionRow
from kb.catalogue.writer import IndexWriter
from kb.law.validity import VersionFacts, resolve
from kb.model import Validity


def settle(
    now: IndexReader,
    rows: IndexWriter,
    vectors: Vectors,
    progress: Callable[[str, int, int, str], None],
) -> None:
    """Resolve validity over every live version; store and re-index what differs."""
    found = now.versions(EVERYTHING)
    resolved = resolve([facts(version) for version in found])
    known = now.dated(EVERYTHING)
    changed = {
        version.id: resolved[version.id]
        for version in found
        if version.id not in known or known[version.id] != resolved[version.id]
    }
    rows.set_validity(changed)
    stale = [
        v
        for v in found
        if v.id in changed and _bounds(changed[v.id]) != _bounds(known.get(v.id, own_validity(v)))
    ]
    for done, version in enumerate(stale):
        progress("时效", done, len(stale), version.path)
        _reindex(now, vectors, version, changed[version.id])
    progress("时效", len(stale), len(stale), "")


def _bounds(validity: Validity) -> tuple[date | None, date | None]:
    return validity.start, validity.end


def facts(version: VersionRow) -> VersionFacts:
    """What the law of papers needs to know of a version."""
    return VersionFacts(
        id=version.id,
        title=version.title,
        issuer=version.issuer,
        number=version.number,
        effective=version.effective,
        issued=version.issued,
        expires=version.expires,
        repeals=version.mentions("repeals"),
        amends=version.mentions("amends"),
        replaces=version.described.get("replaces", ""),
        replaces_how=version.described.get("replaces_how", ""),
        path=version.path,
        kind=version.kind,
    )


def _reindex(
    now: IndexReader,
    vectors: Vectors,
    version: VersionRow,
    validity: Validity,
) -> None:
    found = now.passages_of(version, EVERYTHING)
    if not found:
        return
    paper = stored_paper(version, found)
    texts = [embedded_text(paper, passage) for passage in paper.passages]
    vectors.again(entries_of(paper, validity), texts)
