"""``kb preview``: how a file would be read and cut, without taking it in."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from kb.commands.output import print_json, settings_of
from kb.errors import NotFound, ReadError
from kb.model import Level, Paper


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    parser.add_argument("path", type=Path, metavar="文件")
    parser.add_argument("--name", default="", metavar="路径", help="假定它入库后的路径")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 it can be read; 2 (it cannot, with the reason) comes as an exception."""
    from indexer.pool import Lost
    from indexer.pool import run as work
    from indexer.prepare import OcrBounds, Task, prepare
    from indexer.sources import digest

    settings = settings_of(args)
    if not args.path.is_file():
        raise NotFound(f"找不到 {args.path}", hint="检查路径是否写对")
    name = args.name or args.path.name
    task = Task(
        args.path.resolve(),
        name,
        "",
        digest(args.path),
        {},
        settings.max_file_mb * 1024 * 1024,
        OcrBounds(settings.ocr_page_seconds, settings.file_seconds * 0.7, 1),
    )
    # In a worker, within the bounds of a run: what somebody uploads is a stranger's file.
    ((_, result),) = work(
        prepare,
        [task],
        workers=1,
        seconds=settings.file_seconds,
        memory_mb=settings.worker_memory_mb,
    )
    if isinstance(result, Lost):
        raise ReadError(name, result.why, hint="该文件可能已损坏")
    if result.failure:
        raise ReadError(name, result.failure, hint=result.hint)
    shown = [as_json(paper) for paper in result.papers]
    if args.json:
        print_json(shown)
    else:
        print("\n\n".join(_in_words(paper) for paper in result.papers))
    return 0


def as_json(paper: Paper) -> dict[str, Any]:
    """Description with how each field came, outline, and what the reader noted."""
    d = paper.description
    return {
        "path": paper.path,
        "title": d.title,
        "kind": d.kind.value,
        "format": paper.format,
        "pages": paper.pages,
        "fields": [
            {"field": name, "value": fact.value, "how": fact.how, "evidence": fact.evidence}
            for name, fact in d.facts
        ],
        "outline": [
            {
                "level": node.level.value,
                "label": node.label,
                "title": node.title,
                "text": node.text,
                "page": node.page,
            }
            for node in paper.nodes
        ],
        "passages": len(paper.passages),
        "citations": len(paper.citations),
        "report": paper.report,
    }


def _in_words(paper: Paper) -> str:
    d = paper.description
    lines = [f"《{d.title}》〔{d.kind.label}〕　{paper.format}，检索单元 {len(paper.passages)} 个"]
    lines += [
        f"  {name}：{fact.value}（{fact.how}：{fact.evidence[:60]}）" for name, fact in d.facts
    ]
    for node in paper.nodes:
        depth = "  " * (1 + len(node.heading))
        text = " ".join(node.text.split())
        shown = text if len(text) <= 40 else f"{text[:40]}……"
        name = "　".join(part for part in (node.label, node.title) if part)
        if node.level is not Level.TEXT or shown:
            lines.append(f"{depth}{name or node.level.value}　{shown}".rstrip())
    notes = paper.report.get("notes")
    lines += [f"  注意：{note}" for note in notes] if isinstance(notes, list) else []
    return "\n".join(lines)
