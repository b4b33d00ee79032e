"""One spelling of what people write in several: traditional characters, wide digits, 第12条."""

from __future__ import annotations

import re

from kb.text.normalise import simplified
from kb.text.numerals import digits, to_chinese

_PLACE = re.compile(r"第\s?(\d{1,4})\s?([编章节条款项])")


def spelled(query: str) -> str:
    """A query in simplified characters, with ASCII digits, places in Chinese numerals: as papers
    write them."""
    return _PLACE.sub(lambda m: f"第{to_chinese(int(m[1]))}{m[2]}", digits(simplified(query)))
