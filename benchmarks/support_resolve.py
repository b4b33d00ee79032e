"""Put papers into a catalogue without vectors, and resolve every citation of them."""

from __future__ import annotations

import time
from collections import Counter
from datetime import date
from pathlib import Path

from indexer.publish import document_key
from indexer.validity import facts
from kb.catalogue import Catalogue
from kb.catalogue.reader import IndexReader
from kb.config import Settings
from kb.law.cited import Library
from kb.law.validity import resolve
from kb.model import Paper, Scope

DAY = date(2025, 4, 1)
"""The day of the snapshot: status is decided as of it."""


def stored(home: Path, read: list[Paper]) -> IndexReader:
    """A fresh catalogue with these papers, and when each holds."""
    catalogue = Catalogue.open(Settings(home=home), create=True)
    rows = catalogue.writer(1, current=0)
    rows.recover()
    source = rows.source(str(home), "benchmark")
    for paper in read:
        values = {
            "path": paper.path, "relative": paper.path, "digest": paper.digest, "size": 0,
            "mtime_ns": 0, "overrides": "", "failure": "", "hint": "",
        }  # fmt: skip
        rows.file(source, values, [(paper, document_key(paper))])
    reader = catalogue.reader(1)
    versions = reader.versions(Scope.everything(as_of=None))
    rows.set_validity(resolve([facts(version) for version in versions]))
    return reader


def resolve_all(home: Path, read: list[Paper]) -> None:
    """Print how many citations of a place, and of a whole document, are resolved."""
    reader = stored(home, read)
    scope = Scope.everything(as_of=DAY)
    began = time.perf_counter()
    links = Library(reader, scope).links(reader.citations(scope))
    print(f"resolved {len(links)} citations in {time.perf_counter() - began:.1f} s")
    for what, kept in (
        ("of a place", [link for link in links if link.is_place]),
        ("of a document", [link for link in links if not link.is_place]),
    ):
        good = sum(1 for link in kept if link.target)
        print(f"{what}: {good} of {len(kept)} resolved ({good / max(len(kept), 1):.1%})")
        kinds = Counter(
            "own" if not link.cited.title else "loose" if link.cited.loose else "《》"
            for link in kept
        )
        done = Counter(
            "own" if not link.cited.title else "loose" if link.cited.loose else "《》"
            for link in kept
            if link.target
        )
        print("   by kind:", {kind: f"{done[kind]} of {n}" for kind, n in kinds.items()})
        why = Counter(_class(link.reason) for link in kept if not link.target)
        for reason, count in why.most_common(12):
            print(f"   {count:7d} {reason}")


def _class(reason: str) -> str:
    """A reason without the names in it."""
    import re

    reason = re.sub(r"《.*》", "《…》", reason)
    return re.sub(r"第[^，。有可]+?[条款项目](?=$|可|没|，)|\d+", "N", reason)[:40]
