"""发文字号: the number of a document, in its head."""

from __future__ import annotations

import re

from indexer.facts.view import View
from kb.model import Fact
from kb.text.numbers import find_numbers

ORDER = re.compile(
    r"([\u4e00-\u9fff]{2,30}令)[\s　]*[（(〔\[]?(?:第|\d{4}年第)?[\s　]*"
    r"([\d〇零一二三四五六七八九十百]+)[\s　]*号"
)
NOT_OWN = re.compile(r"(?:根据|依据|废止|转发|关于|《)[^。]*$")


def number(view: View) -> tuple[str, Fact] | None:
    """The document's own number: on a line of its own in the head, or in the bracket below the
    title; one that stands in a sentence belongs to another document."""
    for line in (view.title, *view.head, *view.opening[:3]):
        if len(line) > 120:
            continue
        for hit in find_numbers(line):
            if not NOT_OWN.search(line[: hit.start]):
                return hit.shown, Fact(hit.shown, "rule", line)
        if (match := ORDER.search(line)) and not NOT_OWN.search(line[: match.start()]):
            shown = f"{match[1]}第{match[2]}号"
            return shown, Fact(shown, "rule", line)
    return None
