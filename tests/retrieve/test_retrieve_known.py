"""Known questions: likeness, leaving out, following the list, and the command."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from kb.base import KnowledgeBase
from kb.cli import main
from kb.config import Settings
from kb.model import Kind, Scope
from kb.retrieve import Stages
from kb.retrieve.known import ALIKE, MEANING, Follower, Known

AS_OF = date(2026, 11, 24)


class Letters:
    """Each text is a unit vector along its first letter."""

    name = version = "letters"
    dimensions = 3

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.eye(3, dtype=np.float32)[["abc".index(t[0]) for t in texts]]

    encode_passages = encode_queries


def test_only_questions_alike_say_something_and_none_of_itself() -> None:
    known = Known.of([("a1", "甲#1"), ("a1", "甲#2"), ("b1", "乙#1")], Letters())
    (vector,) = Letters().encode_queries(["a"])
    near = known.near("a", vector)
    assert near.articles["甲#1"] == near.articles["甲#2"] == pytest.approx((0.7, 0.49, 0.0))
    assert set(near.papers) == {"甲"}
    assert near.papers["甲"] == pytest.approx((1.0, 0.7))
    assert not known.near("a", vector, but="a1")
    far = np.asarray([(ALIKE - 0.01) / MEANING, 0, 0], np.float32)
    assert not known.near("甲", far)


def test_words_in_common_count_beside_meaning() -> None:
    known = Known.of([("b公章外借", "甲#1"), ("b年终考核", "乙#1")], Letters())
    (vector,) = Letters().encode_queries(["b"])
    near = known.near("外借公章", vector)
    assert near.articles["甲#1"][0] > near.articles["乙#1"][0]
    assert near.articles["甲#1"][2] > near.articles["乙#1"][2] == 0.0


def test_the_list_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("kb.retrieve.known.time.monotonic", lambda: now[0])
    pairs = [("a1", "甲#1")]
    follower = Follower(lambda: pairs, lambda: len(pairs), Letters())
    assert follower.current().questions == ("a1",)
    pairs.append(("b1", "乙#1"))
    assert follower.current().questions == ("a1",)
    now[0] = 5.0
    assert follower.current().questions == ("a1", "b1")


def test_the_stamp_changes_with_the_list(corpus_copy: Path) -> None:
    with KnowledgeBase.open(Settings(home=corpus_copy)) as base:
        people = base.people
        stamps = [people.known_stamp()]
        for question in ("一", "二"):
            people.add_known([(question, "甲#1")])
            stamps.append(people.known_stamp())
            people.remove_known()
            stamps.append(people.known_stamp())
        assert len({stamps[0], stamps[1], stamps[3]}) == 3
        assert stamps[2] == stamps[4] == stamps[0]


@pytest.fixture
def run(corpus_copy: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def call(*argv: str) -> tuple[int, str, str]:
        code = main(["--home", str(corpus_copy), *argv])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_added_listed_used_and_removed(run: Any, corpus_copy: Path, tmp_path: Path) -> None:
    queries, qrels = tmp_path / "q.jsonl", tmp_path / "q.tsv"
    asked = "刻章的事该看哪里的规定"
    queries.write_text(json.dumps({"_id": "1", "text": asked}) + "\n", encoding="utf-8")
    target = _found_below_the_top(corpus_copy, asked)
    qrels.write_text(
        f"query-id\tcorpus-id\tscore\n1\t{target}\t1\n1\t没有.md#第一条\t1\n", encoding="utf-8"
    )
    code, out, _ = run("questions", "add", "--queries", str(queries), "--qrels", str(qrels))
    assert code == 1
    assert "没有.md#第一条" in out
    assert "加入 1 条" in out
    code, out, _ = run("questions", "list", "--json")
    (row,) = json.loads(out)
    assert code == 0
    assert (row["question"], row["passage"]) == (asked, target)

    with KnowledgeBase.open(Settings(home=corpus_copy)) as base:
        scope = Scope.everything(as_of=AS_OF)
        with_it = [r.id for r in base.rank(asked, scope, limit=50)]
        off = [r.id for r in base.rank(asked, scope, limit=50, stages=Stages(known=False))]
        assert with_it.index(target) < off.index(target)
        notes = scope.narrowed(kinds=frozenset({Kind.EXPERIENCE}))
        assert target not in [r.id for r in base.rank(asked, notes, limit=50)]

    assert run("questions", "remove", str(row["id"]))[0] == 0
    assert run("questions", "list")[0] == 1
    assert run("questions", "remove", "--all")[0] == 2


def test_switched_off_and_corrected(run: Any, corpus_copy: Path) -> None:
    asked = "庚辛壬癸子丑寅卯"
    first, second = "制度/公文处理办法.md#第十二条", "制度/印章管理办法.md#第十七条"
    scope = Scope.everything(as_of=AS_OF)

    def best() -> str:
        with KnowledgeBase.open(Settings(home=corpus_copy)) as base:
            return base.rank(asked, scope, limit=5)[0].id

    with KnowledgeBase.open(Settings(home=corpus_copy)) as base:
        base.people.add_known([(asked, first)], who="王芳")
        (row,) = base.people.known()
    assert best() == first
    assert run("questions", "off", str(row.id))[0] == 0
    assert best() != first
    assert "王芳 标为有用）\t（已停用）" in run("questions", "list")[1]
    assert run("questions", "on", str(row.id))[0] == 0
    assert best() == first
    assert run("questions", "correct", str(row.id), "--article", second)[0] == 0
    assert best() == second
    assert run("questions", "correct", str(row.id), "--article", "没有.md#第一条")[0] == 2
    assert run("questions", "off", "999")[0] == 2


def _found_below_the_top(home: Path, asked: str) -> str:
    with KnowledgeBase.open(Settings(home=home)) as base:
        ranked = base.rank(asked, Scope.everything(as_of=AS_OF), limit=10)
        rows = base.passages([r.passage for r in ranked], Scope.everything(as_of=None))
        rules = [r.id for r in ranked if rows[r.passage].version.kind is Kind.REGULATION]
        return rules[-1]


def test_an_answer_that_was_not_found_is_brought_in_within_the_scope(corpus_copy: Path) -> None:
    asked = "庚辛壬癸子丑寅卯"
    target, over = "制度/公文处理办法.md#第十二条", "制度/历史版本/公文处理办法(2018).md#第十一条"
    with KnowledgeBase.open(Settings(home=corpus_copy)) as base:
        scope = Scope.everything(as_of=AS_OF)
        before = [r.id for r in base.rank(asked, scope, limit=400)]
        assert target not in before[:20]
        base.people.add_known([(asked, target), (asked, over), (asked, "没有.md#第一条")])
    with KnowledgeBase.open(Settings(home=corpus_copy)) as base:
        found = [r.id for r in base.rank(asked, scope, limit=400)]
        assert found[0] == target
        assert "没有.md#第一条" not in found
        assert over not in found, "not in force on that day"
        assert over in [r.id for r in base.rank(asked, Scope.everything(as_of=None), limit=20)]
        notes = scope.narrowed(kinds=frozenset({Kind.EXPERIENCE}))
        assert target not in [r.id for r in base.rank(asked, notes, limit=400)]
