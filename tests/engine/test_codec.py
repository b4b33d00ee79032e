"""Rotation and quantising keep products; recall of the scan against exact search."""

from __future__ import annotations

import numpy as np
import pytest
from engine_support import ALL, entry, opened, publish, settings, unit

from kb.config import Settings
from kb.engine.embedded.codec import Codec
from kb.engine.embedded.ranking import best
from kb.engine.embedded.rows_finish import MOST, grouped


@pytest.mark.parametrize("dimensions", [1, 7, 64, 100, 256, 384, 521, 768])
def test_rotation_keeps_products(dimensions: int) -> None:
    vectors = unit(20, 1, dimensions)
    rotated = Codec(dimensions).rotate(vectors)
    assert np.allclose(rotated @ rotated.T, vectors @ vectors.T, atol=1e-5)


@pytest.mark.parametrize("dimensions", [2, 64, 256, 384])
def test_codes_come_back(dimensions: int) -> None:
    codec, vectors = Codec(dimensions), unit(50, 2, dimensions)
    back = codec.decode(codec.encode(vectors))
    assert np.linalg.norm(back - vectors, axis=1).max() < 0.05
    assert np.median(np.linalg.norm(back - vectors, axis=1)) < 0.02


def test_codes_do_not_depend_on_the_batch() -> None:
    codec, vectors = Codec(256), unit(300, 3, 256)
    one_by_one = np.concatenate([codec.encode(v[None, :]) for v in vectors])
    assert np.array_equal(codec.encode(vectors), one_by_one)


def test_recall_where_a_few_components_dwarf_the_rest(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """As in transformer models: without the rotation, one range for all would not do."""
    weight = np.ones(64)
    weight[:4] = 12.0
    vectors = (np.random.default_rng(4).normal(size=(4000, 64)) * weight).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    where: Settings = settings(tmp_path_factory.mktemp("recall"))
    publish(where, [entry(f"{i:04d}") for i in range(4000)], vectors=vectors)
    reader = opened(where)
    found = []
    for question in vectors[:100] + 0.05 * unit(100, 5):
        exact = {f"{i:04d}" for i in np.argsort(-(vectors @ question))[:100]}
        found.append(len(exact & {m.id for m in reader.nearest(question, ALL, 100)}) / 100)
    assert np.mean(found) >= 0.96


def test_best_fetches_on_while_the_last_one_ties() -> None:
    scores = np.array([3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1], np.float32)
    rows = np.arange(15)[::-1].copy()
    asked = []

    def fetch(wanted: int) -> tuple[np.ndarray, np.ndarray]:
        asked.append(wanted)
        return scores[:wanted], rows[:wanted]

    _, kept = best(fetch, 2, np.arange(15, dtype=np.int32))
    assert kept.tolist() == [14, 1]
    assert asked == [10, 40]


def test_small_segments_are_folded() -> None:
    assert grouped([5, 0, 7], [5, 0, 0]) == [[0]]
    assert grouped([10] * MOST, [10] * MOST) == [[i] for i in range(MOST)]
    sizes = [100_000, 9000, 40, 30, 20, 10, 5, 3, 1]
    assert grouped(sizes, sizes) == [[0], [1], [2, 3, 4, 5, 6, 7, 8]]
    sizes = [9000, 3000, 1000, 300, 100, 40, 15, 4, 1]
    assert grouped(sizes, sizes) == [[0], [1], [2], [3], [4], [5], [6], [7, 8]]
    sizes = [100_000] + [10] * MOST
    assert grouped(sizes, sizes) == [[0], list(range(1, MOST + 1))]
