"""What every engine does when it is written to: replacing, removing, generations, versions."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from engine_support import (
    ALL,
    DIMENSIONS,
    VERSIONS,
    entry,
    ids,
    opened,
    publish,
    scope,
    unit,
)

from kb.config import Settings
from kb.engine import open_engine
from kb.engine.protocol import Versions
from kb.engine.query import Everything, Field, Or, Prefix, Term
from kb.errors import EngineError, IndexLocked, IndexStale, NotFound
from kb.model import Kind

W = Field.WORDS


# -- adding and removing ---------------------------------------------------------------------


def test_replaced_in_a_later_generation(where: Settings) -> None:
    publish(where, [entry("a", "old"), entry("b", "kept")], seed=1)
    publish(where, [entry("a", "new")], seed=2)
    reader = opened(where)
    assert ids(reader, Term(W, "old")) == []
    assert ids(reader, Term(W, "new")) == ["a"]
    assert list(reader.ids()) == ["a", "b"]
    assert np.abs(reader.vectors(["a"]) - unit(1, 2)).max() < 0.01
    assert len(reader.nearest(unit(1)[0], ALL, 9)) == 2


def test_replaced_while_writing(where: Settings) -> None:
    with open_engine(where).writer(VERSIONS) as writer:
        writer.add([entry("a", "one"), entry("b", "b")], unit(2, 1))
        writer.add([entry("a", "two")], unit(1, 2))
        writer.publish()
    reader = opened(where)
    assert (ids(reader, Term(W, "one")), ids(reader, Term(W, "two"))) == ([], ["a"])
    assert np.abs(reader.vectors(["a"]) - unit(1, 2)).max() < 0.01


def test_of_twins_in_one_call_the_last_stays(where: Settings) -> None:
    publish(where, [entry("a", "zero")])
    vectors = unit(3, 8)
    publish(where, [entry("a", "one"), entry("b", "b"), entry("a", "two")], vectors=vectors)
    reader = opened(where)
    assert ids(reader, Prefix(W, "")) == ["a", "b"]
    assert ids(reader, Term(W, "two")) == ["a"]
    assert np.abs(reader.vectors(["a"]) - vectors[2]).max() < 0.01


def test_removed(where: Settings) -> None:
    publish(where, [entry("a", "x"), entry("b", "x")])
    publish(where, remove=["a", "never there", "a"])
    reader = opened(where)
    assert ids(reader, Term(W, "x")) == ids(reader, Everything()) == list(reader.ids()) == ["b"]
    assert [m.id for m in reader.nearest(unit(1)[0], ALL, 9)] == ["b"]
    with pytest.raises(NotFound):
        reader.vectors(["a"])


def test_removed_then_added(where: Settings) -> None:
    publish(where, [entry("a", "old")])
    publish(where, [entry("a", "new")], remove=["a"])
    reader = opened(where)
    assert (ids(reader, Term(W, "old")), ids(reader, Term(W, "new"))) == ([], ["a"])


def test_added_then_removed_then_added_while_writing(where: Settings) -> None:
    with open_engine(where).writer(VERSIONS) as writer:
        writer.add([entry("a", "one"), entry("b", "b")], unit(2))
        writer.remove(["a", "b"])
        writer.add([entry("a", "two")], unit(1))
        writer.publish()
    reader = opened(where)
    assert list(reader.ids()) == ids(reader, Everything()) == ids(reader, Term(W, "two")) == ["a"]
    assert ids(reader, Or((Term(W, "one"), Term(W, "b")))) == []


def test_a_fresh_writer_starts_from_nothing(where: Settings) -> None:
    publish(where, [entry("a", "x")])
    assert publish(where, [entry("b", "x")], fresh=True) == 2
    assert ids(opened(where), Term(W, "x")) == ["b"]


def test_publishing_without_a_change(where: Settings) -> None:
    publish(where, [entry("a", "x")])
    assert publish(where) == 2
    assert ids(opened(where), Term(W, "x")) == ["a"]


def generations(where: Settings, many: int) -> int:
    """So many to publish: merging begins after some; on Milvus each is a collection of its own
    and takes seconds."""
    return 5 if where.engine == "milvus" else many


def test_many_small_generations(where: Settings) -> None:
    many = generations(where, 14)
    for i in range(many):
        publish(
            where,
            [entry(f"{i:02d}-{k}", f"x g{i}") for k in range(3)],
            remove=[f"{i - 1:02d}-0"],
            seed=i,
        )
    reader = opened(where)
    left = [f"{i:02d}-{k}" for i in range(many) for k in range(3) if k or i == many - 1]
    assert list(reader.ids()) == ids(reader, Term(W, "x")) == left
    assert ids(reader, Term(W, "g3")) == ["03-1", "03-2"]
    assert np.abs(reader.vectors(["03-1"]) - unit(3, 3)[1]).max() < 0.01
    assert reader.nearest(unit(3, 3)[1], ALL, 1)[0].id == "03-1"


def test_odd_ids_survive(where: Settings) -> None:
    odd = [
        "行政法/档案法(2020-06-20).md#第十二条~2",
        "a b\tc",
        "x" * 3000,
        "\udcff.md#第一条",
        "😀",
    ]
    publish(where, [entry(i, "x") for i in odd])
    reader = opened(where)
    assert list(reader.ids()) == ids(reader, Term(W, "x")) == sorted(odd)
    assert reader.vectors(odd).shape == (5, DIMENSIONS)
    publish(where, remove=odd[:4])
    assert list(opened(where).ids()) == ["😀"]


# -- generations, writers, versions ----------------------------------------------------------


def test_a_reader_keeps_its_generation(where: Settings) -> None:
    for i in range(3):
        publish(where, [entry(f"g{i}", "x")], fresh=True)
    reader = opened(where)
    for i in range(3, 8):  # more than are kept: its folder is removed under it
        publish(where, [entry(f"g{i}", "x")], fresh=True)
    assert (reader.generation, opened(where).generation) == (3, 8)
    assert ids(reader, Term(W, "x")) == list(reader.ids()) == ["g2"]
    assert [m.id for m in reader.nearest(unit(1)[0], ALL, 5)] == ["g2"]
    assert reader.vectors(["g2"]).any()
    assert open_engine(where).current() == 8


def test_an_abandoned_writer_leaves_nothing(where: Settings) -> None:
    publish(where, [entry("a", "x")])
    before = sorted(p.name for p in where.index_dir.iterdir())
    with open_engine(where).writer(VERSIONS) as writer:
        writer.add([entry("b", "x")], unit(1))
        writer.remove(["a"])
    assert sorted(p.name for p in where.index_dir.iterdir()) == before
    assert ids(opened(where), Term(W, "x")) == ["a"]
    assert publish(where) == 2


def test_a_failing_writer_leaves_nothing(where: Settings) -> None:
    def fail() -> None:
        with open_engine(where).writer(VERSIONS) as writer:
            writer.add([entry("b", "x")], unit(1))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert open_engine(where).current() is None
    assert publish(where) == 1


def test_a_second_writer_is_refused_by_name(where: Settings) -> None:
    engine = open_engine(where)
    owner = rf"进程 {os.getpid()}，机器 .+，账号 .+，始于 20"
    with engine.writer(VERSIONS), pytest.raises(IndexLocked, match=owner):
        open_engine(where).writer(VERSIONS)
    with engine.writer(VERSIONS) as again:
        assert again.publish() == 1


def test_a_published_writer_is_closed(where: Settings) -> None:
    with open_engine(where).writer(VERSIONS) as writer:
        writer.publish()
        for act in (writer.publish, lambda: writer.add([], unit(0)), lambda: writer.remove([])):
            with pytest.raises(EngineError, match="已经结束"):
                act()
        publish(where)  # the lock is free already


@pytest.mark.parametrize(
    ("field", "value", "name"),
    [
        ("schema", 2, "索引结构（1 → 2）"),
        ("segmenter", "s/2", "分词器（s/1 → s/2）"),
        ("dictionary", "e", "词典"),
        ("model", "n", "向量模型"),
        ("dimensions", 128, "向量维数（64 → 128）"),
    ],
)
def test_stale_versions(where: Settings, field: str, value: int | str, name: str) -> None:
    publish(where, [entry("a", "x")])
    other: Versions = replace(VERSIONS, **{field: value})
    engine = open_engine(where)
    for act in (lambda: engine.reader(expect=other), lambda: engine.writer(other)):
        with pytest.raises(IndexStale, match="kb index --full") as caught:
            act()
        assert name in str(caught.value)
    assert engine.reader(expect=None).generation == 1
    with engine.writer(other, fresh=True) as writer:
        writer.publish()
    assert engine.reader(expect=other).generation == 2


def test_a_closed_reader(where: Settings) -> None:
    publish(where)
    reader = opened(where)
    reader.close()
    reader.close()
    with pytest.raises(EngineError, match="关闭"):
        reader.keyword(Everything(), ALL, 1)


def test_several_threads_read_at_once(where: Settings) -> None:
    words = [f"w{i % 7} w{i % 11} common" for i in range(300)]
    publish(where, [entry(f"{i:03d}", w, kind=list(Kind)[i % 3]) for i, w in enumerate(words)])
    reader = opened(where)
    scopes = [ALL, scope(kinds=frozenset({Kind.EXPERIENCE})), scope(day=date(2020, 1, 1))]

    def ask(n: int) -> tuple[object, object]:
        query = Or((Term(W, f"w{n % 11}"), Term(W, "common", 0.1)))
        what = scopes[n % 3]
        return reader.keyword(query, what, 20), reader.nearest(unit(1, n % 5)[0], what, 20)

    asked = 21 if where.engine == "milvus" else 60  # a tenth of a second each there
    alone = [ask(n) for n in range(asked)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, [*range(asked)] * 3)) == alone * 3
