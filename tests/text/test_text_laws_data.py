"""On real statutes: how much of what DOMAIN.md counted there is found. Quick (some 15 s)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from kb.text.citations import find_citations
from kb.text.dates import effective, find_dates
from kb.text.numerals import NUMERAL

pytestmark = pytest.mark.data

ARTICLE = re.compile(rf"^#*\s*第{NUMERAL}+条(?:之{NUMERAL}+)?(?:\s|$)", re.MULTILINE)
IN_NAME = re.compile(r"\((\d{4}-\d\d-\d\d)\)$")
# The rule set behind the 20,496 hits of DOMAIN.md, section 2.
PLACE = re.compile(
    rf"(?:《[^》]+》|本(?:法|条例|办法|规定|细则|规则|决定|解释))?第{NUMERAL}+条(?:之{NUMERAL}+)?"
    rf"(?:第{NUMERAL}+款)?(?:第(?:（{NUMERAL}+）|{NUMERAL}+)项)?(?:第{NUMERAL}+目)?"
)


def papers(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted((folder / "laws").rglob("*.md")):
        text = path.read_text(encoding="utf-8")
        if ARTICLE.search(text):
            yield path, text


def test_most_statutes_say_from_when_they_hold(shared_data: Path) -> None:
    found = total = 0
    for path, text in papers(shared_data):
        total += 1
        named = IN_NAME.search(path.stem)
        head = [hit.value for hit in find_dates(text.partition("<!-- INFO END -->")[0])]
        issued = date.fromisoformat(named[1]) if named else max(head, default=None)
        found += effective(text, issued) is not None
    assert total > 3300
    assert found >= 2950, f"{found} of {total}"


def test_every_place_that_the_plain_rule_finds_is_found(shared_data: Path) -> None:
    hits = missed = 0
    for path in sorted((shared_data / "laws").rglob("*.md")):
        text = path.read_text(encoding="utf-8")
        covered = bytearray(len(text))
        for citation in find_citations(text):
            covered[citation.start : citation.end] = b"\1" * (citation.end - citation.start)
        for match in PLACE.finditer(text):
            line = text.rfind("\n", 0, match.start()) + 1
            after = text[match.end() : match.end() + 1]
            if not text[line : match.start()].strip(" #*\u3000") and (not after or after.isspace()):
                continue
            hits += 1
            missed += not covered[match.end() - 1]
    assert hits > 20_000
    # What is left are labels of articles glued into one line, and places within titles.
    assert missed <= hits * 0.01, f"{missed} of {hits}"
