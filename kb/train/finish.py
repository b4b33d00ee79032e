"""From the members to one model: side by side, turned, and where questions lean.

Turned: an orthogonal change of axes leaves every cosine as it is; along the principal axes of the
articles the first components hold the most, so that the first 256 or 512 are a smaller model.

Where questions lean: an article that answers one question is likelier to answer the next (general
provisions do, definitions of one trade do not). In-batch negatives hide that, because there every
wrong passage is somebody's right one. The direction that tells what answers people from the rest
(Fisher's discriminant) is added to every question's vector. It is fitted on training pairs alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LEAST = 50
"""Answers, below which there is nothing to tell a direction from."""

RIDGE = 0.3
"""Of the mean variance, added to every component's."""


def turned(tokens: NDArray[np.float32], articles: NDArray[np.float32]) -> NDArray[np.float32]:
    """The rows along the principal axes of ``articles`` (unit rows), most telling first.

    Args:
        tokens: shape (vocabulary, dimensions). articles: shape (articles, dimensions).
    """
    _, axes = np.linalg.eigh(articles.T @ articles)
    along: NDArray[np.float32] = (tokens @ np.ascontiguousarray(axes[:, ::-1])).astype(np.float32)
    return along


def leaning(
    articles: NDArray[np.float32], answers: NDArray[np.float32], length: float
) -> NDArray[np.float32]:
    """What is added to each question's unit vector: shape (dimensions,), ``length`` long.

    Args:
        articles: unit rows of all articles. answers: of those that answered somebody, each once.
    """
    size = articles.shape[1]
    if len(answers) < LEAST or length <= 0:
        return np.zeros(size, dtype=np.float32)
    mean = articles.mean(axis=0)
    apart = articles - mean
    spread = (apart.T @ apart) / len(articles)
    spread += np.eye(size, dtype=np.float32) * (RIDGE * np.trace(spread) / size)
    way = np.linalg.solve(spread, answers.mean(axis=0) - mean)
    lean: NDArray[np.float32] = (length * way / np.linalg.norm(way)).astype(np.float32)
    return lean
