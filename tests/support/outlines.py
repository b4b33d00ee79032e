"""An outline as text that a clerk can read, for the golden cases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from indexer.structure import Part
from kb.model import Level, Node


def shown(parts: list[Part]) -> str:
    """题 is the title, 文 a paragraph; a node stands as deep as its heading path is long."""
    lines: list[str] = []
    for part in parts:
        if part.suffix:
            lines.append(f"==== {part.suffix}")
        lines.append(f"题 {part.title}".rstrip())
        for node in part.nodes:
            lines.extend("  " * len(node.heading) + line for line in _node(node))
    return "\n".join(lines)


def _node(node: Node) -> Iterator[str]:
    name = " ".join(part for part in (node.level.value, node.label, node.title) if part)
    if node.level is not Level.ARTICLE:
        text = node.text.replace("\n", " ⏎ ")
        yield f"{name} {text}".rstrip()
        return
    if len(node.spans) < 2:
        yield f"{name}：{node.text}".replace("\n", " ⏎ ")
        return
    yield name
    for number, span in enumerate(node.spans):
        last = number + 1 == len(node.spans)
        end = len(node.text) if last else node.spans[number + 1].start
        text = node.text[span.start : end].strip().replace("\n", " ⏎ ")
        yield f"  〔{span.locator}〕{text}"


def cases(path: Path) -> Iterator[tuple[str, str, str]]:
    """(name, input, expected) of a file: ``=== name``, the input, ``--``, the outline."""
    for chunk in ("\n" + path.read_text(encoding="utf-8")).split("\n=== ")[1:]:
        name, _, rest = chunk.partition("\n")
        given, _, wanted = rest.partition("\n--\n")
        yield name.strip(), given.strip("\n"), wanted.strip()
