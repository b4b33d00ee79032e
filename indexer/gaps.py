"""Breaks in the sequence of articles: warned of, never a reason to refuse (DOMAIN.md, 1)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.text.numerals import to_int

LABEL = re.compile(r"第\s?(.+?)\s?条(?:之(.+))?$")
MOST = 20


def gaps(labels: Sequence[str]) -> list[str]:
    """Places where an article's number does not follow from the one before, in Chinese."""
    found: list[str] = []
    number, branch = 0, 0
    before = ""
    for label in labels:
        match = LABEL.match(label)
        here = to_int(match[1]) if match else None
        sub = (to_int(match[2]) or 0) if match and match[2] else 0
        if here is None:
            found.append(f"{label} 的序号无法识别")
        elif not ((sub == 0 and here == number + 1) or (here == number and sub == branch + 1)):
            found.append(f"{before or '开头'} 之后是 {label}")
        if here is not None:
            number, branch = here, sub
        before = label
        if len(found) >= MOST:
            break
    return found
