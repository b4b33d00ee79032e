"""The plan of queries: what is searched for a matter, and what each search counts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kb.decide.asked import content_words, coverage, read_question, variants
from kb.decide.model import UNSAID, About
from kb.decide.template import Template

FACET_WEIGHT, VARIANT_WEIGHT = 0.8, 0.9
"""What the hits of a facet and of a variant are worth beside those of topic and questions."""

STEER_WEIGHT = 0.6
"""What the hits of departments and background are worth."""

DEPARTMENTS, SENTENCES, LONGEST = 3, 2, 60
"""Departments and sentences of the background that are searched, and characters of one."""


@dataclass(frozen=True, slots=True)
class Query:
    """One search of the plan. ``question`` is its place among the questions, None otherwise.
    ``binds``: words of the matter's kind; an article that holds them all rules on that kind."""

    text: str
    purpose: str
    weight: float
    question: int | None = None
    binds: tuple[str, ...] = ()


def plan(
    topic: str,
    questions: Sequence[str],
    template: Template,
    background: str = "",
    about: About = UNSAID,
) -> list[Query]:
    """The queries: the topic and its variants, each question with the topic and (where it has
    words of its own) alone, the topic with each facet of the template; the matter's kind, and the
    topic with its departments and with what the background says beyond it."""
    queries = [Query(topic, "议题", 1.0)]
    queries += [Query(text, "换词", VARIANT_WEIGHT) for text in variants(topic)]
    for place, text in enumerate(questions):
        if coverage(content_words(topic), text) == 1.0:
            queries.append(Query(text, "问题", 1.0, place))
            continue
        queries.append(Query(f"{topic} {text}", "问题", 1.0, place))
        if read_question(text, topic).content:
            # Alone it says nothing of the topic: it may answer, but makes nothing relevant.
            queries.append(Query(text, "问题", 0.0, place))
    queries += [Query(f"{topic} {facet}", "要素", FACET_WEIGHT) for facet in template.facets]
    return queries + _steered(topic, background, about)


def _steered(topic: str, background: str, about: About) -> list[Query]:
    queries: list[Query] = []
    if about.kind and about.kind not in topic:
        # A kind has rules of its own (三重一大), in which no word of the topic need stand.
        # Alone it makes nothing relevant to the topic: the best rule on it is added.
        queries.append(Query(about.kind, "类别", 0.0, binds=content_words(about.kind)))
    queries += [
        Query(f"{topic} {name}", "处室", STEER_WEIGHT) for name in about.departments[:DEPARTMENTS]
    ]
    return queries + [
        Query(f"{topic} {s}", "背景", STEER_WEIGHT) for s in telling(topic, background)
    ]


def telling(topic: str, background: str) -> list[str]:
    """The sentences of a background that name most beside the topic, in their order."""
    known = set(content_words(topic))
    pieces = [piece.strip() for piece in re.split(r"[。！？；\n]", background)]
    told = {
        piece: len(set(content_words(piece)) - known) for piece in (p[:LONGEST] for p in pieces)
    }
    best = sorted((p for p in told if told[p]), key=lambda p: -told[p])[:SENTENCES]
    return [piece for piece in told if piece in best]
