"""The learned ranker: weighted sums of `kb.retrieve.features`, fitted by benchmarks/fit_ranker.py.

Two of them: a coarse one over every candidate, without reading, and a fine one over the first of
its order. Each has weights of its own for where a question like this one was answered before.
Linear on purpose: every weight can be read, it costs microseconds, and trees and a second layer
fitted on the same questions were no better.
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
from kb.retrieve.features import COARSE, FINE, KNOWN
from kb.retrieve.order import Weighed

WEIGHTS = "ranker.json"

Weights = NDArray[np.float64]

NAMES = {
    "coarse": COARSE,
    "fine": FINE,
    "coarse_known": (*COARSE, *KNOWN),
    "fine_known": (*FINE, *KNOWN),
}
"""Set of weights → its features, in order."""


@dataclass(frozen=True, slots=True)
class Ranker:
    """Four sets of weights, each of the shape that `NAMES` says."""

    coarse: Weights
    fine: Weights
    coarse_known: Weights
    fine_known: Weights

    def first(self, table: Weights) -> Weights:
        """Coarse scores from `kb.retrieve.features.coarse`, shape (n,)."""
        return table @ (self.coarse if table.shape[1] == len(COARSE) else self.coarse_known)

    def weighed(self, articles: Sequence[str], table: Weights, read: Weights) -> Weighed:
        """The candidates that were read, with their fine weights: their rows of the coarse table
        beside those of `kb.retrieve.features.fine`."""
        own, known = table[:, : len(COARSE)], table[:, len(COARSE) :]
        which = "fine_known" if known.shape[1] else "fine"
        whole = np.hstack([own, read, known])
        return Weighed(tuple(articles), NAMES[which], whole, getattr(self, which))


def shown(raw: Weights) -> list[float]:
    """Scores from 0 to 1, the best at 1; only their order within one question means much."""
    if not len(raw):
        return []
    # What lies far below what a question names comes to 0: no overflow to be warned of.
    with np.errstate(over="ignore"):
        scores: list[float] = (1 / (1 + np.exp(-(raw - raw.max()) / 2)) * 2).tolist()
    return scores


def read_weights(stored: dict[str, Any]) -> Ranker:
    """From the form in which they are stored: set → feature → weight.

    Raises:
        ModelError: a set is missing, or names other features than this program has.
    """
    for name, features in NAMES.items():
        if tuple(stored.get(name, ())) != features:
            raise ModelError(
                f"排序权重 {WEIGHTS} 与本程序不符",
                hint="重新安装本程序，或运行 benchmarks/fit_ranker.py",
            )
    return Ranker(**{name: np.asarray(list(stored[name].values()), float) for name in NAMES})


@cache
def shipped_ranker() -> Ranker:
    """The weights that ship with the program.

    Raises:
        ModelError: the file names other features than this program has.
    """
    text = resources.files("kb.retrieve").joinpath(WEIGHTS).read_text(encoding="utf-8")
    return read_weights(json.loads(text))


def spelled(ranker: Ranker) -> dict[str, dict[str, float]]:
    """The form in which weights are stored."""
    return {
        name: dict(zip(features, getattr(ranker, name).round(4).tolist(), strict=True))
        for name, features in NAMES.items()
    }
