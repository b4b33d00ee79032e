"""Candidates of conflict: two papers rule the same matter with another figure or approver.

Nothing is decided here: the two sentences are put side by side for people (DOMAIN, section 2:
«special beats general» and «new beats old» hold only between rules of one maker).

Two sentences are of one matter by the words that are left when those of every office rule are
taken out (``generic.txt``): 会议纪要 and 印发, not 收到, 审核 and 工作日. They contradict where
what they fix is of one sort (a last day, a lead time, a sum, an approver) and has no value in
common.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from kb.decide.asked import content_words, coverage
from kb.decide.sentences import Sentence, sentences
from kb.law.amounts import Amount, amounts
from kb.law.limits import Limit, LimitKind, limits
from kb.text.segment import words
from kb.text.synonyms import same

if TYPE_CHECKING:
    from kb.decide.gather import Candidate, Material

SHARED, ALIKE, LEAST, LONG = 0.55, 0.42, 2, 4
"""Two sentences are of one matter where the one that says less has this share of its matter in the
other, both together are so alike (cosine), and so many words are shared, or one of so many
characters (跨市用车). Words weigh the more the fewer papers use them. (Chosen on the example
papers; figures in ARCHITECTURE.)"""

PAPERS = 20
"""Papers that are assumed at least when a word's rarity is told: in two papers every word is in
half of them."""

NEAR = 0.35
"""One of the two articles must be among the chosen, the other at least so near the topic."""

MONTH = 30
"""Days that a month counts when set against days: 60日 and 3个月 differ, 30日 and 1个月 do not."""

_FORMAL = re.compile(r"起施行|起实施|有效期|同时废止|年\d{1,2}月")
"""Closing clauses and dates: every paper has its own."""

_FAMILIES = {"工作日": "日", "小时": "时", "分钟": "时"}
"""Units that measure the same thing; every other unit is a family of its own."""

_COUNT = re.compile(r"(\d+)(家|人|名|份|%)(?!次)")
_WHO = re.compile(
    r"((?:(?![由经报须请向交凭])[\u4e00-\u9fff]){0,8}?(?:会|长|主任|负责人|领导|部门|机关))"
    r"(?:集体|的)?(?:审批|批准|同意|审定|审议|决定|研究决定)"
)
_ROLE = re.compile(
    r"(?:(?<=[，。；：、由经报交向送和与或])|(?<=会同)|^)[\u4e00-\u9fff]{2,5}?(?:岗|处|室|中心|科)(?![\u4e00-\u9fff]?(?:理|罚|分|置|于|所))"
    r"|《[^》]*(?:办法|规定|制度|规则|细则|条例|规程|法)》|第[一二三四五六七八九十百]+[条款项]"
)
"""Who does it, and papers named: they tell nothing of the matter."""

_CLAUSE = re.compile(r"[^，。；：]*[，。；：]|[^，。；：]+$")
_VERBS = re.compile(r"^.*(?:应当|必须|审核|提交)(?=.)")
_LEAST_OF = re.compile(r"不得?少于|至少|不得?低于|最短")


@dataclass(frozen=True, slots=True)
class Figure:
    """Something fixed: its family (元, 日, 批 …), its value as written, and ``sort``, of which two
    must be to be compared; ``end`` is an offset. ``low``/``high`` of a sum; ``size`` of a limit in
    its smallest unit."""

    family: str
    value: str
    sort: str
    end: int
    size: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence that fixes something; ``matters``: the words that tell what it is about, up to
    the clause of its last figure, one clause further, and in the whole of it."""

    candidate: Candidate
    sentence: Sentence
    matters: tuple[frozenset[str], ...]
    figures: tuple[Figure, ...]
    chosen: bool
    on_topic: bool


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two sentences of two documents, and in what they differ."""

    one: Said
    other: Said
    alike: float
    families: tuple[str, ...]


def find_conflicts(material: Material, topic: str, limit: int) -> list[Conflict]:
    """The likeliest first; each sentence stands in one pair only."""
    if limit <= 0:
        return []
    chosen = {c.key for c in material.chosen}
    near = {
        c.key: c
        for c in (*material.policy, *material.considered)
        if c.key in chosen or c.relevance >= NEAR
    }
    topical = content_words(topic)
    said = [s for c in near.values() for s in read(c, topical, chosen=c.key in chosen)]
    return best(contradictions(said), limit)


def best(pairs: Iterable[Conflict], limit: int) -> list[Conflict]:
    """The likeliest pairs, each sentence in one only."""
    ranked = sorted(pairs, key=lambda pair: -worth(pair))
    used: set[int] = set()
    kept: list[Conflict] = []
    for pair in ranked:
        if len(kept) < limit and not {id(pair.one), id(pair.other)} & used:
            used |= {id(pair.one), id(pair.other)}
            kept.append(pair)
    return kept


def fixes(text: str) -> dict[str, frozenset[str]]:
    """What a text fixes, by family: amounts (元) as intervals, limits with their unit (日, 时, 月,
    年 …), counts (家, 人 …), approvers (批)."""
    found: dict[str, set[str]] = {}
    for figure in figures(text):
        found.setdefault(figure.family, set()).add(figure.value)
    return {family: frozenset(values) for family, values in found.items()}


def figures(text: str) -> list[Figure]:
    """Every figure and approver of a sentence."""
    found = [_sum(amount) for amount in amounts(text)]
    told = limits(text)
    rhythm = next((one.text for one in told if one.kind is LimitKind.RECURRING), "")
    found += [_limit(limit, rhythm) for limit in told if limit.count is not None]
    found += [Figure(m.group(2), m.group(1), m.group(2), m.end()) for m in _COUNT.finditer(text)]
    for match in _WHO.finditer(text):
        who = _VERBS.sub("", match.group(1))
        found.append(Figure("批", who, "批", match.end()))
    return found


def _sum(amount: Amount) -> Figure:
    low, high = amount.low, amount.high
    return Figure(
        "元",
        f"{low}–{high}",
        "元",
        amount.end,
        low=float(low) if low is not None else None,
        high=float(high) if high is not None else None,
    )


def _limit(limit: Limit, rhythm: str) -> Figure:
    family = _FAMILIES.get(limit.unit, limit.unit)
    count = limit.count or 0.0
    in_days = {"周": 7, "月": MONTH}.get(limit.unit)
    size = count * (in_days or 1) * (60 if limit.unit == "小时" else 1)
    measure = "日" if in_days else family
    if limit.kind is LimitKind.LEAD:
        sort = "提前"
    elif limit.kind is LimitKind.RECURRING:
        sort = "每"
    elif limit.kind is LimitKind.MINIMUM and _LEAST_OF.search(limit.text):
        # 40 hours a year are not set against 30 on taking office.
        sort = f"{rhythm}至少"
    else:
        sort = "至多"
    return Figure(family, f"{count:g}{limit.unit}", f"{sort}{measure}", limit.end, size=size)


def matter(text: str) -> frozenset[str]:
    """The words of a sentence that tell its matter: without those of every rule, without figures
    and without who approves."""
    plain = _ROLE.sub(" ", _WHO.sub(" ", text))
    return frozenset(
        word
        for word in words(plain)
        if len(word) > 1 and word not in _generic() and not any(c.isdigit() for c in word)
    )


def read(candidate: Candidate, topic: tuple[str, ...], *, chosen: bool) -> Iterator[Said]:
    """Sentences of an article that fix something."""
    text = candidate.row.passage.text
    for sentence in sentences(text):
        lead = sentence.lead
        piece = text[sentence.start : sentence.end]
        found = () if _FORMAL.search(piece) else tuple(figures(piece))
        if found:
            whole = (text[lead[0] : lead[1]] if lead else "") + piece
            about = bool(topic) and coverage(topic, whole) > 0
            yield Said(candidate, sentence, _matters(piece, whole, found), found, chosen, about)


def _matters(piece: str, whole: str, found: Sequence[Figure]) -> tuple[frozenset[str], ...]:
    cuts = [m.end() for m in _CLAUSE.finditer(piece)] or [len(piece)]
    last = max(figure.end for figure in found)
    at = next((n for n, cut in enumerate(cuts) if cut >= last), len(cuts) - 1)
    texts = [piece[: cuts[at]], piece[: cuts[min(at + 1, len(cuts) - 1)]], piece]
    if (
        len(cuts) > at + 1
        and cuts[at] - last <= 2
        and any(f.sort.startswith("至多") for f in found)
    ):
        # «验收合格之日起10个工作日内，…入账»: what is to be done stands in the next clause.
        texts = texts[1:]
    kept = [words_of for text in texts if (words_of := matter(text))]
    # An item of a list may name nothing but a sum and who approves: its lead-in says of what.
    if not kept or max(map(len, kept)) < LEAST:
        kept.append(matter(whole))
    return tuple(dict.fromkeys(kept))


def contradictions(said: Sequence[Said]) -> Iterator[Conflict]:
    """Every pair of sentences of two documents that contradict, one of them chosen."""
    weights = _weights(said)
    by_word: dict[str, set[int]] = {}
    for place, one in enumerate(said):
        for word in _all(one):
            by_word.setdefault(word, set()).add(place)
    for place, one in enumerate(said):
        near = {
            p
            for word in _all(one)
            for other, places in by_word.items()
            if _alike(word, other)
            for p in places
            if p > place
        }
        for at in sorted(near):
            two = said[at]
            versions = (one.candidate.row.version, two.candidate.row.version)
            if versions[0].document_id == versions[1].document_id:
                continue
            if not (one.chosen or two.chosen):
                continue
            families = tuple(dict.fromkeys(_apart(one.figures, two.figures)))
            if families and (alike := _one_matter(one, two, weights)):
                yield Conflict(one, two, alike, families)


def _one_matter(one: Said, two: Said, weights: Mapping[str, float]) -> float:
    """How alike their matters are where it is one matter; else 0."""
    best_of = 0.0
    for mine in one.matters:
        for theirs in two.matters:
            shared, share, alike = overlap(mine, theirs, weights)
            if shared and share >= SHARED and alike >= ALIKE:
                best_of = max(best_of, alike)
    return best_of


def _all(said: Said) -> frozenset[str]:
    return frozenset().union(*said.matters)


def overlap(
    one: frozenset[str], other: frozenset[str], weights: Mapping[str, float]
) -> tuple[bool, float, float]:
    """Whether two sentences share enough words (the same, a synonym, one inside the other), their
    share in the lighter one, and the cosine."""
    found = [(a, b) for a in one for b in other if _alike(a, b)]
    mine = {a for a, _ in found}
    theirs = {b for _, b in found}
    totals = [sum(weights[w] ** 2 for w in side) for side in (one, other)]
    if not found or not all(totals):
        return False, 0.0, 0.0
    both = [sum(weights[w] ** 2 for w in side) for side in (mine, theirs)]
    shares = [part / total for part, total in zip(both, totals, strict=True)]
    alike = math.sqrt(shares[0] * shares[1])
    enough = min(len(mine), len(theirs)) >= LEAST or max(map(len, mine | theirs)) >= LONG
    return enough, max(shares), alike


def _weights(said: Sequence[Said]) -> dict[str, float]:
    papers: dict[str, set[int]] = {}
    for one in said:
        for word in _all(one):
            papers.setdefault(word, set()).add(one.candidate.row.version.document_id)
    count = max(PAPERS, len({one.candidate.row.version.document_id for one in said}))
    return {word: math.log(1 + count / len(where)) for word, where in papers.items()}


def _alike(a: str, b: str) -> bool:
    return a == b or a in b or b in a or b in same(a)


def _apart(one: Sequence[Figure], other: Sequence[Figure]) -> Iterator[str]:
    """Families in which the two fix something of one sort and nothing alike."""
    approvers = [{f.value for f in side if f.family == "批"} for side in (one, other)]
    sums = [[f for f in side if f.family == "元"] for side in (one, other)]
    for sort in dict.fromkeys(f.sort for f in one):
        mine = [f for f in one if f.sort == sort]
        theirs = [f for f in other if f.sort == sort]
        if not theirs or any(_equal(a, b) for a in mine for b in theirs):
            continue
        if sort == "批":
            # Steps of two lists of powers: another sum, another approver, no contradiction.
            if any(sums) and not any(_meet(a, b) for a in sums[0] for b in sums[1]):
                continue
        # The same body from another sum on; or a sum that nobody approves, in both: what is a
        # fixed asset. A sum from which a contract is written is no power to sign it.
        elif sort == "元" and any(approvers) and not approvers[0] & approvers[1]:
            continue
        yield mine[0].family


def _equal(a: Figure, b: Figure) -> bool:
    if a.family == "批":
        return a.value == b.value or a.value.endswith(b.value) or b.value.endswith(a.value)
    if a.size is not None and b.size is not None:
        return a.size == b.size and (a.family == b.family or a.size == b.size)
    return a.value == b.value


def _meet(a: Figure, b: Figure) -> bool:
    """Whether two intervals have more than a border in common."""
    low = max(a.low or 0.0, b.low or 0.0)
    high = min(x.high if x.high is not None else float("inf") for x in (a, b))
    return low < high


def worth(pair: Conflict) -> float:
    """Both on the topic, near it, and alike."""
    topical = 0.5 * (pair.one.on_topic + pair.other.on_topic)
    near = min(max(pair.one.candidate.relevance, pair.other.candidate.relevance), 1.0)
    return pair.alike + topical + 0.5 * near


@cache
def _generic() -> frozenset[str]:
    lines = Path(__file__).with_name("generic.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
