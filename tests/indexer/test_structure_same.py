"""The same regulation through every format gives the same provisions."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from support.office_files import (
    docx_from_markdown,
    html_from_markdown,
    ofd_from_markdown,
    pdf_from_markdown,
)

from indexer.readers import legacy, read
from indexer.structure import outline
from kb.model import Level

REGULATION = (Path(__file__).parents[1] / "golden" / "structure" / "regulation.md").read_text(
    encoding="utf-8"
)


def markdown(text: str, path: Path) -> None:
    path.write_text(text, encoding="utf-8")


def old_text(text: str, path: Path) -> None:
    path.write_bytes(re.sub("^#+ ", "", text, flags=re.MULTILINE).encode("gb18030"))


MAKERS: dict[str, Callable[[str, Path], None]] = {
    "docx": docx_from_markdown,
    "pdf": pdf_from_markdown,
    "ofd": ofd_from_markdown,
    "html": html_from_markdown,
    "md": markdown,
    "txt": old_text,
}


def provisions(path: Path) -> list[tuple[object, ...]]:
    (part,) = outline(read(path, name=path.name, max_bytes=10**7))
    found: list[tuple[object, ...]] = [("题", part.title)]
    for node in part.nodes:
        pieces = tuple((s.locator, squeezed(node.text[s.start : s.end])) for s in node.spans)
        found.append(
            (node.level, node.label, node.title, squeezed(node.text), node.heading, pieces)
        )
    return found


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.fixture(scope="module")
def by_markdown(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[object, ...]]:
    path = tmp_path_factory.mktemp("md") / "办法.md"
    path.write_text(REGULATION, encoding="utf-8")
    return provisions(path)


@pytest.mark.parametrize("ending", sorted(MAKERS))
def test_same_provisions(
    ending: str, by_markdown: list[tuple[object, ...]], tmp_path: Path
) -> None:
    path = tmp_path / f"办法.{ending}"
    MAKERS[ending](REGULATION, path)
    assert provisions(path) == by_markdown


@pytest.fixture(scope="module")
def old_word(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The regulation as Word 97 had it, written by LibreOffice, 章 and 条 by automatic numbers
    (where a list begins anew, LibreOffice writes a number twice into a DOC)."""
    if (soffice := legacy.program()) is None:
        pytest.skip("LibreOffice is not installed")
    path = tmp_path_factory.mktemp("doc") / "办法.docx"
    docx_from_markdown(REGULATION, path, automatic="章条")
    return legacy.convert(soffice, path.read_bytes(), path.name, ".docx", "doc")


@pytest.mark.parametrize("ending", ["doc", "wps"])
def test_same_provisions_from_old_word(
    ending: str, old_word: bytes, by_markdown: list[tuple[object, ...]], tmp_path: Path
) -> None:
    path = tmp_path / f"办法.{ending}"
    path.write_bytes(old_word)
    assert provisions(path) == by_markdown


def test_markdown_itself(by_markdown: list[tuple[object, ...]]) -> None:
    articles = [entry for entry in by_markdown if entry[0] is Level.ARTICLE]
    assert [entry[1] for entry in articles] == [
        "第一条", "第二条", "第三条", "第四条", "第五条", "第五条之一", "第六条", "第七条",
    ]  # fmt: skip
    assert articles[4][4] == ("第二章　用印审批", "第二节　外借")
    assert [locator for locator, _ in articles[1][5]][-1] == "第二款"  # type: ignore[attr-defined]
