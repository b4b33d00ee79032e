"""Training pairs: what is read, and how often each pair is seen in an epoch.

A data folder holds ``*.jsonl`` files, one pair a line: ``query`` and ``positive`` (texts),
optionally ``label`` and ``corpus_id``. Labels say how a pair came about: ``human`` (a person's
question with the passage that answers it), ``title-body``, ``structural`` (heading → article),
``weak-retrieved``, ``synthetic…``.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb.errors import ReadError

HUMAN = "human"
STRUCTURAL = "structural"
SENTENCE = "sentence"
WEAK = "weak-retrieved"
REPEATS: Mapping[str, int] = {HUMAN: 10}
"""How often an epoch sees pairs with this label; 1 where it is not named."""

LETTER = 200
"""Characters. A «question» longer than this is a letter: it is not repeated."""

SHORT = 10
"""Characters. A shorter sentence does not stand for its article."""

_SENTENCE = re.compile(r"[^。；\n]+[。；\n]?")
_QUOTED = re.compile(r"《[^》]+》第[^：:]{1,12}条[^：:]{0,6}[：:]\s*(.*)", re.DOTALL)
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Pair:
    """A question, or whatever stands for one, and a passage that should be near it."""

    query: str
    passage: str
    label: str = ""

    @property
    def judged(self) -> bool:
        """Whether a person asked this (and did not write a letter)."""
        return self.label == HUMAN and len(self.query) <= LETTER

    @property
    def repeats(self) -> int:
        """How often an epoch sees this pair."""
        return 1 if len(self.query) > LETTER else REPEATS.get(self.label, 1)


def read_pairs(folder: Path, *, seed: int) -> list[Pair]:
    """Every pair of every ``*.jsonl`` in ``folder``, in order of file name and line.

    Articles are indexed with title and heading before them, and a judged pair whose ``corpus_id``
    a structural pair has too is trained so. Each structural pair gives a second one: a sentence
    of the article (chosen by ``seed``) asks for heading and rest.

    Raises:
        ReadError: no such folder, no pair in it, or a line that is no pair (named).
    """
    if not folder.is_dir():
        raise ReadError(str(folder), "训练数据文件夹不存在", hint="用 --data 指明文件夹")
    rows = [row for file in sorted(folder.glob("*.jsonl")) for row in _rows(file)]
    if not rows:
        raise ReadError(
            str(folder),
            "没有训练数据",
            hint='文件夹中应有 .jsonl 文件，每行形如 {"query": "…", "positive": "…"}',
        )
    articles = {
        row["corpus_id"]: f"{row['query']} {row['positive']}"
        for row in rows
        if row.get("label") == STRUCTURAL and "corpus_id" in row
    }
    pairs = [
        Pair(
            row["query"],
            articles.get(row.get("corpus_id"), row["positive"])
            if row.get("label") == HUMAN
            else row["positive"],
            str(row.get("label", "")),
        )
        for row in rows
    ]
    return pairs + list(sentences(pairs, random.Random(seed)))  # noqa: S311 - no secret


def widened(pairs: Sequence[Pair], *, seed: int) -> list[Pair]:
    """Further pairs of the same data: another sentence of each article, drawn by ``seed``, and
    quoted articles («《民法典》第一条：…») as they are indexed, with title and heading.

    One member of the model sees them and one does not: that they differ is what they are for.
    """
    shelf: dict[str, str] = {}
    for pair in pairs:
        if pair.label == STRUCTURAL:
            shelf.setdefault(_SPACE.sub("", pair.passage), f"{pair.query} {pair.passage}")
    quoted = (
        (pair.query, match[1])
        for pair in pairs
        if pair.label == WEAK and (match := _QUOTED.match(pair.passage))
    )
    found = [
        Pair(query, shelf[key], f"{WEAK}-article")
        for query, text in quoted
        if (key := _SPACE.sub("", text)) in shelf
    ]
    return found + list(sentences(pairs, random.Random(seed)))  # noqa: S311 - no secret


def article_texts(pairs: Iterable[Pair]) -> list[str]:
    """Every article that the structural pairs show, with its heading, once, in order."""
    shown = (f"{p.query} {p.passage}" for p in pairs if p.label == STRUCTURAL)
    return list(dict.fromkeys(shown))


def sentences(pairs: Iterable[Pair], rng: random.Random) -> Iterable[Pair]:
    """For each structural pair of several sentences: one of them asks for heading and rest."""
    for pair in pairs:
        if pair.label != STRUCTURAL:
            continue
        parts = [s.strip() for s in _SENTENCE.findall(pair.passage) if len(s.strip()) >= SHORT]
        if len(parts) > 1:
            asked = parts.pop(rng.randrange(len(parts)))
            yield Pair(asked, " ".join([pair.query, *parts]), SENTENCE)


def _rows(file: Path) -> list[dict[str, Any]]:
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError(str(file), f"无法读取：{error}", hint="应为 UTF-8 文本") from error
    rows = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            good = isinstance(row["query"], str) and isinstance(row["positive"], str)
        except (ValueError, KeyError, TypeError):
            good = False
        if not good:
            raise ReadError(
                str(file),
                f"第 {number} 行不是训练对",
                hint='每行形如 {"query": "…", "positive": "…"}',
            )
        if row["query"].strip() and row["positive"].strip():
            rows.append(row)
    return rows
