"""How sure a figure is, what changed against a saved run, and whether floors hold."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kb.errors import EvaluationError, in_words
from kb.evaluate.beir import Qrels, Run
from kb.evaluate.metrics import REPORTED

RESAMPLES = 2000
SEED = 1


def per_query(run: Run, qrels: Qrels, name: str) -> dict[str, float]:
    """Metric ``name`` of each judged question of a run."""
    metric, k = REPORTED[name]
    return {
        query: metric([id_ for id_, _ in ranking], qrels[query], k)
        for query, ranking in run.items()
        if query in qrels
    }


def interval(values: Sequence[float], *, level: float = 0.95) -> tuple[float, float]:
    """Percentile bootstrap interval of the mean (Efron, 1979); the same for the same values."""
    sample = np.asarray(values, dtype=np.float64)
    if not len(sample):
        return 0.0, 0.0
    rng = np.random.default_rng(SEED)
    means = sample[rng.integers(0, len(sample), (RESAMPLES, len(sample)))].mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


@dataclass(frozen=True, slots=True)
class Change:
    """A question whose figure changed."""

    query: str
    before: float
    after: float


def changes(before: Run, after: Run, qrels: Qrels, name: str) -> list[Change]:
    """Questions in both runs whose figure differs, the worst loss first."""
    old, new = per_query(before, qrels, name), per_query(after, qrels, name)
    found = [Change(q, old[q], new[q]) for q in new if q in old and old[q] != new[q]]
    return sorted(found, key=lambda c: (c.after - c.before, c.query))


def read_run(path: Path) -> dict[str, list[tuple[str, float]]]:
    """A TREC run as `kb.evaluate.write_run` writes it.

    Raises:
        EvaluationError: the file is missing or a line is not of that form (names the line).
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise EvaluationError(
            f"run 文件{in_words(error)}：{path}", hint="检查路径是否写对"
        ) from error
    except UnicodeDecodeError as error:
        raise EvaluationError(f"run 文件无法读取：{path}", hint="编码应为 UTF-8") from error
    run: dict[str, list[tuple[str, float]]] = {}
    for number, line in enumerate(lines, start=1):
        fields = line.split()
        try:
            query, _, target, _, score, _ = fields
            run.setdefault(query, []).append((target.replace("%20", " "), float(score)))
        except ValueError as error:
            raise EvaluationError(
                f"{path} 第 {number} 行不是 TREC run", hint="每行应为 问题 Q0 编号 名次 得分 标签"
            ) from error
    return run


def below(figures: Mapping[str, float], floors: Path) -> list[tuple[str, float, float]]:
    """(figure, value, floor) of each that is under its floor in a TOML file.

    Raises:
        EvaluationError: the file cannot be read, or names a figure that is not measured.
    """
    try:
        wanted = tomllib.loads(floors.read_text(encoding="utf-8"))
    except OSError as error:
        raise EvaluationError(
            f"下限文件{in_words(error)}：{floors}", hint="检查路径是否写对"
        ) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise EvaluationError(f"下限文件无法读取：{floors}：{error}", hint="应为 TOML") from error
    if strange := sorted(set(wanted) - set(figures)):
        raise EvaluationError(
            f"下限文件 {floors} 中有不认识的指标：{'、'.join(strange)}",
            hint=f"可用：{'、'.join(figures)}",
        )
    return [
        (name, figures[name], float(floor))
        for name, floor in wanted.items()
        if figures[name] < float(floor)
    ]
