"""Close the rows of a generation: fold small and emptied segments together, sort the ids."""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.engine.embedded import files, flat
from kb.engine.embedded.rows import ALIVE, MANY, ORDER
from kb.engine.embedded.rows_build import SEGMENT_ROWS, RowsBuilder, alive_of, describe
from kb.engine.embedded.segments import Segment, open_segment, write_rows

MOST = 8
"""Segments in a generation, before small ones are folded into one."""

Places = NDArray[np.int64]


def finish(builder: RowsBuilder) -> dict[str, Any]:
    """Write what is left. Returns the ``rows`` part of the manifest."""
    builder.close()
    held = [] if builder.base is None else builder.base.segments
    segments: list[Segment] = [
        *held,
        *(open_segment(builder.folder, n, k) for n, k in builder.done),
    ]
    alive = alive_of(builder)
    starts = np.cumsum([0, *(len(s) for s in segments)])
    living = [int(np.count_nonzero(alive[a:b])) for a, b in pairwise(starts)]
    moved = np.full(len(alive), -1, np.int64)
    kept: list[tuple[str, int]] = []
    count, masks = 0, []
    for fold, group in enumerate(grouped([len(s) for s in segments], living)):
        rows = np.concatenate([np.arange(starts[at], starts[at + 1]) for at in group])
        if len(group) == 1 and living[group[0]] * 2 >= len(rows):
            name = segments[group[0]].name
        else:
            rows = rows[alive[rows]]
            name = f"{builder.number:06d}-m{fold}"
            _fold(builder, name, segments, starts, rows)
        moved[rows] = np.arange(count, count + len(rows))
        masks.append(alive[rows])
        kept.append((name, len(rows)))
        count += len(rows)
    order = _order(builder, moved)
    np.save(builder.folder / ALIVE, np.concatenate(masks) if masks else np.zeros(0, bool))
    np.save(builder.folder / ORDER, order.astype(np.int32))
    segments.clear()  # Windows deletes no file that is mapped
    _drop_unused(builder.folder, {n for n, _ in kept})
    return describe(kept, builder)


def grouped(sizes: list[int], living: list[int]) -> list[list[int]]:
    """Which segments become one. Emptied ones are left out; order is kept.

    Beyond `MOST`, the last ones are folded, and those before as long as they are at most twice as
    large as what is folded already: each row is written again only when its segment doubles.
    """
    groups = [[at] for at in range(len(sizes)) if living[at]]
    if len(groups) <= MOST:
        return groups
    tail = groups.pop()
    size = living[tail[0]]
    while groups:
        before = living[groups[-1][0]]
        if size + before > SEGMENT_ROWS or (before > 2 * size and len(groups) < MOST):
            break
        tail = groups.pop() + tail
        size += before
    return [*groups, tail]


def _fold(
    builder: RowsBuilder, name: str, segments: list[Segment], starts: Places, rows: Places
) -> None:
    homes = np.searchsorted(starts, rows, side="right") - 1
    records, codes = [], []
    ids: list[bytes] = []
    for at in np.unique(homes):
        segment = segments[at]
        local = rows[homes == at] - starts[at]
        records.append(segment.records[local])
        ids.extend(segment.id(int(row)) for row in local)
        # Held while its codes are read: they are faiss's memory, and go with it.
        scan = flat.Flat(segment, builder.codec)
        codes.append(scan.codes(local))
    write_rows(builder.folder, name, np.concatenate(records), ids)
    flat.write(builder.folder, name, builder.codec, np.concatenate(codes))


def _order(builder: RowsBuilder, moved: Places) -> Places:
    """Living rows, by id: the base's order with the new ones put in their places."""
    base, first = builder.base, len(builder.base_alive)
    new = sorted((raw, row) for raw, row in builder.pending.items())
    if base is None:
        return moved[[first + row for _, row in new]] if new else np.zeros(0, np.int64)
    held = base.order[builder.base_alive[base.order]].astype(np.int64)
    if len(new) * MANY > len(held):
        both = [(base.raw_id(int(row)), int(row)) for row in held]
        both = sorted(both + [(raw, first + row) for raw, row in new])
        return moved[[row for _, row in both]] if both else np.zeros(0, np.int64)
    places = range(len(held))
    at = [bisect_left(places, raw, key=lambda p: base.raw_id(int(held[p]))) for raw, _ in new]
    placed: Places = moved[np.insert(held, at, [first + row for _, row in new])]
    return placed


def _drop_unused(folder: Path, kept: set[str]) -> None:
    for path in folder.iterdir():
        if path.name not in (ALIVE, ORDER) and path.name.split(".")[0] not in kept:
            files.remove(path)
