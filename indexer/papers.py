"""One file to papers: read → outline → describe → passages. Runs in a worker process."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from indexer import secrecy
from indexer.citations import citations
from indexer.describe import describe
from indexer.facts.corrected import of_part, without
from indexer.gaps import gaps
from indexer.orphans import marks_of
from indexer.passages import passages
from indexer.readers import read
from indexer.readers.encoding import unreadable
from indexer.reading import Reading
from indexer.structure import Part, outline
from kb.errors import ReadError
from kb.model import Fact, Level, Node, Paper, Passage


def papers(
    path: Path,
    *,
    name: str,
    source: str,
    overrides: Mapping[str, Any],
    max_bytes: int,
    digest: str = "",
    decided: secrecy.Decided | None = None,
) -> list[Paper]:
    """The documents of a file, cut and described.

    Args:
        path: where it lies.
        name: its path in identifiers and messages.
        source: name of the source it belongs to.
        overrides: the manifest's entry; of a file with several documents it is the last one's,
            the regulation that the notice before it issues. For whom they are, holds for all;
            what people corrected names its part.
        max_bytes: largest size that is read.
        digest: SHA-256 of the file where it is known; computed otherwise.
        decided: what a person decided about a doubtful mark of secrecy in this content.

    Raises:
        ReadError: the file cannot be read, with the reason; Quarantined: it bears a mark.
    """
    reading = read(path, name=name, max_bytes=max_bytes)
    cleared = secrecy.check(reading, name, decided)
    digest = digest or hashlib.sha256(path.read_bytes()).hexdigest()
    parts = outline(reading)
    made: list[Paper] = []
    issued_by: Part | None = None
    for number, part in enumerate(parts, start=1):
        # The file is handed out whole: who may see it holds for all that stands in it.
        own = without(overrides)
        own = own if number == len(parts) else marks_of(own)
        where = f"{name}{part.suffix}"
        description = describe(
            part,
            reading,
            path=where,
            overrides=own,
            corrected=of_part(overrides, part.suffix),
            notice=issued_by,
        )
        if cleared and decided is not None:
            fact = Fact("确认非涉密", "person", decided.evidence)
            facts = tuple(sorted({**dict(description.facts), "mark": fact}.items()))
            description = replace(description, facts=facts)
        cut = passages(where, part.nodes, kind=description.kind, title=description.title)
        if not cut:
            raise ReadError(name, "文件中没有可检索的文字", hint="检查文件内容")
        made.append(
            Paper(
                path=where,
                source=source,
                digest=digest,
                format=reading.format,
                description=description,
                nodes=part.nodes,
                passages=cut,
                citations=citations(part.nodes, description.abbreviations),
                pages=reading.pages,
                report=_report(reading, part.nodes, cut),
            )
        )
        issued_by = issued_by or part
    return made


def _report(reading: Reading, nodes: Sequence[Node], cut: Sequence[Passage]) -> dict[str, object]:
    """How well the file was read; JSON values only."""
    return {
        "characters": sum(len(node.text) for node in nodes),
        "unreadable": unreadable("".join(node.text for node in nodes)),
        "articles": sum(1 for node in nodes if node.level is Level.ARTICLE),
        "tables": sum(1 for block in reading.blocks if block.kind == "table"),
        "passages": len(cut),
        "gaps": gaps([node.label for node in nodes if node.level is Level.ARTICLE]),
        "confidence": reading.confidence,
        "unresolved": reading.unresolved,
        "notes": list(reading.notes),
    }
