"""The trainable rows of a static model, and one step of Adam on them.

A batch is a sparse table of token counts. Its tokens are put together from their parts first
(`kb.train.parts`) and only then summed to texts: expanding every text to parts, as before, moved
four times the memory. Only rows that a batch uses are touched before Adam.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_matrix, vstack

from kb.train.loss import ranking_loss

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

WARM = 0.1
"""Share of the steps in which the rate rises; then it falls to ``LAST`` of its height."""

LAST = 0.02
BLOCK = 8192


class Table:
    """Rows that are learned, shape (vocabulary, dimensions), and how tokens share them.

    ``given``: vectors of tokens that stay as they are; what is learned is added to them.
    """

    def __init__(
        self,
        shared: csr_matrix,
        start: NDArray[np.float32],
        given: NDArray[np.float32] | None = None,
    ) -> None:
        import torch

        self.shared = shared
        self.weight = torch.from_numpy(start.copy())
        self.given = None if given is None else torch.from_numpy(given)

    def tokens(self) -> NDArray[np.float32]:
        """One vector a token, as they are now: its row and its parts' rows, summed."""
        folded: NDArray[np.float32] = (sparse(self.shared) @ self.weight).numpy().copy()
        return folded if self.given is None else folded + self.given.numpy()

    def fitting(self, *, rate: float, steps: int) -> Fit:
        """Start fitting: ``steps`` steps of Adam whose rate rises to ``rate`` and falls again."""
        return Fit(self, rate=rate, steps=steps)


class Fit:
    """One run of Adam over a table."""

    def __init__(self, table: Table, *, rate: float, steps: int) -> None:
        import torch

        self._table = table
        table.weight.grad = torch.zeros_like(table.weight)
        self._adam = torch.optim.Adam([table.weight], lr=rate, fused=True)
        self._rate, self._steps, self._done = rate, max(1, steps), 0

    def step(self, queries: csr_matrix, passages: csr_matrix, skip: NDArray[np.bool_]) -> float:
        """Learn one batch (passage i answers query i); its loss before the step."""
        import torch

        warm = min(1.0, (self._done + 1) / (WARM * self._steps))
        for group in self._adam.param_groups:
            group["lr"] = self._rate * warm * max(LAST, 1 - self._done / self._steps)
        texts, used = _narrow(vstack([queries, passages]).tocsr())
        made_of = self._table.shared[used]
        weight = self._table.weight
        tokens = sparse(made_of) @ weight
        if self._table.given is not None:
            tokens += self._table.given[torch.from_numpy(used)]
        sums = (sparse(texts) @ tokens).requires_grad_()
        count = queries.shape[0]
        loss = ranking_loss(sums[:count], sums[count:], torch.from_numpy(skip))
        loss.backward()  # type: ignore[no-untyped-call]
        assert sums.grad is not None  # noqa: S101 - for mypy: backward has just filled it
        weight.grad = sparse(made_of.T.tocsr()) @ (sparse(texts.T.tocsr()) @ sums.grad)
        self._adam.step()
        self._done += 1
        return float(loss.item())


def encode(texts: csr_matrix, tokens: NDArray[np.float32]) -> NDArray[np.float32]:
    """Unit vectors of texts (zero where no token is). Shape (texts, dimensions)."""
    import torch

    rows = torch.from_numpy(np.ascontiguousarray(tokens))
    out = np.zeros((texts.shape[0], tokens.shape[1]), dtype=np.float32)
    for i in range(0, len(out), BLOCK):
        out[i : i + BLOCK] = (sparse(texts[i : i + BLOCK]) @ rows).numpy()
    out /= np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9)
    return out


def sparse(table: csr_matrix) -> Tensor:
    """The same table for torch."""
    import warnings

    import torch

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Sparse CSR tensor support is in beta")
        return torch.sparse_csr_tensor(
            torch.from_numpy(table.indptr.astype(np.int64)),
            torch.from_numpy(table.indices.astype(np.int64)),
            torch.from_numpy(table.data),
            size=table.shape,
            check_invariants=False,
        )


def _narrow(texts: csr_matrix) -> tuple[csr_matrix, NDArray[np.int64]]:
    """The same counts over the tokens that occur, and which those are."""
    used = np.unique(texts.indices).astype(np.int64)
    place = np.zeros(texts.shape[1], dtype=np.int64)
    place[used] = np.arange(len(used))
    narrow: Any = csr_matrix(
        (texts.data, place[texts.indices], texts.indptr), shape=(texts.shape[0], len(used))
    )
    return narrow, used
