"""The vector half: cosine over the codes of every segment, the scope applied before top-k.

A segment is scanned exactly where it is small or the scope admits little of it; otherwise its
sieve names candidates and their exact scores decide. Either way a row's score is the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.engine.embedded.admitted import Admitted
from kb.engine.embedded.ranking import Found, best, joined
from kb.engine.embedded.rows import Rows

WIDE = 0.1
"""Share of a segment admitted from which its sieve is asked; below, the exact scan is cheaper."""

SPARE = 1.2
"""Candidates asked for beyond what the share admitted calls for."""


@dataclass(slots=True, eq=False)
class Choice:
    """What a scope admits of one segment. ``mask`` None: all of it."""

    mask: NDArray[np.bool_] | None
    share: float
    chosen: Any = None

    def selector(self) -> Any:
        """What the exact scan takes to leave the rest out; made once."""
        if self.mask is not None and self.chosen is None:
            from kb.engine.embedded.flat import selector

            self.chosen = selector(self.mask)
        return self.chosen


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
        sifted: list[tuple[int, Found]] = []
        for at, choice in enumerate(choices):
            if not choice.share:
                continue
            likely = _sift(rows, at, rotated, choice, wanted)
            if likely is None:
                scores, local = rows.flats[at].search(rotated, wanted, choice.selector())
                found.append((scores, local + rows.starts[at]))
            else:
                sifted.append((at, likely))
        found.extend(_exact(rows, rotated, sifted, wanted))
        scores, places = joined(found)
        return scores[:wanted], places[:wanted]

    return best(fetch, limit, rows.rank)


def _sift(
    rows: Rows, at: int, rotated: NDArray[np.float32], choice: Choice, wanted: int
) -> Found | None:
    """Admitted candidates of a segment by its sieve; None where the exact scan is the way."""
    sieve = rows.flats[at].sieve
    if sieve is None or choice.share < WIDE:
        return None
    from kb.engine.embedded.sieve import enough

    size = len(rows.segments[at])
    needed = min(enough(wanted), int(size * choice.share))
    asked = enough(wanted) if choice.mask is None else int(needed / choice.share * SPARE)
    # Where what is near is refused more often than the rest: ask once more, then scan exactly.
    for more in (asked, 4 * asked):
        if more > size / 4:
            return None
        scores, local = sieve.search(rotated, more)
        if choice.mask is None:
            return scores, local
        kept = choice.mask[local]
        if np.count_nonzero(kept) >= needed:
            return scores[kept][:needed], local[kept][:needed]
    return None


def _exact(
    rows: Rows, rotated: NDArray[np.float32], sifted: list[tuple[int, Found]], wanted: int
) -> list[Found]:
    """Exact scores of the likeliest of all segments' candidates together."""
    if not sifted:
        return []
    if len(sifted) > 1:
        from kb.engine.embedded.sieve import enough

        estimates = np.concatenate([found[0] for _, found in sifted])
        last = max(len(estimates) - enough(wanted), 0)
        floor = np.partition(estimates, last)[last]
        sifted = [(at, (s[s >= floor], local[s >= floor])) for at, (s, local) in sifted]
    found: list[Found] = []
    for at, (_, local) in sifted:
        if len(local):
            scores, exact = rows.flats[at].among(rotated, wanted, local)
            found.append((scores, exact + rows.starts[at]))
    return found


def _choices(rows: Rows, admitted: Admitted) -> list[Choice]:
    if admitted.choices is None:
        mask = admitted.mask & rows.column("has_vector").astype(bool)
        parts = (mask[start:end] for start, end in pairwise(rows.starts))
        admitted.choices = [
            Choice(None if part.all() else part, float(part.mean()) if len(part) else 0.0)
            for part in parts
        ]
    return admitted.choices
