"""When a document was issued, takes effect and ends."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from pathlib import PurePosixPath

from indexer.facts.view import View
from kb.model import Fact
from kb.text.dates import effective as effective_in
from kb.text.dates import expiry as expiry_in
from kb.text.dates import find_dates

Dated = tuple[date, Fact]
ISSUING = re.compile(r"(?:印发|发布|公布|颁布|通过|批准|修订|修正|修改|发文|成文|制定|签发|废止)")
ALONE = re.compile(r"[（(]\s*(?:\d{4}|[〇○零一二三四五六七八九]{4})年.{1,3}月.{1,3}日\s*[)）]")
STATED = re.compile(
    r"(?:整理|编制|起草|编写|成文|印发|发布|公布|制定|发文|签发|落款)(?:日期|时间)\s?[:：]"
)
RENEWED = re.compile(r"修订")
AMENDED = re.compile(r"修改|修正|的决定")
PUBLISHED = re.compile(r"公布|发布|颁布|印发")
APPROVED = re.compile(r"批准")
PUBLISHED_WITHIN = 120
"""Days between the passage of a rule and its publication, at most."""
IN_NAME = re.compile(r"[(（](\d{4})-(\d{1,2})-(\d{1,2})[)）]$")


def issued(view: View, path: str, notice: View | None) -> Dated | None:
    """The day on which this text was issued: of the head's passages and amendments the latest, or
    the later day in the file's name; else the signature or the imprint."""
    events = _events(view)
    latest = max(events, key=lambda event: event[0], default=None)
    named = _named(path)
    if latest is None:
        return _signed(view) or (_signed(notice) if notice else None) or named
    if named is not None and named[0] > latest[0]:
        return named
    return latest[0], _fact(*latest)


def promulgated(view: View, issue: date | None, path: str) -> date | None:
    """The day that «自公布之日起» counts from.

    An amendment (修正) leaves it; a new text (修订) does not. Where the head tells the passage
    only, the file's name may tell the publication.
    """
    events = _events(view)
    if not events:
        return issue
    renewed = [day for day, line in events if RENEWED.search(line) and not AMENDED.search(line)]
    published = [day for day, line in events if PUBLISHED.search(line)]
    # A city's rule is not published before its province approves it.
    approved = [d for d, line in events if APPROVED.search(line) and not AMENDED.search(line)]
    begin = renewed[-1] if renewed else min(published or approved or [day for day, _ in events])
    named = _named(path)
    if named is not None and 0 <= (named[0] - begin).days <= PUBLISHED_WITHIN:
        return named[0]
    return begin


def _events(view: View) -> list[tuple[date, str]]:
    """(day, line) of each passage, publication or amendment that the head tells."""
    found: list[tuple[date, str]] = []
    for line in view.head:
        if ALONE.fullmatch(line.strip()):
            # Below its title, so Party organs date what they issue.
            found.extend((hit.value, line) for hit in find_dates(line))
            continue
        if not (ISSUING.search(line) or STATED.search(line)):
            continue
        for hit in find_dates(line):
            before = line[max(0, hit.start - 12) : hit.start].rstrip()
            told = ISSUING.search(line, hit.end, hit.end + 80) or STATED.search(before)
            if told and not before.endswith("自"):
                found.append((hit.value, line))
    return found


def effective(view: View, day: date | None, notice: View | None) -> Dated | None:
    """The day from which it holds, said in its last articles, under its title, or by its notice.

    ``day`` is what «自公布之日起» counts from.
    """
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
        if hits:
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
