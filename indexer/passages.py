"""Nodes to passages: one a 条, parts of a long one, windows of prose.

A passage is what is found and quoted. It never crosses two articles, a heading or a table's edge.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kb.model import Kind, Level, Node, Passage, Span

LONG = 1200
"""Characters above which an article is cut at its 款 and 项."""
PART = 700
"""Characters that a part of a long article should have."""
LEAD = 160
"""Longest lead-in that is repeated before a part."""
WINDOW, WINDOW_MOST = 300, 500
"""A window of prose is closed from WINDOW characters on; WINDOW_MOST is not passed where a
sentence ends earlier."""
HEAD = 3
"""Nodes from the top among which a note's descriptive line («（整理单位：…）») stands."""
SENTENCE = re.compile(r".+?(?:[。！？!?]+[”’」』）)]*|；|\n|$)", re.DOTALL)
# Lines that describe a document rather than say something: who passed it and when, its number.
ABOUT = re.compile(
    r"[（(【\[].{0,120}[)）】\]]$"
    r"|(?:（)?\d{4}\s?年\d{1,2}月\d{1,2}日.{0,400}(?:通过|修正|修订|公布|发布|施行|批准|颁布|备案|令)"
    r"|根据\d{4}年\d{1,2}月\d{1,2}日.{0,400}(?:修正|修订)"
    r"|.{1,24}[〔\[［【（(]\d{4}[〕\]］】)）].{0,6}号$"
    r"|(?:抄送|主送|分送|印送)\s?[:：]|.{2,30}\d{4}年\d{1,2}月\d{1,2}日[\s　]*印发$"
    r"|\d{4}年\d{1,2}月\d{1,2}日$"
)


def passages(path: str, nodes: Sequence[Node], *, kind: Kind, title: str) -> tuple[Passage, ...]:
    """The passages of one document, in reading order.

    Args:
        path: the document's path in identifiers, its ``!2`` included.
        nodes: its outline.
        kind: of the document; a regulation's descriptive lines are left out.
        title: a document that says nothing else has its title as its one passage.

    Identifiers are unique: a label that comes again gets ``@2``.
    """
    made: list[Passage] = []
    labels: dict[str, int] = {}
    prose: list[Node] = []
    windows = 0
    articles = any(node.level is Level.ARTICLE for node in nodes)

    def add(label: str, text: str, node: Node, ident: str, lead: str = "") -> None:
        made.append(
            Passage(ident, len(made), node.ordinal, label, node.heading, text, lead, node.page)
        )

    def flush() -> None:
        nonlocal windows
        for node, text in _windows(prose):
            windows += 1
            add("", text, node, f"{path}#p{windows}")
        prose.clear()

    for node in nodes:
        if node.level is Level.TEXT:
            about = kind is Kind.REGULATION or articles or node.ordinal < HEAD
            if about and ABOUT.match(node.text):
                continue
            if prose and prose[-1].heading != node.heading:
                flush()
            prose.append(node)
            continue
        flush()
        if node.level is Level.ARTICLE:
            labels[node.label] = again = labels.get(node.label, 0) + 1
            name = node.label if again == 1 else f"{node.label}@{again}"
            for number, (lead, text) in enumerate(_parts(node), start=1):
                ident = f"{path}#{name}" if number == 1 else f"{path}#{name}~{number}"
                named = f"{node.title}\n" if node.title and node.text and number == 1 else ""
                add(node.label, text, node, ident, named + lead)
        elif node.level is Level.TABLE:
            for lead, text in _table(node.text):
                windows += 1
                add("", text, node, f"{path}#p{windows}", lead)
    flush()
    if not made and title:
        node = nodes[0] if nodes else Node(0, Level.TEXT, "")
        add("", title, node, f"{path}#p1")
    return tuple(made)


def _parts(node: Node) -> Iterator[tuple[str, str]]:
    """(lead-in, text) of an article's parts; short ones are whole."""
    text = node.text or node.title
    if len(text) <= LONG:
        yield "", text
        return
    starts = [s for s in node.spans if s.start > 0] or []
    cuts = [0]
    for index, span in enumerate(starts):
        end = starts[index + 1].start if index + 1 < len(starts) else len(text)
        if span.start - cuts[-1] >= PART // 2 and end - cuts[-1] > PART:
            cuts.append(span.start)
    for start, end in zip(cuts, [*cuts[1:], len(text)], strict=True):
        lead = _lead(text, node.spans, start)
        for offset, piece in enumerate(_slices(text[start:end])):
            yield (lead if offset == 0 else ""), piece


def _slices(text: str) -> Iterator[str]:
    """A part that is still too long (a table, one endless paragraph) in pieces that are not."""
    text = text.strip()
    if len(text) <= LONG:
        if text:
            yield text
        return
    gathered = ""
    for match in SENTENCE.finditer(text):
        if gathered and len(gathered) + len(match[0]) > PART:
            yield gathered.strip()
            gathered = ""
        gathered += match[0]
        while len(gathered) > LONG:
            yield gathered[:LONG].strip()
            gathered = gathered[LONG:]
    if gathered.strip():
        yield gathered.strip()


def _lead(text: str, spans: Sequence[Span], start: int) -> str:
    """The words that open the list which a part continues."""
    here = next((s for s in spans if s.start == start), None)
    if here is None or here.level == "款":
        return ""
    clause = next((s for s in reversed(spans) if s.level == "款" and s.start <= start), None)
    if clause is None:
        return ""
    opening = text[clause.start : clause.end].split("\n")[0]
    if len(opening) > LEAD:
        opening = opening[opening.rfind("。", 0, len(opening) - 1) + 1 :]
    return f"{opening}\n" if 0 < len(opening) <= LEAD and clause.start < start else ""


def _windows(nodes: Sequence[Node]) -> Iterator[tuple[Node, str]]:
    """Paragraphs gathered to windows that end at a paragraph's or a sentence's end."""
    gathered: list[str] = []
    size = 0
    first: Node | None = None
    for node in nodes:
        pieces = [node.text] if len(node.text) <= WINDOW_MOST else list(_sentences(node.text))
        for number, piece in enumerate(pieces):
            if first is not None and size + len(piece) > WINDOW_MOST:
                yield first, "".join(gathered).strip()
                gathered, size, first = [], 0, None
            if first is None:
                first = node
            gap = "\n" if gathered and number == 0 else ""
            gathered.append(gap + piece)
            size += len(piece)
        if first is not None and size >= WINDOW:
            yield first, "".join(gathered).strip()
            gathered, size, first = [], 0, None
    if first is not None:
        yield first, "".join(gathered).strip()


def _sentences(text: str) -> Iterator[str]:
    """A long paragraph in runs of whole sentences of at most WINDOW_MOST characters."""
    gathered = ""
    for match in SENTENCE.finditer(text):
        if gathered and len(gathered) + len(match[0]) > WINDOW:
            yield gathered
            gathered = ""
        gathered += match[0]
        while len(gathered) > WINDOW_MOST:
            cut = max(gathered.rfind(mark, WINDOW // 2, WINDOW_MOST) for mark in "，、, \n") + 1
            cut = cut or WINDOW_MOST
            yield gathered[:cut]
            gathered = gathered[cut:]
    if gathered:
        yield gathered


def _table(text: str) -> Iterator[tuple[str, str]]:
    """(what is repeated, rows) of a table's windows: the header, and of a merged first cell that
    began in the window before, what it says."""
    lines = text.split("\n")
    header, rows = lines[0], lines[1:]
    gathered: list[str] = [header]
    size = len(header)
    lead = group = ""
    for row in rows:
        if size + len(row) > WINDOW_MOST and len(gathered) > (0 if lead else 1):
            yield lead, "\n".join(gathered)
            gathered, size, lead = [], len(header), f"{header}\n" if len(header) <= LEAD else ""
            if row.startswith(" | ") and lead and 0 < len(group) <= LEAD:
                lead += f"{group}\n"
        first = row.partition(" | ")[0]
        group = first or group
        gathered.append(row)
        size += len(row)
    if gathered:
        yield lead, "\n".join(gathered)
