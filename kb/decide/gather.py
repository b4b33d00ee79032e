"""From a topic and questions to chosen articles: plan, search, rate, choose, split by level."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from kb.decide.arrange import arranged, pinned_result
from kb.decide.asked import Question, content_words, coverage, read_question
from kb.decide.choose import choose
from kb.decide.edits import Edits
from kb.decide.model import UNSAID, About, Asked
from kb.decide.ports import Base
from kb.decide.queries import Query, plan
from kb.decide.sentences import Grams, grams, likeness
from kb.decide.template import Budget, Template
from kb.model import Force, Kind, Scope

if TYPE_CHECKING:
    from kb.catalogue.rows import PassageRow
    from kb.retrieve import Hit, SearchResult

NONE = Edits()
"""Nobody did anything yet."""

DEPTH = {"制度": 24, "经验、资料": 16}
"""Articles looked at for each query: among regulations, among other papers."""

RANK, WORDS, TITLE = 0.5, 0.25, 0.25
"""Shares in the relevance of an article: of how well the search found it (`_scores`), of
the topic's words in the article, and of the paper being about the topic by its title. The last
two keep out what is merely the best of a poor lot."""

FLOOR, OF_BEST, POOR = 0.58, 0.6, 0.8
"""Nothing is taken merely because there is room if its relevance is below `FLOOR` or `OF_BEST` of
the best; where the best itself comes near the floor, `POOR` of the best is enough."""

FORMAL, PENAL = 0.7, 0.85
"""What an article counts that only states purpose, terms and entry into force, or only says what
happens to those who break the rules."""

TELLS = {"情况": 0.8, "结果": 0.9}
"""What a part of an experience note counts; 做法 and 教训 are what it is read for."""

BEST_ANSWER = 0.85
"""Share of the best answer to a question from which an article is taken for its sake."""

ANSWERED = 0.5
"""Share of a question's own words that an article must hold to answer it."""

RULED = ("要素", "类别")
"""Purposes of queries that are put to regulations only."""

PINNED = "选用"
"""Purpose of the query that stands for what a person pinned."""

APPARATUS = ("涉及条款", "建议复核时间")
"""Headings of an experience note under which no experience stands."""


@dataclass(slots=True)
class Candidate:
    """An article that some query found. ``on_topic``: share of the topic's words in it;
    ``answers``: question → how well it answers, for those that it answers at all; ``bound``: how
    well it was found as a rule on the matter's kind, 0 where it is none."""

    row: PassageRow
    hit: Hit
    bag: Grams
    on_topic: float
    relevance: float = 0.0
    answers: dict[int, float] = field(default_factory=dict)
    bound: float = 0.0

    @property
    def key(self) -> str:
        """The passage's id."""
        return self.row.passage.id


@dataclass(frozen=True, slots=True)
class Material:
    """What was found and chosen; ``considered`` are all regulations rated, best first.
    ``fixed``: what people pinned; ``ordered``: parts that they put in an order of their own;
    ``dropped``: what they do not want."""

    policy: tuple[Candidate, ...]
    rules: tuple[Candidate, ...]
    precedents: tuple[Candidate, ...]
    references: tuple[Candidate, ...]
    considered: tuple[Candidate, ...]
    gaps: tuple[int, ...]
    plan: tuple[Asked, ...]
    left_out: tuple[Candidate, ...]
    fixed: frozenset[str] = frozenset()
    ordered: frozenset[str] = frozenset()
    dropped: frozenset[str] = frozenset()

    @property
    def chosen(self) -> tuple[Candidate, ...]:
        """All that was chosen, by level."""
        return self.policy + self.rules + self.precedents + self.references


def gather(
    base: Base,
    scope: Scope,
    *,
    topic: str,
    questions: Sequence[str],
    as_of: date | None,
    template: Template,
    edits: Edits = NONE,
    background: str = "",
    about: About = UNSAID,
) -> Material:
    """Search within the scope as of the day, rate what comes, and choose within the budget;
    then do what people did: ``edits`` pins, drops and moves. ``background`` and ``about`` add
    queries of less weight.

    A question is a gap where no article answers it: none that holds its words and, where it
    asks for a time limit, an amount, an approver, names one.
    """
    scope = replace(scope, as_of=as_of)
    search = _Search(base, scope, topic, [read_question(q, topic) for q in questions])
    asked: list[tuple[Query, str, SearchResult]] = []
    for query in plan(topic, questions, template, background, about):
        for within, kinds in _WITHIN.items():
            narrowed = scope.narrowed(kinds=kinds)
            if narrowed.kinds and not (query.purpose in RULED and within != "制度"):
                result = base.search(query.text, narrowed, limit=DEPTH[within])
                asked.append((query, within, result))
                search.rate(query, result)
    answered = {place for c in search.found.values() for place in c.answers}
    gaps = tuple(place for place in range(len(questions)) if place not in answered)
    material = _split(search.found, asked, gaps, len(questions), template.budget)
    if edits.pinned:
        # Rated after the choice: what a person adds puts nothing else out.
        result = pinned_result(base, scope, edits.pinned, topic)
        search.rate(Query(topic, PINNED, 1.0), result)
        for place, text in enumerate(questions):
            search.rate(Query(text, PINNED, 0.0, place), result)
    return arranged(material, search.found, edits, template, len(questions))


_WITHIN = {
    "制度": frozenset({Kind.REGULATION}),
    "经验、资料": frozenset({Kind.EXPERIENCE, Kind.REFERENCE}),
}
"""Regulations apart: they are many, and would crowd out the few notes."""


class _Search:
    """Rates the hits of all queries; ``found``: passage id → candidate."""

    def __init__(self, base: Base, scope: Scope, topic: str, questions: Sequence[Question]) -> None:
        self._base = base
        self._scope = scope
        self._topic = content_words(topic)
        self._questions = questions
        self.found: dict[str, Candidate] = {}

    def rate(self, query: Query, result: SearchResult) -> None:
        """Take in the hits of one query."""
        rows = _rows(self._base, self._scope, result.hits)
        for hit, score in zip(result.hits, _scores(result.hits), strict=True):
            row = rows.get(hit.id)
            if row is None or not row.passage.text.strip():
                continue
            if _is_apparatus(row) and query.purpose != PINNED:
                continue
            known = self.found.get(row.passage.id)
            if known is None:
                whole = _whole(row)
                on_topic = coverage(self._topic, whole)
                known = Candidate(row, hit, grams(row.passage.text), on_topic)
                self.found[row.passage.id] = known
            if query.weight:
                worth = RANK * query.weight * score + _about(row, self._topic)
                known.relevance = max(known.relevance, worth * _substance(row))
            if query.binds and coverage(query.binds, _whole(row)) == _substance(row) == 1.0:
                known.bound = max(known.bound, score)
            if query.question is not None:
                self._answer(known, query.question, score)

    def _answer(self, candidate: Candidate, place: int, score: float) -> None:
        question = self._questions[place]
        covered = coverage(question.content, _whole(candidate.row))
        precedent = candidate.row.version.kind is Kind.EXPERIENCE
        given = question.given_by(candidate.row.passage.text, precedent=precedent)
        # An article off the topic answers only a question whose own words it holds.
        near = candidate.on_topic >= ANSWERED or (len(question.content) > 1 and covered == 1.0)
        if covered >= ANSWERED and near and (given or (covered == 1.0 and question.content)):
            worth = 0.4 * score + 0.2 * candidate.on_topic + 0.2 * covered + 0.2 * given
            worth *= _substance(candidate.row)
            candidate.answers[place] = max(candidate.answers.get(place, 0.0), worth)


def _scores(hits: Sequence[Hit]) -> list[float]:
    """How well each hit was found, 0 to 1: by words and by meaning, each against the best of
    these hits, and by its place. A score of the search itself orders hits; how far one lies
    behind another it need not say."""
    words = max((hit.why.keyword or 0.0 for hit in hits), default=0.0) or 1.0
    sense = max((hit.why.vector or 0.0 for hit in hits), default=0.0) or 1.0
    return [
        0.4 * max(hit.why.keyword or 0.0, 0.0) / words
        + 0.4 * max(hit.why.vector or 0.0, 0.0) / sense
        + 0.2 * (1 - place / len(hits))
        for place, hit in enumerate(hits)
    ]


def _about(row: PassageRow, topic: tuple[str, ...]) -> float:
    """What an article has for being about the topic by its own words and by its title."""
    titled = any(coverage((word,), row.version.title) for word in topic)
    inside = coverage(topic, " ".join((*row.passage.heading[1:], row.passage.text)))
    return WORDS * inside + TITLE * titled


_FORMAL = re.compile(
    r"(?:制定|适用)本(?:办法|制度|规定|规则|细则|规程)|(?:办法|制度|规定|规则|细则|规程)所称"
    r"|适用于|起施行|负责解释|^[^。\n]{4,40}[：:]\n(?![（(]|\d+[.．、])|通知如下|印发给你们"
)
_PENAL = re.compile(r"有下列(?:行为|情形)之一的[^\n]{0,60}(?:给予|责令|处理|追究|约谈|处分|批评)")


def _substance(row: PassageRow) -> float:
    """1 for an article that says what to do, and for what a note did and learnt."""
    text = row.passage.text
    if row.version.kind is Kind.EXPERIENCE and row.passage.heading:
        return TELLS.get(row.passage.heading[-1], 1.0)
    if " | " in text or _PENAL.search(text):
        return PENAL
    return FORMAL if _FORMAL.search(text[:160]) else 1.0


def _whole(row: PassageRow) -> str:
    return " ".join((row.version.title, *row.passage.heading, row.passage.text))


def _is_apparatus(row: PassageRow) -> bool:
    """Part of a note about the note: which articles it touches, when to look at it again."""
    heading = row.passage.heading[-1] if row.passage.heading else ""
    return row.version.kind is Kind.EXPERIENCE and heading.startswith(APPARATUS)


def _rows(base: Base, scope: Scope, hits: Sequence[Hit]) -> dict[str, PassageRow]:
    """The passage behind each hit: a hit names the article, its text may be that of a part."""
    rows = base.passages([hit.id for hit in hits], scope)
    for hit in hits:
        row = rows.get(hit.id)
        if row is not None and row.passage.text != hit.text:
            parts = base.passages([f"{hit.id}~{n}" for n in range(2, 40)], scope)
            rows[hit.id] = next((p for p in parts.values() if p.passage.text == hit.text), row)
    return rows


def _split(
    found: dict[str, Candidate],
    asked: Sequence[tuple[Query, str, SearchResult]],
    gaps: tuple[int, ...],
    questions: int,
    budget: Budget,
) -> Material:
    best = sorted(found.values(), key=lambda c: (-_worth(c), c.key))
    ranked = {kind: [c for c in best if c.row.version.kind is kind] for kind in Kind}
    regulations = ranked[Kind.REGULATION]
    # A reference paper of an authority above us is a basis, whatever folder it lies in.
    above = [c for c in (*regulations, *ranked[Kind.REFERENCE]) if is_above(c)]
    rules = [c for c in regulations if not is_above(c)]
    floor = _floor([*above, *rules] or best)
    # A note that tells of an approval does not set the measure for the rule that gives the power.
    ruling = [*above, *rules]
    answers = [_top(ruling, q) or _top(best, q) for q in range(questions)]
    groups = {
        "policy": _near(above),
        "rules": rules,
        "precedents": _near(ranked[Kind.EXPERIENCE]),
        "references": _near([c for c in ranked[Kind.REFERENCE] if not is_above(c)]),
    }
    chosen = {
        name: _pick(candidates, getattr(budget, name), answers, _own(candidates, floor))
        for name, candidates in groups.items()
    }
    _add_bound(chosen, {"policy": above, "rules": rules}, budget)
    used = {c.key for part in chosen.values() for c in part}
    others = [c for kind in Kind for c in ranked[kind] if c.key not in used]
    return Material(
        policy=tuple(chosen["policy"]),
        rules=tuple(chosen["rules"]),
        precedents=tuple(chosen["precedents"]),
        references=tuple(chosen["references"]),
        considered=tuple(regulations),
        gaps=gaps,
        plan=tuple(_told(query, within, result, used) for query, within, result in asked),
        left_out=tuple(c for c in others if _worth(c) >= floor),
    )


def _add_bound(
    chosen: dict[str, list[Candidate]], ruling: dict[str, list[Candidate]], budget: Budget
) -> None:
    """The article that rules best on the matter's kind, beyond the budget: it puts nothing out."""
    found = [(c.bound, name, c) for name, part in ruling.items() for c in part if c.bound]
    if found:
        _, name, best = max(found, key=lambda one: (one[0], one[2].key))
        if getattr(budget, name) and best not in chosen[name]:
            chosen[name].append(best)


def is_above(candidate: Candidate) -> bool:
    """A rule made above this office (上级规定)."""
    force = candidate.row.version.force
    return force.rank < Force.INTERNAL.rank


def _floor(candidates: Sequence[Candidate]) -> float:
    top = max((_worth(c) for c in candidates), default=0.0)
    return min(max(FLOOR, OF_BEST * top), POOR * top)


def _near(candidates: Sequence[Candidate]) -> list[Candidate]:
    return [c for c in candidates if c.on_topic >= ANSWERED or c.answers]


def _own(candidates: Sequence[Candidate], floor: float) -> float:
    """Notes and reports are few and worded otherwise than rules: the best of them may be in."""
    if not candidates or candidates[0].row.version.kind is Kind.REGULATION:
        return floor
    return min(floor, POOR * _worth(candidates[0]))


def _worth(candidate: Candidate) -> float:
    """Relevance, a little raised by each further question that the article answers."""
    return candidate.relevance * (1 + 0.08 * min(max(len(candidate.answers) - 1, 0), 3))


def _top(candidates: Sequence[Candidate], place: int) -> float:
    return max((c.answers.get(place, 0.0) for c in candidates), default=0.0)


def _answering(candidates: Sequence[Candidate], place: int) -> Candidate:
    return max(candidates, key=lambda c: (c.answers.get(place, 0.0), _worth(c)))


def _pick(
    candidates: Sequence[Candidate], limit: int, answers: Sequence[float], floor: float
) -> list[Candidate]:
    if not candidates or limit <= 0:
        return []
    first: list[Candidate] = []
    for place, top in enumerate(answers):
        best = _answering(candidates, place)
        if top and best not in first and best.answers.get(place, 0.0) >= BEST_ANSWER * top:
            first.append(best)
    return choose(
        candidates[: 6 * limit],
        relevance=lambda c: min(_worth(c), 1.0),
        likeness=lambda a, b: likeness(a.bag, b.bag),
        limit=limit,
        first=first,
        floor=floor,
    )


def _told(query: Query, within: str, result: SearchResult, used: set[str]) -> Asked:
    ids = {hit.id for hit in result.hits}
    return Asked(
        query=query.text,
        purpose=query.purpose,
        within=within,
        found=len(ids),
        used=sum(1 for key in used if key in ids or key.rpartition("~")[0] in ids),
        weak=result.weak,
    )
