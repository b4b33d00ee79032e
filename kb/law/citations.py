"""From a citation to the one provision it means, or the reason why none is named.

A citation is resolved only if exactly one document and one place in it are left (DOMAIN, section 2;
the lesson of eyecite): a wrong link in a briefing is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from kb.model import Span
from kb.text.citations import Citation, article_label
from kb.text.numerals import NUMERAL, to_int

_LOCATOR = re.compile(
    rf"(?:第({NUMERAL}+)款)?(?:第[（(]?({NUMERAL}+)[）)]?项)?(?:第({NUMERAL}+)目)?"
)
_AMENDING = re.compile(r"修正案|关于(?:修改|修订|修正|废止)|(?:修改|修订|修正)[^的]{0,60}的决定")
_KINDS = ("法", "条例", "办法", "规定", "细则", "解释", "规则", "决定")
_KIND = re.compile(rf"({'|'.join(_KINDS)})(?:[（(][^（()）]*[）)])*$")
_ANAPHORIC = re.compile(r"^(?:该|上述|前述|此|同|原|其)")


@dataclass(frozen=True, slots=True)
class Article:
    """A 条 that can be cited: its label, and the 款, 项 and 目 in it (offsets in its text)."""

    label: str
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Here:
    """Where the citing text stands: its version, that version's title and day of issue, its
    article, and the offset of the citation in the article's text."""

    version: int
    title: str
    label: str = ""
    offset: int = 0
    issued: date | None = None


class Lookup(Protocol):
    """What the resolver asks. ``here`` says where the citation stands; documents are those that the
    reader may see, as of the day asked for."""

    here: Here
    abbreviations: Mapping[str, str]

    def documents(self, title: str) -> Sequence[int]:
        """Versions whose normalised title is that of ``title``, with or without its maker."""
        ...

    def labels(self, version: int) -> Sequence[str]:
        """The labels of a version's articles in reading order, as `article_label` writes them."""
        ...

    def articles(self, version: int, label: str) -> Sequence[Article]:
        """The articles of that label; two where a paper repeats one."""
        ...

    def issued(self, version: int) -> date | None:
        """When a version was issued; None if unknown."""
        ...


@dataclass(frozen=True, slots=True)
class Target:
    """The one provision meant: an article of a version, and the place in it (empty: all of it).

    ``start``/``end`` are offsets of that place in the article's text; None for all of it.
    ``skipped``: characters of the citation before the document's name («人员有刑法…»: 3).
    ``newer``: the cited text was issued after the citing one, so its numbers may have moved:
    whoever shows the link says so.
    """

    version: int
    label: str
    locator: str = ""
    start: int | None = None
    end: int | None = None
    skipped: int = 0
    newer: bool = False

    @property
    def shown(self) -> str:
        """``第三条第二款第（一）项``."""
        return self.label + self.locator


@dataclass(frozen=True, slots=True)
class Abstention:
    """Why a citation is not resolved, in Chinese, for the reading report."""

    reason: str


def resolve(citation: Citation, lookup: Lookup) -> Target | Abstention:
    """The provision that ``citation`` means, or why it cannot be said."""
    document = _document(citation, lookup)
    if isinstance(document, Abstention):
        return document
    version, skipped = document
    label = _label(citation, lookup)
    if isinstance(label, Abstention):
        return label
    if not label:
        return _told(Target(version, ""), skipped, lookup)
    found = lookup.articles(version, label)
    if not found:
        return Abstention(f"该文件没有{label}")
    if len(found) > 1:
        return Abstention(f"该文件有 {len(found)} 个{label}")
    target = _within(citation, version, found[0], lookup.here)
    return target if isinstance(target, Abstention) else _told(target, skipped, lookup)


def _told(target: Target, skipped: int, lookup: Lookup) -> Target:
    ours, theirs = lookup.here.issued, lookup.issued(target.version)
    newer = ours is not None and theirs is not None and theirs > ours
    return replace(target, skipped=skipped, newer=newer)


def _document(citation: Citation, lookup: Lookup) -> tuple[int, int] | Abstention:
    """The version, and how many characters go before its name."""
    here = lookup.here
    if citation.title is None:
        if _AMENDING.search(here.title) and citation.relative not in ("本决定", "本修正案"):
            return Abstention("修改决定中的条款，可能指被修改的文件")
        if not _calls_itself(citation.relative, here.title):
            return Abstention(f"“{citation.relative}”与本文件的名称不符")
        if citation.label is None or lookup.articles(here.version, article_label(citation.label)):
            return here.version, 0
        # The rest of a code that is kept in several files bears the same title.
        siblings = lookup.documents(here.title)
        found = _only(citation, here.title, siblings, lookup) if siblings else here.version
        return (found if isinstance(found, int) else here.version), 0
    for name in _names(citation):
        full = lookup.abbreviations.get(name, name)
        candidates = lookup.documents(full)
        if candidates:
            found = _only(citation, full, candidates, lookup)
            if isinstance(found, Abstention):
                return found
            return found, len(citation.title) - len(name)
    if _ANAPHORIC.match(citation.title):
        return Abstention(f"“{citation.title}”所指的文件不明")
    return Abstention(f"库中没有《{lookup.abbreviations.get(citation.title, citation.title)}》")


def _only(
    citation: Citation, title: str, candidates: Sequence[int], lookup: Lookup
) -> int | Abstention:
    """The one document of a title; of a code kept in several files the one that has the article."""
    if len(candidates) == 1:
        return candidates[0]
    if citation.label is not None:
        label = article_label(citation.label)
        labels = [set(lookup.labels(version)) for version in candidates]
        apart = sum(map(len, labels)) == len(set().union(*labels))
        holders = [v for v, own in zip(candidates, labels, strict=True) if label in own]
        if apart and len(holders) == 1:
            return holders[0]
    return Abstention(f"《{title}》有 {len(candidates)} 个版本")


def _calls_itself(word: str, title: str) -> bool:
    """Whether a paper of this title can say 本法, 本条例 …: words quoted from another cannot."""
    kind = _KIND.search(title)
    if kind is None or word[1:] not in _KINDS:
        return True
    return kind[1].endswith(word[1:]) or word[1:].endswith(kind[1])


def _names(citation: Citation) -> list[str]:
    """A name without 《》 may begin with other words: its longest end that is a document's."""
    title = citation.title or ""
    if not citation.loose:
        return [title]
    # 某省水污染防治条例 is not the nation's 水污染防治条例: no name begins after a place's.
    cuts = range(max(1, len(title) - 1))
    return [title[at:] for at in cuts if at == 0 or title[at - 1] not in "省市区县州旗盟国"]


def _label(citation: Citation, lookup: Lookup) -> str | Abstention:
    """The article meant; empty for a document as a whole."""
    if citation.label is not None:
        return article_label(citation.label)
    if citation.title is not None:
        return ""
    here = lookup.here
    if not here.label:
        return Abstention("引用不在某一条之内")
    own = article_label(here.label)
    if citation.relative not in ("前条", "下条"):
        return own
    labels = list(lookup.labels(here.version))
    if labels.count(own) != 1:
        return Abstention(f"该文件有 {labels.count(own)} 个{own}")
    step = -citation.steps if citation.relative == "前条" else citation.steps
    at = labels.index(own) + step
    if not 0 <= at < len(labels):
        return Abstention(f"{own}没有{citation.relative}")
    return labels[at]


def _within(citation: Citation, version: int, article: Article, here: Here) -> Target | Abstention:
    """The place inside an article."""
    paragraph, item, relative = citation.paragraph, citation.item, citation.relative
    if relative.startswith("前") and citation.steps == 0:
        return Abstention(f"“{relative}”没有说明是哪几{relative[-1]}")
    standing = _standing(article.spans, here.offset)
    if relative in ("前款", "上款", "本款"):
        if standing[0] is None:
            return Abstention("引用处在哪一款不明")
        paragraph = standing[0] - citation.steps
        if paragraph < 1:
            return Abstention("引用处之前没有款")
    elif relative in ("前项", "本项"):
        if standing[1] is None:
            return Abstention("引用处不在某一项之内")
        paragraph, item = standing[0], standing[1] - citation.steps
        if item < 1:
            return Abstention("引用处之前没有项")
    if paragraph is None and item is None and citation.point is None:
        return Target(version, article.label)
    bare = citation.title is None and not relative and citation.label is None
    if bare and paragraph is None and standing[1] is not None:
        # «（一）违反第三项规定的»: of this 条, or of the one its lead-in names.
        return Abstention("项内未写明条款的项，可指他处")
    return _span(version, article, (paragraph, item, citation.point), standing[0], citation)


def _span(
    version: int,
    article: Article,
    wanted: tuple[int | None, int | None, int | None],
    own_paragraph: int | None,
    citation: Citation,
) -> Target | Abstention:
    paragraph, item, point = wanted
    level = "目" if point is not None else "项" if item is not None else "款"
    single = sum(1 for span in article.spans if span.level == "款") <= 1
    matching: list[Span] = []
    for span in article.spans:
        if span.level != level:
            continue
        theirs = _numbers(span.locator)
        if single and theirs[0] is None:
            theirs = (1, *theirs[1:])
        if all(w is None or w == t for w, t in zip(wanted, theirs, strict=True)):
            matching.append(span)
    bare = paragraph is None and citation.label is None and not citation.relative
    if len(matching) > 1 and bare and own_paragraph:
        # A bare 项 is one of the 款 it is named in.
        near = [s for s in matching if _numbers(s.locator)[0] == own_paragraph]
        matching = near if len(near) == 1 else matching
    where = citation.locator if citation.label else article.label + citation.locator
    if not matching:
        return Abstention(f"没有{where or article.label}")
    if len(matching) > 1:
        return Abstention(f"{where}可指 {len(matching)} 处")
    span = matching[0]
    return Target(version, article.label, span.locator, span.start, span.end)


def _standing(spans: Sequence[Span], offset: int) -> tuple[int | None, int | None]:
    """The 款 and the 项 that an offset lies in."""
    paragraph = item = None
    for span in spans:
        if span.start > offset:
            break
        if span.level == "款":
            paragraph, item = _numbers(span.locator)[0], None
        elif span.level == "项":
            item = _numbers(span.locator)[1]
    return paragraph, item


def _numbers(locator: str) -> tuple[int | None, int | None, int | None]:
    match = _LOCATOR.match(locator)
    if match is None:
        return None, None, None
    first, second, third = (to_int(part) if part else None for part in match.groups())
    return first, second, third
