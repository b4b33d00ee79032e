"""Large segments: the sieve finds what the exact scan finds, with the same scores, in any scope."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from engine_support import ALL, VERSIONS, entry, opened, publish, scope, settings, unit

from kb.config import Settings
from kb.engine import open_engine
from kb.engine.embedded import sieve
from kb.engine.embedded.codec import Codec
from kb.engine.embedded.reader import EmbeddedReader
from kb.errors import IndexCorrupt
from kb.model import Scope

ROWS = 6000
DAY = date(2000, 1, 1)


@pytest.fixture(autouse=True)
def _small_ones_pay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sieve, "LEAST_BYTES", 100_000)


def near_each_other(n: int, dimensions: int, seed: int) -> np.ndarray:
    """As texts are: many subjects, each with passages about it."""
    random = np.random.default_rng(seed)
    subjects = random.normal(size=(n // 20, dimensions))
    found = subjects[random.integers(0, len(subjects), n)] + random.normal(size=(n, dimensions))
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


def asked(vectors: np.ndarray, n: int) -> np.ndarray:
    """Questions about what is there, as far from a passage as real ones (cosine about 0.6)."""
    return vectors[np.random.default_rng(6).integers(0, len(vectors), n)] + 1.3 * unit(
        n, 7, vectors.shape[1]
    )


def built(where: Settings, dimensions: int) -> tuple[np.ndarray, EmbeddedReader]:
    """Row i is in force from day i on: a scope's day decides the share that it admits."""
    vectors = near_each_other(ROWS, dimensions, 3)
    entries = [entry(f"{i:05d}", start=DAY + timedelta(days=i)) for i in range(ROWS)]
    half = ROWS // 2
    made = settings(where.home)
    versions = replace(VERSIONS, dimensions=dimensions)
    for part in (slice(0, half), slice(half, ROWS)):
        with open_engine(made).writer(versions) as writer:
            writer.add(entries[part], vectors[part])
            writer.publish()
    reader = open_engine(made).reader(expect=versions)
    assert isinstance(reader, EmbeddedReader)
    return vectors, reader


def as_of(share: float) -> Scope:
    return scope(day=DAY + timedelta(days=int(ROWS * share) - 1))


@pytest.mark.parametrize("dimensions", [384, 1024])
def test_recall_of_the_exact_scan(
    dimensions: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    vectors, reader = built(settings(tmp_path_factory.mktemp("sieve")), dimensions)
    assert all(flat.sieve is not None for flat in reader._rows.flats)
    codec = Codec(dimensions)
    stored = codec.decode(codec.encode(vectors))
    for share in (1.0, 0.5, 0.1, 0.01, 0.001):
        kept = int(ROWS * share)
        what = ALL if share == 1.0 else as_of(share)
        recalls = []
        for question in asked(vectors, 20):
            wanted = min(20, kept)
            best = np.argsort(-(stored[:kept] @ question))[:wanted]
            found = reader.nearest(question, what, wanted)
            assert len(found) == wanted
            assert all(int(m.id) < kept for m in found)
            recalls.append(len({f"{i:05d}" for i in best} & {m.id for m in found}) / wanted)
        assert np.mean(recalls) >= 0.95, (share, recalls)


def test_scores_are_those_of_the_exact_scan(tmp_path_factory: pytest.TempPathFactory) -> None:
    vectors, reader = built(settings(tmp_path_factory.mktemp("scores")), 256)
    question = asked(vectors, 1)[0]
    sifted = {m.id: m.score for m in reader.nearest(question, ALL, 30)}
    for flat in reader._rows.flats:
        flat.sieve = None
    exact = {m.id: m.score for m in reader.nearest(question, ALL, 60)}
    assert {i: exact[i] for i in sifted if i in exact} == {
        i: s for i, s in sifted.items() if i in exact
    }
    assert len(set(sifted) & set(exact)) >= 29


def test_what_is_removed_is_not_found(tmp_path_factory: pytest.TempPathFactory) -> None:
    where = settings(tmp_path_factory.mktemp("removed"))
    same = np.repeat(unit(1), 3000, axis=0)
    publish(where, [entry(f"{i:04d}") for i in range(3000)], vectors=same)
    publish(where, remove=[f"{i:04d}" for i in range(0, 1400)])
    reader = opened(where)
    found = [m.id for m in reader.nearest(same[0], ALL, 40)]
    assert found == [f"{i:04d}" for i in range(1400, 1440)]


def test_small_segments_have_none(tmp_path_factory: pytest.TempPathFactory) -> None:
    where = settings(tmp_path_factory.mktemp("small"))
    publish(where, [entry("a")])
    assert not list(where.index_dir.glob("gen-*/rows/*.sieve"))
    publish(where, [entry(f"b{i}") for i in range(3000)])
    assert len(list(where.index_dir.glob("gen-000002/rows/*.sieve"))) == 1


@pytest.mark.parametrize("dimensions", [256])
def test_a_torn_sieve_is_told(dimensions: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    vectors, reader = built(settings(tmp_path_factory.mktemp("torn")), dimensions)
    segment = reader._rows.segments[0]
    path = segment.folder / f"{segment.name}.sieve"
    path.write_bytes(path.read_bytes()[:-100])
    reader.close()
    with pytest.raises(IndexCorrupt, match="sieve"):
        open_engine(Settings(home=segment.folder.parents[2])).reader(expect=None)
    assert len(vectors) == ROWS
