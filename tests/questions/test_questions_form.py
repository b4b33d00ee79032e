"""The judged questions: well formed, about articles that exist, and not worded like them."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CORPUS = ROOT / "corpus"
SOURCES = ROOT / "tests" / "tools" / "sources"

OTHER_FORMATS = (
    "网络安全管理办法.docx",
    "值班工作制度.pdf",
    "信访工作办法.ofd",
    "政府信息公开工作办法.html",
    "廉洁自律规定.txt",
)
SHAPES = {
    "amount",
    "approval",
    "basis",
    "deadline",
    "exact",
    "lead",
    "limit",
    "materials",
    "meeting",
    "precedent",
    "procedure",
    "validity",
}
NUMERAL = "[一二三四五六七八九十百]+"
ARTICLE = re.compile(rf"^(第{NUMERAL}条(?:之{NUMERAL})?)　")
HAN = re.compile(r"[\u4e00-\u9fff]+")
MOST = 0.3
"""A colloquial question shares fewer of its bigrams than this with any of its answers."""


class Question(NamedTuple):
    """One line of ``queries.jsonl``."""

    id: str
    text: str
    shape: str
    colloquial: bool
    answerable: bool


@cache
def questions() -> tuple[Question, ...]:
    made = []
    for line in (HERE / "queries.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        assert set(row) == {"_id", "text", "shape", "colloquial", "answerable"}
        made.append(Question(row.pop("_id"), **row))
    return tuple(made)


@cache
def judgements() -> tuple[tuple[str, str], ...]:
    head, *rows = (HERE / "qrels.tsv").read_text("utf-8").splitlines()
    assert head == "query-id\tcorpus-id\tscore"
    cells = [row.split("\t") for row in rows]
    assert {len(row) for row in cells} == {3}
    assert {score for _, _, score in cells} == {"1"}
    return tuple((query, target) for query, target, _ in cells)


@cache
def answers() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {question.id: [] for question in questions()}
    for query, target in judgements():
        found.setdefault(query, []).append(target)
    return {query: tuple(targets) for query, targets in found.items()}


def in_articles(path: str, text: str) -> dict[str, str]:
    """Identifier of each article → what it says, up to the next article or heading."""
    made: dict[str, str] = {}
    current = ""
    for line in text.splitlines():
        if match := ARTICLE.match(line):
            current = f"{path}#{match[1]}"
            assert current not in made
            made[current] = line[match.end() :]
        elif line.startswith("#"):
            current = ""
        elif current:
            made[current] += "\n" + line
    return made


def in_windows(path: str, text: str) -> dict[str, str]:
    """Identifier of each window of a note → what it says: the opening line, then the sections."""
    _, opening, *sections = re.split(r"^#+ .*$", text, flags=re.MULTILINE)
    return {f"{path}#p{n}": said for n, said in enumerate([opening, *sections], start=1)}


@cache
def passages() -> dict[str, str]:
    made: dict[str, str] = {}
    for path in sorted((CORPUS / "制度").rglob("*.md")):
        made |= in_articles(path.relative_to(CORPUS).as_posix(), path.read_text("utf-8"))
    for name in OTHER_FORMATS:
        source = (SOURCES / name).with_suffix(".md")
        made |= in_articles(f"制度/{name}", source.read_text("utf-8"))
    for path in sorted((CORPUS / "经验").glob("*.md")):
        made |= in_windows(path.relative_to(CORPUS).as_posix(), path.read_text("utf-8"))
    return made


def bigrams(text: str) -> set[str]:
    """The different pairs of neighbouring Han characters."""
    return {run[i : i + 2] for run in HAN.findall(text) for i in range(len(run) - 1)}


def prose_questions() -> list[Question]:
    """The answerable ones that are no citation."""
    return [q for q in questions() if q.answerable and q.shape != "exact"]


def test_no_identifier_and_no_text_comes_twice() -> None:
    ids = Counter(question.id for question in questions())
    texts = Counter(question.text for question in questions())
    assert [name for name, count in (ids + texts).items() if count > 1] == []
    assert [pair for pair, count in Counter(judgements()).items() if count > 1] == []


def test_there_are_enough_of_every_kind() -> None:
    assert len(questions()) >= 140
    assert {question.shape for question in questions()} == SHAPES
    assert sum(q.shape == "exact" and q.answerable for q in questions()) >= 15
    assert sum(not q.answerable for q in questions()) >= 20
    assert sum(q.shape == "precedent" for q in questions()) <= 6


def test_half_of_the_answerable_ones_are_colloquial() -> None:
    asked = prose_questions()
    assert sum(question.colloquial for question in asked) * 2 >= len(asked)


def test_questions_and_judgements_belong_together() -> None:
    assert set(answers()) == {question.id for question in questions()}
    assert [q.text for q in questions() if bool(answers()[q.id]) != q.answerable] == []


def test_every_judged_article_exists() -> None:
    assert sorted({target for _, target in judgements()} - set(passages())) == []


def test_every_regulation_is_asked_about() -> None:
    asked: Counter[str] = Counter()
    for targets in answers().values():
        asked.update({target.partition("#")[0] for target in targets})
    regulations = {path.partition("#")[0] for path in passages() if path.startswith("制度/")}
    current = {path for path in regulations if not path.startswith("制度/历史版本/")}
    assert len(current) == 26
    assert {path: asked[path] for path in current if asked[path] < 3} == {}


def test_old_versions_answer_only_questions_about_the_past() -> None:
    for question in questions():
        old = [target for target in answers()[question.id] if "/历史版本/" in target]
        if old:
            years = re.findall(r"\((\d{4})\)", " ".join(old))
            assert all(year in question.text for year in years), question.text
            assert len(old) == len(answers()[question.id]), question.text


@pytest.mark.parametrize(
    "question", [q for q in questions() if q.colloquial and q.answerable], ids=lambda q: q.id
)
def test_a_colloquial_question_is_not_worded_like_its_answers(question: Question) -> None:
    asked = bigrams(question.text)
    shared = max(len(asked & bigrams(passages()[t])) / len(asked) for t in answers()[question.id])
    assert shared < MOST, question.text
