"""The columns give what the dictionaries give: the same articles, order and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.base import KnowledgeBase
from kb.engine.protocol import Best, Numbered, Numbers, Places
from kb.model import Scope
from kb.retrieve.candidates import article_of, question_vector, roll_up
from kb.retrieve.features import coarse
from kb.retrieve.fusion import convex
from kb.retrieve.order import EVERY_STAGE
from kb.retrieve.pool import Pool
from kb.retrieve.rewrite import rewrite

IDS = tuple(
    f"{paper}#{label}{part}"
    for paper in ("甲.md", "乙.md", "丙~1.md")
    for label in ("第一条", "第一条@2", "第二条")
    for part in ("", "~2", "~3")
)
PAPERS = ("甲.md", "乙.md", "丙~1.md")


class Named:
    """Rows of `IDS`, shuffled, so that a row's number tells nothing of its order."""

    def __init__(self) -> None:
        self.names = list(np.random.default_rng(7).permutation(IDS))
        self.papers: Sequence[str] = PAPERS

    def ids(self, rows: Places) -> list[str]:
        return [str(self.names[row]) for row in rows.tolist()]

    def order(self, rows: Places) -> Numbers:
        ranked = sorted(map(str, self.names))
        return np.asarray([ranked.index(id_) for id_ in self.ids(rows)], np.int32)

    def articles_of(self, rows: Places) -> Numbers:
        return np.asarray([self.names.index(article_of(i)) for i in self.ids(rows)], np.int32)

    def papers_of(self, rows: Places) -> Numbers:
        paths = [id_.partition("#")[0] for id_ in self.ids(rows)]
        return np.asarray([PAPERS.index(path) for path in paths], np.int32)


NAMED = Named()
HALF = st.dictionaries(
    st.integers(0, len(IDS) - 1), st.sampled_from([-0.5, 0.0, 0.25, 0.5, 1 / 3, 3.0]), max_size=20
)


def best(half: dict[int, float]) -> Best:
    """As a reader gives it: the best first, ties by id."""
    order = sorted(half, key=lambda row: (-half[row], NAMED.names[row]))
    return np.asarray([half[row] for row in order], np.float32), np.asarray(order, np.int64)


def spelled(found: Best) -> dict[str, float]:
    return dict(zip(NAMED.ids(found[1]), found[0].tolist(), strict=True))


@given(HALF, HALF, st.sampled_from([0.0, 0.5, 0.75, 1.0]))
def test_articles_are_those_of_the_dictionaries(
    words: dict[int, float], meaning: dict[int, float], weight: float
) -> None:
    keyword, vector = best(words), best(meaning)
    wanted = roll_up(spelled(keyword), spelled(vector), weight, convex)
    pool = Pool.of(NAMED, keyword, vector, weight)
    assert list(pool) == pool.found() == wanted
    assert len(pool) == len(wanted)
    assert pool[:3] == wanted[:3]
    by_id = sorted(range(len(wanted)), key=lambda n: wanted[n].article)
    assert np.argsort(pool.order(), kind="stable").tolist() == by_id
    cited = {"甲.md": 2.0, "丙~1.md": 0.5}
    np.testing.assert_array_equal(coarse(pool, cited), coarse(wanted, cited))


@pytest.mark.parametrize("query", ["外借公章谁批", "8万元采购谁批", "出差", "的", "xyzzy"])
@pytest.mark.parametrize("as_of", [None, date(2026, 11, 24)])
def test_rows_are_what_the_reader_finds(
    base: KnowledgeBase, query: str, as_of: date | None
) -> None:
    retriever, scope = base.snapshot().retriever, Scope.everything(as_of=as_of)
    reader = retriever.reader
    assert isinstance(reader, Numbered)
    asked = rewrite(query)
    vector = question_vector(retriever.embedder, asked)
    keyword = reader.keyword_rows(asked.tree, scope, 300)
    nearest = reader.nearest_rows(vector, scope, 300)
    for rows, told in (
        (keyword, reader.keyword(asked.tree, scope, 300)),
        (nearest, reader.nearest(vector, scope, 300)),
    ):
        assert list(zip(reader.naming.ids(rows[1]), rows[0].tolist(), strict=True)) == told
    wanted = roll_up(
        dict(reader.keyword(asked.tree, scope, 300)),
        dict(reader.nearest(vector, scope, 300)),
        retriever.weight,
        convex,
    )
    found = retriever.found(retriever.asked(query, EVERY_STAGE), scope, 10)
    if not asked.added:
        assert list(found) == wanted
    pool = Pool.of(reader.naming, keyword, nearest, retriever.weight)
    assert list(pool) == wanted
    papers = [reader.naming.papers[n] for n in reader.naming.papers_of(pool.rows).tolist()]
    assert papers == [f.article.partition("#")[0] for f in wanted]
