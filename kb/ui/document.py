"""A document laid open: its contents, its text with anchors, its tables as tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType

from kb.base import Shown
from kb.law.cited import Link
from kb.model import Level, Node
from kb.retrieve.highlight import Spans
from kb.ui.cite import citation
from kb.ui.links import read
from kb.ui.markup import Anchor, copy_button, e, woven

Links = Mapping[int, Sequence[Anchor]]
"""Citations by the ordinal of their node, in order."""

Mark = Callable[[str], Spans]
"""Where the words looked for stand in a text."""

HEADINGS = (Level.PART, Level.SUBPART, Level.CHAPTER, Level.SECTION, Level.HEADING, Level.ANNEX)


def target(shown: Shown, at: str) -> Node | None:
    """The node that ``?at=`` names: a passage's label (``第三条``, ``p7``), or a node's own."""
    if not at:
        return None
    wanted = f"{shown.version.path}#{at}"
    ordinal = next(
        (
            row.passage.node
            for row in shown.passages
            if wanted in (row.passage.id, row.passage.article_id)
        ),
        None,
    )
    for node in shown.nodes:
        if node.ordinal == ordinal or (ordinal is None and node.label == at):
            return node
    return None


def anchor(node: Node) -> str:
    """The id of a node in the page."""
    return f"n{node.ordinal}"


def contents(nodes: Sequence[Node], current: Node | None) -> str:
    """Contents for the side: headings as lines, the articles below each as small links."""
    lines: list[str] = []
    open_list = False
    for node in nodes:
        here = " aria-current='location'" if current is node else ""
        if node.level in HEADINGS:
            lines.append("</div>" * open_list)
            open_list = False
            depth = min(len(node.heading), 3)
            lines.append(
                f'<a href="#{anchor(node)}" data-jump class="kb-toc-{depth}"{here}>'
                f"{e(_name(node))}</a>"
            )
        elif node.level is Level.ARTICLE:
            if not open_list:
                lines.append('<div class="kb-toc-articles">')
                open_list = True
            first = " ".join(node.text.split())[:40]
            lines.append(
                f'<a href="#{anchor(node)}" data-jump title="{e(first)}"{here}>{e(node.label)}</a>'
            )
    lines.append("</div>" * open_list)
    return "".join(lines)


def body(
    shown: Shown, current: Node | None, mark: Mark, links: Links = MappingProxyType({})
) -> str:
    """The text, in reading order, with the words looked for marked and citations as links."""
    return "".join(_node(shown, node, current, mark, links) for node in shown.nodes)


def anchors(shown: Shown, found: Iterable[Link], day: date | None) -> dict[int, list[Anchor]]:
    """Citations as links, by the node they stand in. A document named as a whole that is not in
    the base is left as it is; a place that could not be told says why."""
    ours = {node.label: anchor(node) for node in reversed(shown.nodes) if node.label}
    made: dict[int, list[Anchor]] = {}
    for link in found:
        at = link.cited
        if link.target == shown.version.id and link.label in ours:
            href, jump = f"#{ours[link.label]}", True
        elif link.target:
            href, jump = read(link.target_path, at=link.label, day=day), False
        elif link.is_place:
            href, jump = "", False
        else:
            continue
        says = f"未能确定：{link.reason}" if not href else "被引文件较新，条次可能已变" * link.newer
        made.setdefault(at.node, []).append(
            Anchor(at.start, at.end, href, link.id if href else "", jump, says)
        )
    return made


def _name(node: Node) -> str:
    return "　".join(part for part in (node.label, node.title) if part)


def _node(shown: Shown, node: Node, current: Node | None, mark: Mark, links: Links) -> str:
    tied = links.get(node.ordinal, ())
    here = " data-target tabindex='-1'" if node is current else ""
    opening = f'id="{anchor(node)}"{here}'
    if node.level in HEADINGS:
        depth = 2 + min(len(node.heading), 2)
        text = _paragraphs(node.text, mark(node.text), tied) if node.text else ""
        return f"<h{depth} {opening}>{e(_name(node))}</h{depth}>{text}"
    if node.level is Level.ARTICLE:
        copy = copy_button(citation(shown.version, node.label))
        label = f"<b>{e(node.label)}</b>　"
        title = f"【{e(node.title)}】" if node.title else ""
        text = _paragraphs(node.text, mark(node.text), tied, lead=label + title)
        return f'<article {opening} class="kb-article">{text}{copy}</article>'
    if node.level is Level.TABLE:
        return f"<figure {opening}>{_table(node)}</figure>"
    return f'<div {opening} class="kb-text">{_paragraphs(node.text, mark(node.text), tied)}</div>'


def _paragraphs(text: str, spans: Spans, tied: Sequence[Anchor], *, lead: str = "") -> str:
    parts: list[str] = []
    at = 0
    for line in text.split("\n"):
        if line.strip() or (lead and not parts):
            parts.append(
                f"<p>{lead if not parts else ''}{woven(text, spans, tied, at, at + len(line))}</p>"
            )
        at += len(line) + 1
    return "".join(parts)


def _table(node: Node) -> str:
    """A table node's text is a line a row, cells set off by `` | `` (indexer.reading)."""
    rows = [line.split(" | ") for line in node.text.split("\n") if line.strip()]
    width = max((len(row) for row in rows), default=0)
    caption = f"<figcaption>{e(_name(node))}</figcaption>" if _name(node) else ""
    head, *rest = rows or [[]]
    cells = "".join(f'<th scope="col">{e(cell)}</th>' for cell in _filled(head, width))
    lines = "".join(
        "<tr>" + "".join(f"<td>{e(cell)}</td>" for cell in _filled(row, width)) + "</tr>"
        for row in rest
    )
    return (
        f'{caption}<div class="kb-table"><table><thead><tr>{cells}</tr></thead>'
        f"<tbody>{lines}</tbody></table></div>"
    )


def _filled(row: Sequence[str], width: int) -> list[str]:
    return [*row, *[""] * (width - len(row))]
