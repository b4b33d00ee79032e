"""What a worker process does with one file: read, cut, describe, and cut the text into terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer.papers import papers
from indexer.pool import more_time
from indexer.readers import ocr
from indexer.readers.ocr_pages import Allowance, allow
from indexer.secrecy import Decided, Quarantined
from indexer.sources import digest
from kb.embed import passage_text
from kb.engine.protocol import NO_END, NO_START, Entry
from kb.errors import ReadError, in_words
from kb.law.validity import alone
from kb.model import Description, Mark, Paper, Passage, Validity, audience
from kb.text.segment import bigrams, use_dictionary, words

if TYPE_CHECKING:  # a reading process need not load the database
    from kb.catalogue.rows import PassageRow, VersionRow


@dataclass(frozen=True, slots=True)
class OcrBounds:
    """Seconds a page and a file, and cores, that OCR may take."""

    page_seconds: float = 15.0
    file_seconds: float = 1800.0
    threads: int = 1


@dataclass(frozen=True, slots=True)
class Task:
    """One file to read. ``name`` is its path in identifiers and messages."""

    path: Path
    name: str
    source: str
    digest: str
    overrides: Mapping[str, Any]
    max_bytes: int
    ocr: OcrBounds = OcrBounds()
    decided: Decided | None = None
    dictionary: Path | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file's papers, each passage's entry and the text to embed; or why there is nothing."""

    papers: tuple[Paper, ...] = ()
    entries: tuple[tuple[Entry, ...], ...] = ()
    texts: tuple[tuple[str, ...], ...] = ()
    failure: str = ""
    hint: str = ""
    mark: str = ""


def prepare(task: Task) -> Prepared:
    """Read one file. Never raises for a bad file: the reason comes back in ``failure``."""
    use_dictionary(task.dictionary)
    ocr.use(task.ocr.threads)
    allow(Allowance(task.ocr.page_seconds, task.ocr.file_seconds, more_time))
    try:
        found = papers(
            task.path,
            name=task.name,
            source=task.source,
            digest=task.digest,
            overrides=task.overrides,
            max_bytes=task.max_bytes,
            # Of the content that was looked at, and of no other that came in its place since.
            decided=task.decided if _unchanged(task) else None,
        )
    except Quarantined as error:
        return Prepared(failure=error.why, hint=error.hint, mark=error.mark.value)
    except ReadError as error:
        return Prepared(failure=error.why, hint=error.hint)
    except MemoryError:
        return Prepared(failure="内存不足", hint="关闭其他程序后重试，或拆分该文件")
    except OSError as error:
        return Prepared(failure=f"无法读取：{in_words(error)}", hint="检查权限与磁盘")
    return Prepared(
        papers=tuple(found),
        entries=tuple(tuple(entries_of(paper, own_validity(paper.description))) for paper in found),
        mark=Mark.ACCEPTED.value if any("mark" in dict(p.description.facts) for p in found) else "",
        texts=tuple(tuple(embedded_text(paper, p) for p in paper.passages) for paper in found),
    )


def _unchanged(task: Task) -> bool:
    return task.decided is not None and digest(task.path) == task.digest


def own_validity(dated: Description | VersionRow) -> Validity:
    """When a paper holds by its own dates alone; others may end it (see indexer.validity)."""
    return alone(dated.title, dated.effective, dated.issued, dated.expires)


def embedded_text(paper: Paper, passage: Passage) -> str:
    """What the vector of a passage is made from: where it stands, then what it says."""
    return passage_text(paper.description.title, passage.heading, passage.lead + passage.text)


def stored_paper(version: VersionRow, passages: Sequence[PassageRow]) -> Paper:
    """A paper as far as its entries go, from what the catalogue holds of it."""
    return Paper(
        path=version.path,
        source="",
        digest=version.digest,
        format=version.format,
        description=Description(
            title=version.title,
            kind=version.kind,
            number=version.number,
            tier=version.tier,
            department=version.department,
            persons=version.persons,
        ),
        nodes=(),
        passages=tuple(row.passage for row in passages),
    )


def entries_of(paper: Paper, validity: Validity) -> list[Entry]:
    """The index entries of a paper's passages, holding over ``validity``."""
    described = paper.description
    title = words(described.title)
    headings: dict[tuple[str, ...], list[str]] = {}
    entries: list[Entry] = []
    for passage in paper.passages:
        if passage.heading not in headings:
            headings[passage.heading] = words(" ".join(passage.heading))
        text = passage.lead + passage.text
        entries.append(
            Entry(
                id=passage.id,
                words=words(text),
                bigrams=bigrams(text),
                title=title,
                heading=headings[passage.heading],
                number=described.number,
                kind=described.kind,
                tier=described.tier,
                department=audience(described.department, described.persons),
                valid_from=validity.start.toordinal() if validity.start else NO_START,
                valid_to=validity.end.toordinal() if validity.end else NO_END,
            )
        )
    return entries
