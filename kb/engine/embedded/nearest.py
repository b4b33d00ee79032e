"""The vector half: cosine over the codes of every segment, the scope applied before top-k."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.engine.embedded.admitted import Admitted
from kb.engine.embedded.ranking import Found, best, joined
from kb.engine.embedded.rows import Rows

NONE, ALL = "none", "all"


def nearest(rows: Rows, vector: NDArray[np.float32], admitted: Admitted, limit: int) -> Found:
    """The best rows by cosine. A passage without a vector, or a zero question, is near nothing.

    Raises:
        ValueError: ``vector`` is of another shape than (dimensions,) or not finite.
    """
    if vector.shape != (rows.dimensions,):
        raise ValueError(f"shape {vector.shape}, expected {(rows.dimensions,)}")
    if not np.isfinite(vector).all():
        raise ValueError("the question's vector is not finite")
    if limit <= 0 or not vector.any():
        return joined([])
    rotated = rows.codec.rotate(vector[None, :])[0]
    choices = _choices(rows, admitted)

    def fetch(wanted: int) -> Found:
        found: list[Found] = []
        for start, flat, chosen in zip(rows.starts, rows.flats, choices, strict=False):
            if chosen is not NONE:
                scores, local = flat.search(rotated, wanted, None if chosen is ALL else chosen)
                found.append((scores, local + start))
        scores, places = joined(found)
        return scores[:wanted], places[:wanted]

    return best(fetch, limit, rows.rank)


def _choices(rows: Rows, admitted: Admitted) -> list[Any]:
    if admitted.choices is None:
        from kb.engine.embedded.flat import selector

        mask = admitted.mask & rows.column("has_vector").astype(bool)
        choices: list[Any] = []
        for start, end in pairwise(rows.starts):
            part = mask[start:end]
            choices.append(ALL if part.all() else selector(part) if part.any() else NONE)
        admitted.choices = choices
    return admitted.choices
