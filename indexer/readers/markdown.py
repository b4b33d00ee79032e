"""Markdown, read by markdown-it-py; plain files (headings and paragraphs) by lines, as it would.

Office Markdown is typed or converted text: four spaces at the start of a line are an indent, not
code, and a line that begins with 第三条 or （二） is a paragraph although no blank line is above.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.front_matter import front_matter_plugin

from indexer.readers.encoding import decode
from indexer.reading import Block, Reading, table

COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
# What only the full parser understands: anything else is headings, paragraphs, comment lines.
SPECIAL = re.compile(
    r"(?m)[*_`\\\t\r]|^ *(?:[>|+=~<]|-|\d{1,9}[.)][ \t]|\[)|\]\(|&[#a-zA-Z]|^ |[ ]$|<[a-zA-Z/!?]"
)
HEADING = re.compile(r"(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
FRONT = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
FRESH = re.compile(
    r"第[零〇○一二三四五六七八九十百千万两\d]+(?:分编|[编章节条])|[（(][一二三四五六七八九十\d]+[)）]"
    r"|[一二三四五六七八九十]+、|\d+[.．、]|　|附件|附表"
)
# A line of full-width blanks looks empty, and parts paragraphs for us as an empty one does.
BLANK = re.compile(r"(?m)^[ \t\u3000\xa0]+$")
ENDS = "。；：！？;:"


def read(data: bytes, name: str) -> Reading:
    """Read Markdown; the front matter's keys go to ``meta``."""
    text, encoding = decode(data, name)
    notes = () if encoding == "utf-8" else (f"编码 {encoding}",)
    meta: dict[str, str] = {}
    if text.startswith("---") and (front := FRONT.match(text)):
        meta = front_matter(front[1])
    else:
        front = None
    body = text[front.end() :] if front else text
    bare = COMMENT.sub("", body) if "<!--" in body else body
    blocks = tuple(_tokens(text) if SPECIAL.search(bare) else _lines(bare))
    return Reading("markdown", blocks, meta=meta, notes=notes)


def front_matter(text: str) -> dict[str, str]:
    """``key: value`` lines of a front matter block; quotes around a value are taken off."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        key, colon, value = line.partition("：" if "：" in line and ":" not in line else ":")
        if colon and key.strip() and not line.lstrip().startswith("#"):
            found[key.strip()] = value.strip().strip("\"'")
    return found


def _lines(text: str) -> Iterator[Block]:
    """The fast way: the same blocks as `_tokens` gives, where nothing `SPECIAL` occurs."""
    for paragraph in text.split("\n\n"):
        if not paragraph:
            continue
        gathered: list[str] = []
        for line in paragraph.split("\n"):
            if line.startswith("#") and (heading := HEADING.match(line)):
                yield from _paragraph(gathered)
                gathered = []
                if title := (heading[2] or "").strip():
                    yield Block("heading", title, level=len(heading[1]))
            elif not line or line.isspace():
                yield from _paragraph(gathered)
                gathered = []
            else:
                gathered.append(line)
        yield from _paragraph(gathered)


def _paragraph(lines: list[str]) -> Iterator[Block]:
    """Blocks of one Markdown paragraph: hard-wrapped lines are joined, typed ones are not."""
    if len(lines) == 1:
        if text := lines[0].strip():
            yield Block("paragraph", text)
        return
    whole = ""
    for raw in lines:
        line = raw.strip()
        if not line:
            continue
        if whole and (FRESH.match(raw) or whole[-1] in ENDS):
            yield Block("paragraph", whole)
            whole = line
        elif whole and whole[-1] < "\x7f" and line[0] < "\x7f":
            whole += " " + line
        else:
            whole += line
    if whole:
        yield Block("paragraph", whole)


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True}).enable("table").use(front_matter_plugin)
    return parser.disable(["code", "reference"])


PARSER = _parser()


def _tokens(text: str) -> Iterator[Block]:
    tokens = PARSER.parse(BLANK.sub("", text))
    marker, level = "", 0
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token.type == "heading_open":
            level = int(token.tag[1])
        elif token.type == "heading_close":
            level = 0
        elif token.type == "list_item_open":
            marker = f"{token.info}{token.markup} " if token.info else ""
        elif token.type == "table_open":
            end = next(i for i in range(index, len(tokens)) if tokens[i].type == "table_close")
            if made := table(list(_rows(tokens[index:end]))):
                yield made
            index = end
        elif token.type in ("fence", "html_block"):
            yield from _verbatim(token)
        elif token.type == "inline":
            lines = _inline(token)
            if level:
                if title := "".join(lines).strip():
                    yield Block("heading", title, level=level)
            elif lines:
                lines[0] = marker + lines[0]
                marker = ""
                yield from _paragraph(lines)
        index += 1


def _rows(tokens: list[Token]) -> Iterator[tuple[str, ...]]:
    row: list[str] = []
    for token in tokens:
        if token.type == "tr_open":
            row = []
        elif token.type == "inline":
            row.append(" ".join(line.strip() for line in _inline(token)))
        elif token.type == "tr_close":
            yield tuple(row)


def _inline(token: Token) -> list[str]:
    """The text of inline content, a line for each line of the source."""
    lines = [""]
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak"):
            lines.append("")
        elif child.type in ("text", "code_inline") or child.type == "text_special":
            lines[-1] += child.content
        elif child.type == "html_inline" and re.match(r"<br\s*/?>", child.content, re.IGNORECASE):
            lines.append("")
    return [line for line in lines if line.strip()]


def _verbatim(token: Token) -> Iterator[Block]:
    content = token.content
    if token.type == "html_block":
        content = re.sub(r"<[^>\n]{1,2000}>", "", COMMENT.sub("", content))
    for line in content.splitlines():
        if line.strip():
            yield Block("paragraph", line.strip())
