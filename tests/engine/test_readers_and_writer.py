"""Readers and one writer together: no error, and each answer is some generation's."""

from __future__ import annotations

import os
import random
import threading
import time
from pathlib import Path

import pytest

from indexer.publish import Options, index
from kb.base import KnowledgeBase
from kb.config import Settings
from kb.model import Scope

ALL = Scope.everything(as_of=None)
QUESTION = "桂花树的养护 第几次"
PAPERS = 12


def text(n: int, turn: int) -> str:
    """Every paper says in which turn it was written: a mixed answer shows."""
    return f"# 记录{n}\n\n第一条　桂花树的养护，第 turn{turn} 次，编号 paper{n}。\n"


class Folder:
    """Papers that are all rewritten, and some removed, before each run."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()
        self.random = random.Random(3)

    def turn(self, number: int) -> set[str]:
        names = set(self.random.sample(range(PAPERS), PAPERS - 2))
        for n in range(PAPERS):
            path = self.root / f"记录{n}.md"
            path.unlink(missing_ok=True)
            if n in names:
                path.write_text(text(n, number), encoding="utf-8")
        return {f"记录{n}.md#第一条" for n in names}


def together(tmp_path: Path, seconds: float, readers: int) -> tuple[int, int]:
    """Returns (answers, generations)."""
    folder = Folder(tmp_path / "文件")
    settings = Settings(
        home=tmp_path / "home", workers=1, keep_generations=3, generation_check_seconds=0.05
    )
    expected: dict[int, tuple[int, set[str]]] = {}
    wanted = folder.turn(0)
    report = index(settings, [folder.root], Options())
    expected[report.generation] = (0, wanted)
    errors: list[str] = []
    answers: list[tuple[int, frozenset[str], frozenset[str]]] = []
    stop = threading.Event()

    def read() -> None:
        try:
            with KnowledgeBase.open(settings) as base:
                while not stop.is_set():
                    shot = base.snapshot()
                    hits = shot.retriever.search(QUESTION, ALL, limit=50).hits
                    turns = {h.text.split("turn")[1].split(" ")[0] for h in hits}
                    answers.append(
                        (shot.generation, frozenset(h.id for h in hits), frozenset(turns))
                    )
        except Exception as error:
            errors.append(repr(error))

    threads = [threading.Thread(target=read) for _ in range(readers)]
    for thread in threads:
        thread.start()
    until, number = time.monotonic() + seconds, 0
    while (time.monotonic() < until or number < 2) and not errors:
        number += 1
        wanted = folder.turn(number)
        report = index(settings, [], Options(accept_removals=True))
        expected[report.generation] = (number, wanted)
    stop.set()
    for thread in threads:
        thread.join(120)
    assert errors == []
    for generation, ids, turns in answers:
        turn, wanted = expected[generation]
        assert ids == wanted
        assert turns == {str(turn)}
    return len(answers), len(expected)


def test_readers_beside_a_writer(tmp_path: Path) -> None:
    answers, generations = together(tmp_path, 0.0, readers=2)
    assert answers >= 2
    assert generations == 3


@pytest.mark.soak
def test_readers_beside_a_writer_for_minutes(tmp_path: Path) -> None:
    answers, generations = together(tmp_path, float(os.environ.get("KB_SOAK_SECONDS", "300")), 4)
    print(f"{answers} answers from {generations} generations")
    assert generations > 10
