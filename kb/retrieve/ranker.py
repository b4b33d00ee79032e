"""The learned ranker: a weighted sum of `kb.retrieve.features`, fitted by benchmarks/fit_ranker.py.

Linear on purpose: every weight can be read, it costs microseconds, and 1,200 judged questions do
not bear more.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.errors import ModelError
from kb.retrieve.features import NAMES, Candidate, features
from kb.retrieve.rewrite import Rewritten

WEIGHTS = "ranker.json"


@dataclass(frozen=True, slots=True)
class Ranker:
    """``weights`` of shape (len(NAMES),); ``known`` is the weight of a known question."""

    weights: NDArray[np.float64]
    known: float = 0.0

    def scores(
        self, asked: Rewritten, found: Sequence[Candidate], lifts: Sequence[float] = ()
    ) -> list[float]:
        """A score for each candidate, 0 to 1; only their order within one question means much.

        ``lifts``: how like a known question that the candidate answers, one each, or none.
        """
        if not found:
            return []
        raw = features(asked, found) @ self.weights
        if lifts:
            raw = raw + self.known * np.asarray(lifts)
        scores: list[float] = (1 / (1 + np.exp(-(raw - raw.max()) / 2)) * 2).tolist()
        return scores

    def parts(
        self, asked: Rewritten, found: Sequence[Candidate], lifts: Sequence[float]
    ) -> list[dict[str, float]]:
        """What each feature adds to each candidate (weight times value), by name."""
        if not found:
            return []
        given = features(asked, found) * self.weights
        return [
            dict(zip((*NAMES, "known"), (*row, self.known * lift), strict=True))
            for row, lift in zip(given.tolist(), lifts, strict=True)
        ]


@cache
def shipped_ranker() -> Ranker:
    """The weights that ship with the program.

    Raises:
        ModelError: the file names other features than this program has.
    """
    text = resources.files("kb.retrieve").joinpath(WEIGHTS).read_text(encoding="utf-8")
    stored: dict[str, Any] = json.loads(text)
    if tuple(stored["weights"]) != NAMES:
        raise ModelError(
            f"排序权重 {WEIGHTS} 与本程序不符",
            hint="重新安装本程序，或运行 benchmarks/fit_ranker.py",
        )
    weights = np.asarray(list(stored["weights"].values()), dtype=np.float64)
    return Ranker(weights, float(stored["known"]))
