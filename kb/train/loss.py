"""What an epoch minimises: pick the right passage for a question among all of the batch.

Multiple negatives ranking (Henderson et al. 2017, arXiv:1705.00652) as sentence-transformers'
``MultipleNegativesRankingLoss`` has it (cosine times ``SCALE``, cross-entropy), with two additions:
mined hard negatives stand beside the batch's passages, and a passage known to answer the question
is not counted as wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor

SCALE = 20.0


def known(
    queries: NDArray[np.int64],
    passages: NDArray[np.int64],
    answers: dict[int, frozenset[int]],
) -> NDArray[np.bool_]:
    """Which cells are right answers off the diagonal; shape (queries, passages).

    ``queries`` and ``passages`` are text numbers; passage i answers query i; ``answers`` maps a
    query to every passage that some pair gives it.
    """
    where: dict[int, list[int]] = {}
    for column, passage in enumerate(passages.tolist()):
        where.setdefault(passage, []).append(column)
    cells = np.zeros((len(queries), len(passages)), dtype=np.bool_)
    for row, query in enumerate(queries.tolist()):
        for passage in answers[query]:
            cells[row, where.get(passage, ())] = True
    np.fill_diagonal(cells, False)
    return cells


def ranking_loss(queries: Tensor, passages: Tensor, skip: Tensor) -> Tensor:
    """Mean cross-entropy of the diagonal over cosine scores, cells of ``skip`` left out."""
    import torch
    from torch.nn import functional

    scores = SCALE * functional.normalize(queries, dim=1) @ functional.normalize(passages, dim=1).T
    scores = scores.masked_fill(skip, -1e4)
    target = torch.arange(len(queries))
    return functional.cross_entropy(scores, target)
