"""Blocks to nodes: each block is marked by the first rule that knows it, then put in its place."""

from __future__ import annotations

from collections.abc import Sequence

from indexer.reading import Block
from indexer.structure.marks import Context, Mark
from indexer.structure.patterns import ARTICLE, ARTICLE_LOOSE
from indexer.structure.rules import RULES
from indexer.structure.rules.decimal import starts
from indexer.structure.spans import spans_of
from kb.model import Level, Node

DECIMALS = 4
"""So many lines numbered 1.2.3 make a document one with numbered headings."""


def build(blocks: Sequence[Block], *, typed: bool) -> tuple[Node, ...]:
    """The outline of one document, in reading order.

    Args:
        blocks: without the title.
        typed: the lines are the author's own (Markdown), so labels can be taken at their word.
    """
    articles = sum(1 for b in blocks if b.text.startswith("第") and ARTICLE.match(b.text))
    loose = not typed or not articles
    if loose and not articles:
        articles = sum(1 for block in blocks if ARTICLE_LOOSE.match(block.text))
    decimals = articles < 2 and sum(1 for block in blocks if starts(block)) >= DECIMALS
    context = Context(loose=loose, articles=articles >= 2, decimals=decimals)
    builder = _Builder()
    for block in blocks:
        if not block.text:
            continue
        for rule in RULES:
            if mark := rule(block, context):
                builder.add(mark, block)
                break
    return builder.finish()


class _Builder:
    """Keeps the headings that are open and the article that is being filled."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.open: list[tuple[int, str]] = []
        self.path: tuple[str, ...] = ()
        self.article: Mark | None = None
        self.page: int | None = None
        self.paragraphs: list[str] = []
        self.tables: list[bool] = []
        self.untitled: Mark | None = None

    def add(self, mark: Mark, block: Block) -> None:
        """Put one marked block in its place."""
        if mark.level is Level.ARTICLE:
            self._close()
            self.article, self.page = mark, block.page
            self.paragraphs = [mark.text] if mark.text else []
            self.tables = [False] * len(self.paragraphs)
        elif mark.level in (Level.TEXT, Level.TABLE):
            if self._names_untitled(mark):
                return
            if self.article is None or mark.ends:
                self._close()
                self._node(mark.level, text=mark.text, page=block.page)
            else:
                self.paragraphs.append(mark.text)
                self.tables.append(mark.level is Level.TABLE)
        else:
            self._close()
            self._heading(mark, block.page)

    def finish(self) -> tuple[Node, ...]:
        """The nodes; the last article is closed."""
        self._close()
        return tuple(self.nodes)

    def _heading(self, mark: Mark, page: int | None) -> None:
        while self.open and self.open[-1][0] >= mark.depth:
            self.open.pop()
        self.path = tuple(name for _, name in self.open)
        self._node(mark.level, label=mark.label, title=mark.title, page=page)
        self._push(mark)

    def _push(self, mark: Mark) -> None:
        self.open.append((mark.depth, heading_name(mark)))
        self.path = tuple(name for _, name in self.open)
        self.untitled = mark if mark.label and not mark.title else None

    def _names_untitled(self, mark: Mark) -> bool:
        """«第一章» alone on its line: the short line below is its title."""
        bare, self.untitled = self.untitled, None
        if bare is None or bare.level is Level.HEADING or mark.level is not Level.TEXT:
            return False
        if len(mark.text) > 40 or mark.text[-1] in "。；：，:;,":
            return False
        last = self.nodes.pop()
        self.open.pop()
        self.path = tuple(name for _, name in self.open)
        named = Mark(bare.level, bare.label, mark.text, depth=bare.depth)
        self._node(bare.level, label=bare.label, title=mark.text, page=last.page)
        self._push(named)
        return True

    def _close(self) -> None:
        mark, self.article = self.article, None
        if mark is not None:
            self.untitled = None
            self.nodes.append(
                Node(
                    len(self.nodes),
                    Level.ARTICLE,
                    mark.label,
                    mark.title,
                    "\n".join(self.paragraphs),
                    self.path,
                    self.page,
                    spans_of(self.paragraphs, self.tables) if self.paragraphs else (),
                )
            )

    def _node(
        self, level: Level, *, page: int | None, label: str = "", title: str = "", text: str = ""
    ) -> None:
        self.nodes.append(Node(len(self.nodes), level, label, title, text, self.path, page))


def heading_name(mark: Mark) -> str:
    """A heading as it stands in a path: «第二章　用印审批», «一、总体要求»."""
    if not mark.label or not mark.title:
        return mark.label or mark.title
    gap = "" if mark.label[-1] in "、）)" else "　" if mark.label[0] in "第附" else " "
    return f"{mark.label}{gap}{mark.title}"
