"""附件, 附表, 附录."""

from __future__ import annotations

from indexer.reading import Block
from indexer.structure.marks import Context, Mark
from indexer.structure.patterns import ANNEX
from kb.model import Level

LONGEST = 60
DEPTH = 5


def annex(block: Block, context: Context) -> Mark | None:
    """An annex's first line («附件1», «附件　用印登记表»).

    «附件：1.…» is the list of attachments below a letter: text, outside any article.
    """
    text = block.text
    if not text.startswith("附"):
        return None
    match = ANNEX.match(text)
    if match is None:
        return None
    rest = text[match.end() :].strip()
    if rest[:1] in (":", "：") and rest[1:].strip() and block.kind != "heading":
        return Mark(Level.TEXT, text=text, ends=True)
    title = rest.lstrip(":：、.．").strip()
    if len(text) > LONGEST or title.endswith(("。", "；", "，")):
        return None
    context.number = 0
    return Mark(Level.ANNEX, label=match[0].replace(" ", ""), title=title, depth=DEPTH)
