"""Pairs that law texts hold by themselves, for pretraining (`embedding_leads.py`)."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from kb.train.data import STRUCTURAL, Pair, sentences

KINDS = ("title", "heading", "sentence", "cited")
MOST = 52_000
"""Pairs that are drawn: about as many as half a trial sees."""

_ARTICLES = """
select n.version_id, v.title, n.heading, n.label, n.text from node n
join version v on v.id = n.version_id where n.level = '条' order by n.version_id, n.ordinal
"""
_CITED = """
select c.version_id, n.label, coalesce(w.id, c.version_id), c.label from citation c
join node n on n.version_id = c.version_id and n.ordinal = c.node
left join version w on w.title = c.title where c.label <> '' and c.relative = ''
and (c.title = '' or w.id is not null) order by 1, c.ordinal
"""


def law_pairs(home: Path, kinds: Sequence[str], *, seed: int) -> list[Pair]:
    """Pairs of these kinds from every article of a home, in equal parts, drawn by ``seed``:

    ``title`` → article, ``heading`` (with the title) → article, ``sentence`` → heading and rest,
    ``cited``: article → the article that it cites.
    """
    file = f"file:{home / 'index.sqlite'}?mode=ro&immutable=1"
    with closing(sqlite3.connect(file, uri=True)) as base:
        rows = base.execute(_ARTICLES).fetchall()
        cited = base.execute(_CITED).fetchall() if "cited" in kinds else []
    texts = {(version, label): text for version, _, _, label, text in rows}
    headed = [
        Pair(" ".join([title, *json.loads(heading)[-1:]]), text, STRUCTURAL)
        for _, title, heading, _, text in rows
        if text.strip()
    ]
    rng = random.Random(seed)
    drawn: list[Pair] = []
    for kind in kinds:
        made = list(_made(kind, rows, headed, cited, texts, rng))
        most = MOST // len(kinds)
        drawn += rng.sample(made, most) if len(made) > most else made
    return drawn


def _made(
    kind: str,
    rows: Sequence[tuple[int, str, str, str, str]],
    headed: Sequence[Pair],
    cited: Sequence[tuple[int, str, int, str]],
    texts: dict[tuple[int, str], str],
    rng: random.Random,
) -> Iterator[Pair]:
    if kind == "title":
        yield from (Pair(title, text) for _, title, _, _, text in rows if text.strip())
    elif kind == "heading":
        yield from (Pair(pair.query, pair.passage) for pair in headed)
    elif kind == "sentence":
        yield from sentences(headed, rng)
    else:
        for version, label, other, named in cited:
            own, there = texts.get((version, label)), texts.get((other, named))
            if own and there and own != there:
                yield Pair(own, there)
