"""编, 分编, 章 and 节."""

from __future__ import annotations

from indexer.reading import Block
from indexer.structure.marks import Context, Mark
from indexer.structure.patterns import DIVISION, SENTENCE_END
from kb.model import Level

LEVELS = {"编": Level.PART, "分编": Level.SUBPART, "章": Level.CHAPTER, "节": Level.SECTION}
DEPTHS = {"编": 10, "分编": 20, "章": 30, "节": 40}
LONGEST = 60


def division(block: Block, _context: Context) -> Mark | None:
    """A line such as «第二章　用印审批»; prose that begins with «第二章规定的…» is none."""
    text = block.text
    if not text.startswith("第"):
        return None
    match = DIVISION.match(text)
    if match is None or len(text) > LONGEST:
        return None
    rest = text[match.end() :]
    if rest and not rest[0].isspace():
        formatted = block.kind == "heading" or "centre" in block.style or block.numbered
        if not formatted or rest[0] in "的、，第规至和":
            return None
    title = rest.strip()
    if title and title[-1] in SENTENCE_END and block.kind != "heading":
        return None
    kind = match[1]
    return Mark(LEVELS[kind], label=match[0], title=closed(title), depth=DEPTHS[kind])


def closed(title: str) -> str:
    """«总 则» is set with a blank to look wider: «总则»."""
    parts = title.split()
    if 1 < len(parts) <= 4 and all(len(part) == 1 for part in parts):
        return "".join(parts)
    return title
