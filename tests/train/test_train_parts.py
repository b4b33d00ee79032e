"""What a batch counts as wrong, and how tokens share their parts, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from kb.train.loss import SCALE, known, ranking_loss
from kb.train.parts import counts, sharing
from kb.train.table import Table, encode

VOCABULARY = {"[UNK]": 0, "劳": 1, "动": 2, "劳动": 3, "合同": 4, "劳动合同": 5}


def test_a_token_is_made_of_itself_and_its_parts() -> None:
    shared = sharing(VOCABULARY, unknown="[UNK]").toarray()
    assert shared[5].tolist() == [0, 1, 1, 1, 1, 1]
    assert shared[4].tolist() == [0, 0, 0, 0, 1, 0]
    assert shared[0].tolist() == [1, 0, 0, 0, 0, 0]


def test_counts_of_texts() -> None:
    assert counts([[5, 3, 5], [], [0]], 6).toarray().tolist() == [
        [0, 0, 0, 1, 0, 2],
        [0, 0, 0, 0, 0, 0],
        [1, 0, 0, 0, 0, 0],
    ]


def test_tokens_are_summed_from_their_parts_and_texts_from_their_tokens() -> None:
    rows = np.random.default_rng(3).normal(size=(6, 4)).astype(np.float32)
    tokens = Table(sharing(VOCABULARY, unknown="[UNK]"), rows).tokens()
    np.testing.assert_allclose(tokens[3], rows[3] + rows[1] + rows[2], rtol=1e-5)
    text = tokens[5] + 2 * tokens[4]
    encoded = encode(counts([[4, 5, 4], []], 6), tokens)
    np.testing.assert_allclose(encoded[0], text / np.linalg.norm(text), rtol=1e-5)
    assert not encoded[1].any()


def test_a_step_pulls_a_question_to_its_answer_through_shared_parts() -> None:
    rows = np.random.default_rng(4).normal(size=(6, 8)).astype(np.float32)
    table = Table(sharing(VOCABULARY, unknown="[UNK]"), rows)
    asked, answers = counts([[5], [4]], 6), counts([[1, 2], [0]], 6)
    fit = table.fitting(rate=0.05, steps=40)
    none = np.zeros((2, 2), dtype=np.bool_)
    losses = [fit.step(asked, answers, none) for _ in range(40)]
    assert losses[-1] < losses[0]
    assert not np.array_equal(table.tokens()[3], Table(table.shared, rows).tokens()[3])


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
