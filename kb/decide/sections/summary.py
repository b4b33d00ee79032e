"""一页摘要: extractive. Under each question the sentences nearest to it and most central."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kb.decide.asked import Question, coverage, read_question
from kb.decide.conflict import fixes
from kb.decide.gather import Candidate
from kb.decide.model import Block, Fixed, Heading, Para, Words
from kb.decide.sections.context import Context, place, quoted, rate
from kb.decide.sentences import Grams, Sentence, centrality, grams, likeness, sentences
from kb.decide.template import Spec
from kb.model import Kind

EACH = 2
"""Sentences under one question at most."""

LEAST = 0.7
"""Worth of a further sentence beside the best below which it is left out."""

ALIKE = 0.6
"""Likeness from which a sentence repeats another."""

LONGEST = 130
"""Characters of a sentence in a summary, with its lead-in."""

_LISTED = ("-", "《", "@", "*")
"""A bare list of papers, not a sentence."""

_FORMAL = re.compile(r"制定本(?:办法|制度|规定|规则|细则|规程)|起施行|负责解释|同时废止|适用本")
"""Purpose, scope and closing clauses: central by their wording, and empty for a reader."""


@dataclass(frozen=True, slots=True)
class Pick:
    """A sentence of a gathered article."""

    candidate: Candidate
    sentence: Sentence
    central: float
    bag: Grams

    @property
    def is_precedent(self) -> bool:
        """From an experience note."""
        return self.candidate.row.version.kind is Kind.EXPERIENCE

    @property
    def text(self) -> str:
        """With its lead-in."""
        text, lead = self.candidate.row.passage.text, self.sentence.lead
        piece = text[self.sentence.start : self.sentence.end]
        return (text[lead[0] : lead[1]] if lead else "") + piece


def summary(spec: Spec, context: Context) -> list[Block]:
    """By question where there are questions, else the most central sentences on the topic."""
    room = context.template.budget.summary
    picks = _picks(context)
    if not picks:
        return []
    request, material = context.request, context.material
    blocks: list[Block] = []
    taken: list[Pick] = []
    open_questions = [q for q in range(len(request.questions)) if q not in material.gaps]
    for question in open_questions:
        mine = [p for p in picks if question in p.candidate.answers]
        each = max(1, min(EACH, room // max(len(open_questions), 1)))
        asked = read_question(request.questions[question], request.topic)
        best = _best(mine, request.topic, each, taken, question, asked)
        if best:
            blocks.append(Heading(2, (Words(request.questions[question]),)))
            blocks += [_shown(pick, context) for pick in best]
            taken += best
    if not open_questions:
        for pick in _best(picks, request.topic, room, taken, None, None):
            blocks.append(_shown(pick, context))
    if "counts" in spec.texts and blocks:
        chosen = material.chosen
        files = {c.row.version.path for c in chosen}
        lines = [Fixed(spec.texts["counts"], (len(chosen), len(files)))]
        if material.gaps and "gaps" in spec.texts:
            lines.append(Fixed(spec.texts["gaps"], (len(material.gaps),)))
        if context.conflicts and "conflicts" in spec.texts:
            lines.append(Fixed(spec.texts["conflicts"], (len(context.conflicts),)))
        blocks.append(Para(tuple(lines), "note"))
    return blocks


def _picks(context: Context) -> list[Pick]:
    material = context.material
    found: list[tuple[Candidate, Sentence]] = []
    for candidate in (
        *material.policy,
        *material.rules,
        *material.precedents,
        *material.references,
    ):
        text = candidate.row.passage.text
        for sentence in sentences(text):
            lead = sentence.lead
            size = sentence.end - sentence.start + (lead[1] - lead[0] if lead else 0)
            piece = text[sentence.start : sentence.end]
            if (
                size <= LONGEST
                and " | " not in piece
                and not _FORMAL.search(piece)
                and not piece.startswith(_LISTED)
            ):
                found.append((candidate, sentence))
    texts = [c.row.passage.text[s.start : s.end] for c, s in found]
    weights = centrality(texts)
    top = max(weights, default=1.0)
    return [
        Pick(c, s, weight / top, grams(text))
        for (c, s), weight, text in zip(found, weights, texts, strict=True)
    ]


def _best(
    picks: Sequence[Pick],
    topic: str,
    count: int,
    taken: Sequence[Pick],
    place: int | None,
    question: Question | None,
) -> list[Pick]:
    wanted = grams(f"{topic} {question.text}" if question else topic)

    def worth(pick: Pick) -> float:
        near = rate(pick.candidate.row.passage.text, pick.sentence, wanted)
        answers = pick.candidate.answers.get(place, 0.0) if place is not None else 0.0
        article = answers or min(pick.candidate.relevance, 1.0)
        told = 0.0
        if question is not None:
            told = 0.3 * question.given_by(pick.text, precedent=pick.is_precedent)
            told += 0.2 * coverage(question.content, pick.text) if question.content else 0.0
            told += 0.8 * question.fits(pick.text)
        return near + 0.3 * pick.central * near + 0.25 * article + told

    past = question is not None and question.wants_precedent
    fitting = [p for p in picks if p.is_precedent == past]
    ranked = sorted(fitting or picks, key=lambda p: (-worth(p), p.candidate.key, p.sentence.start))
    chosen: list[Pick] = []
    for pick in ranked:
        if len(chosen) == count or (chosen and worth(pick) < LEAST * worth(chosen[0])):
            break
        if not any(_repeats(pick, other) for other in (*taken, *chosen)):
            chosen.append(pick)
    # Sentences of one article in its own order: （四） before （五）.
    first = {p.candidate.key: n for n, p in reversed(list(enumerate(chosen)))}
    return sorted(chosen, key=lambda p: (first[p.candidate.key], p.sentence.start))


def _repeats(one: Pick, other: Pick) -> bool:
    """Says the same again. What is alike but names another figure does not: it contradicts."""
    return likeness(one.bag, other.bag) >= ALIKE and fixes(one.text) == fixes(other.text)


def _shown(pick: Pick, context: Context) -> Para:
    source = context.source_of(pick.candidate)
    lines = quoted(source, pick.sentence)
    return Para((*lines, Fixed("（"), *place(source), Fixed("）")), "key")
