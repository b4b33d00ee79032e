"""What a batch counts as wrong, and how tokens share their parts, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from kb.train.loss import SCALE, known, ranking_loss
from kb.train.parts import Parts

VOCABULARY = {"[UNK]": 0, "劳": 1, "动": 2, "劳动": 3, "合同": 4, "劳动合同": 5}


def test_a_token_is_followed_by_its_parts() -> None:
    parts = Parts(VOCABULARY, unknown="[UNK]")
    assert parts.expand([5, 1]).tolist() == [5, 1, 2, 3, 4, 1]
    assert parts.expand([0, 4]).tolist() == [0, 4]
    assert parts.expand([]).tolist() == []


def test_folded_rows_give_the_same_sum_as_expanded_tokens() -> None:
    parts = Parts(VOCABULARY, unknown="[UNK]")
    rows = np.random.default_rng(3).normal(size=(6, 4)).astype(np.float32)
    text = [5, 3, 0, 4, 3]
    folded = parts.fold(rows)
    np.testing.assert_allclose(
        folded[text].sum(axis=0), rows[parts.expand(text)].sum(axis=0), rtol=1e-5
    )
    np.testing.assert_allclose(folded[3], rows[3] + rows[1] + rows[2], rtol=1e-5)


def test_other_answers_in_the_batch_are_not_wrong() -> None:
    answers = {7: frozenset({20, 21}), 8: frozenset({22})}
    cells = known(np.array([7, 8, 7]), np.array([20, 22, 21, 20]), answers)
    assert cells.tolist() == [
        [False, False, True, True],
        [False, False, False, False],
        [True, False, False, True],
    ]


def test_ranking_loss_by_hand() -> None:
    import torch

    queries = torch.tensor([[2.0, 0.0], [0.0, 1.0]])
    passages = torch.tensor([[1.0, 0.0], [0.0, 5.0], [0.0, -1.0]])
    none = torch.zeros((2, 3), dtype=torch.bool)
    # Row 1: cosines 1, 0, 0. Row 2: cosines 0, 1, -1.
    first = np.log(1 + 2 * np.exp(-SCALE))
    second = np.log(1 + np.exp(-SCALE) + np.exp(-2 * SCALE))
    loss = float(ranking_loss(queries, passages, none))
    assert loss == pytest.approx((first + second) / 2, abs=1e-6)


def test_a_skipped_cell_does_not_count() -> None:
    import torch

    queries = torch.tensor([[1.0, 0.0]])
    passages = torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    open_cells = torch.zeros((1, 2), dtype=torch.bool)
    assert float(ranking_loss(queries, passages, open_cells)) == pytest.approx(np.log(2))
    skipped = torch.tensor([[False, True]])
    assert float(ranking_loss(queries, passages, skipped)) == pytest.approx(0, abs=1e-6)
