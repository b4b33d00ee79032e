"""When a document was issued, takes effect and ends."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from pathlib import PurePosixPath

from kb.text.dates import effective as effective_in
from kb.text.dates import expiry as expiry_in
from kb.text.dates import find_dates

from indexer.facts.view import View
from kb.model import Fact

Dated = tuple[date, Fact]
ISSUING = re.compile(r"(?:印发|发布|公布|颁布|通过|批准|修订|修正|修改|发文|成文|制定|签发|废止)")
STATED = re.compile(r"(?:整理|成文|印发|发布|公布|制定|发文|签发|落款)(?:日期|时间)\s?[:：]")
IN_NAME = re.compile(r"[(（](\d{4})-(\d{1,2})-(\d{1,2})[)）]$")


def issued(view: View, path: str, notice: View | None) -> Dated | None:
    """The day of issue: the head's latest passage, the imprint, the signature, the file's name."""
    lines = [line for line in view.head if ISSUING.search(line) or STATED.search(line)]
    best: Dated | None = None
    for line in lines:
        for hit in find_dates(line):
            after = line[hit.end : hit.end + 80]
            before = line[max(0, hit.start - 12) : hit.start]
            if before.rstrip().endswith("自") or not (
                ISSUING.search(after) or STATED.search(before)
            ):
                continue
            if hit.value is not None and (best is None or hit.value >= best[0]):
                best = hit.value, _fact(hit.value, line)
    return best or _signed(view) or (_signed(notice) if notice else None) or _named(path)


def effective(view: View, day: date | None, notice: View | None) -> Dated | None:
    """The day from which it holds, said in its last articles, under its title, or by its notice."""
    texts = [*reversed(view.closing), *view.head, *view.tail, *view.opening]
    if notice is not None:
        texts += [*notice.head, *notice.opening, *notice.tail]
    for text in _distinct(texts):
        if "起" in text or "行" in text:
            found = effective_in(text, day)
            if found is not None:
                return found.value, _fact(found.value, found.evidence)
    return None


def expires(view: View, start: date | None, notice: View | None) -> Dated | None:
    """The day on which it ends of itself; in the body 有效期 is a licence's, so it is not asked."""
    texts = [*view.closing, *view.head]
    if notice is not None:
        texts += [*notice.head, *notice.opening, *notice.tail]
    for text in _distinct(texts):
        if "有效" in text or "试行" in text or "废止" in text:
            found = expiry_in(text, start)
            if found is not None:
                return found.value, _fact(found.value, found.evidence)
    return None


def _signed(view: View) -> Dated | None:
    """The date below a signature or in the imprint: of a letter the first, of a rule the last."""
    for lines in view.signed if view.prose else reversed(view.signed):
        hits = find_dates(lines[-1])
        if hits and hits[-1].value is not None:
            return hits[-1].value, _fact(hits[-1].value, lines[-1])
    return None


def _named(path: str) -> Dated | None:
    """The date in a file's name: ``档案法(2020-06-20).md``."""
    match = IN_NAME.search(PurePosixPath(path.partition("!")[0]).stem)
    if match is None:
        return None
    try:
        value = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
    return value, _fact(value, match[0])


def _distinct(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))


def _fact(value: date, evidence: str) -> Fact:
    return Fact(value.isoformat(), "rule", evidence.strip()[:200])
