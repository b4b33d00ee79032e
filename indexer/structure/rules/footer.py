"""版记: 抄送 and 印发 at the end of an official document."""

from __future__ import annotations

import re

from indexer.reading import Block
from indexer.structure.marks import Context, Mark
from kb.model import Level

FOOTER = re.compile(
    r"(?:抄送|主送|分送|印送)\s?[:：]"
    r"|.{2,30}[\s　]*\d{4}年\d{1,2}月\d{1,2}日[\s　]*印发$"
    r"|\d{4}年\d{1,2}月\d{1,2}日$"
    r"|[（(](?:此件|本件|联系人|信息公开).{0,40}[)）]$"
)


def footer(block: Block, _context: Context) -> Mark | None:
    """A line of the imprint; it belongs to no article."""
    if len(block.text) > 120 or not FOOTER.match(block.text):
        return None
    return Mark(Level.TEXT, text=block.text, ends=True)
