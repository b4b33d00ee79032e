"""The basis graph as a picture: three columns of names, curves between them. No engine needed."""

from __future__ import annotations

import base64

from kb.decide.system.graph import Edge, Graph, Node
from kb.ui.charts import COLOURS, FONT
from kb.ui.markup import e

ROW, WIDTH, GAP, TOP = 30, 290, 130, 44
"""Points: height of a row, width of a name's box, room for the curves, room for the headings."""
HEADS = ("依据", "现行制度", "所废止的")
LONGEST = 19
"""Characters of a name in its box."""


def svg(drawn: Graph) -> str:
    """The picture; empty where there is nothing to draw."""
    if not drawn.nodes:
        return ""
    places = _places(drawn)
    columns = 3 if any(node.column == 2 for node in drawn.nodes) else 2
    height = TOP + ROW * max(
        sum(node.column == column for node in drawn.nodes) for column in range(3)
    )
    wide = columns * WIDTH + (columns - 1) * GAP + 20
    heads = "".join(
        f'<text class="head" x="{_left(column) + WIDTH / 2}" y="24">{name}</text>'
        for column, name in enumerate(HEADS[:columns])
    )
    curves = "".join(_curve(edge, places) for edge in drawn.edges)
    boxes = "".join(_box(node, places[node.key]) for node in drawn.nodes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{height + 10}" '
        f'viewBox="0 0 {wide} {height + 10}"><style>{_STYLE}</style>{heads}{curves}{boxes}</svg>'
    )


_STYLE = (
    f"text{{font:13px {FONT};fill:#1d2530}}.head{{font-weight:600;text-anchor:middle}}"
    ".box{fill:#ffffff;stroke-width:1.4}.curve{fill:none;stroke:#8a929c;stroke-width:1.2}"
    ".ends{stroke:#b3261e;stroke-dasharray:5 3}"
    "@media(prefers-color-scheme:dark){text{fill:#e4e7ea}.box{fill:#1c232b}"
    ".curve{stroke:#6d7782}.ends{stroke:#e58a82}}"
)


def picture(drawn: Graph) -> str:
    """As an image; the table below says the same to readers of every kind."""
    text = svg(drawn)
    if not text:
        return ""
    data = base64.b64encode(text.encode()).decode()
    says = f"依据关系图：{len(drawn.nodes)} 件文件，{len(drawn.edges)} 条关系，逐条见下表"
    return f'<img class="kb-chart" src="data:image/svg+xml;base64,{data}" alt="{says}">'


def _places(drawn: Graph) -> dict[str, tuple[float, float]]:
    """Key → left and middle of its box. Rules stand by the first of their bases, so that few
    curves cross."""
    first = {node.key: len(drawn.nodes) for node in drawn.nodes}
    bases = sorted((n for n in drawn.nodes if n.column == 0), key=lambda n: n.title)
    order = {node.key: at for at, node in enumerate(bases)}
    for edge in drawn.edges:
        first[edge.start] = min(first[edge.start], order.get(edge.end, len(order)))
    own = sorted((n for n in drawn.nodes if n.column == 1), key=lambda n: (first[n.key], n.title))
    order |= {node.key: at for at, node in enumerate(own)}
    ended = {e_.end: order[e_.start] for e_ in drawn.edges if e_.what == "废止"}
    gone = sorted((n for n in drawn.nodes if n.column == 2), key=lambda n: ended.get(n.key, 0))
    return {
        node.key: (_left(column), TOP + ROW * at + ROW / 2)
        for column, nodes in enumerate((bases, own, gone))
        for at, node in enumerate(nodes)
    }


def _left(column: int) -> float:
    return 10 + column * (WIDTH + GAP)


def _curve(edge: Edge, places: dict[str, tuple[float, float]]) -> str:
    (x1, y1), (x2, y2) = places[edge.start], places[edge.end]
    ends = " ends" if edge.what == "废止" else ""
    if x1 == x2:
        # Both are rules in force: the curve goes round on the right.
        at, out = x1 + WIDTH, x1 + WIDTH + 46
        path = f"M{at},{y1}C{out},{y1} {out},{y2} {at},{y2}"
    else:
        a, b = (x1, x2 + WIDTH) if x2 < x1 else (x1 + WIDTH, x2)
        middle = (a + b) / 2
        path = f"M{a},{y1}C{middle},{y1} {middle},{y2} {b},{y2}"
    return f'<path class="curve{ends}" d="{path}"/>'


def _box(node: Node, place: tuple[float, float]) -> str:
    x, y = place
    name = node.title if len(node.title) <= LONGEST else f"{node.title[: LONGEST - 1]}…"
    colour = COLOURS.get(node.status, "#9aa3ad")
    return (
        f'<rect class="box" x="{x}" y="{y - 12}" width="{WIDTH}" height="24" rx="4" '
        f'stroke="{colour}"><title>{e(node.title)}（{e(node.status)}）</title></rect>'
        f'<rect x="{x}" y="{y - 12}" width="5" height="24" rx="2" fill="{colour}"/>'
        f'<text x="{x + 12}" y="{y + 5}">{e(name)}</text>'
    )
