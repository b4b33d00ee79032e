"""What decides a training; the defaults are those of the shipped model."""

from __future__ import annotations

from dataclasses import dataclass

from kb.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Recipe:
    """``dimensions`` are shared out among ``members``; ``lean``: see `kb.train.finish`."""

    seed: int = 1
    members: int = 2
    epochs: int = 2
    dimensions: int = 1024
    vocabulary: int = 30_000
    longest: int | None = 3
    batch: int = 1024
    rate: float = 0.1
    hard_epochs: int = 3
    hard_batch: int = 256
    hard_rate: float = 0.05
    hard_each: int = 4
    hard_from: int = 3
    hard_to: int = 60
    hard_share: float = 0.5
    lean: float = 0.3

    def checked(self) -> Recipe:
        """Itself. Raises `ConfigError` where a number makes no sense."""
        each = self.dimensions // max(1, self.members)
        if min(each, self.vocabulary, self.batch, self.hard_batch) < 2:
            raise ConfigError("维数、词表与批量都应不小于 2")
        if self.dimensions % self.members:
            raise ConfigError(f"维数应能被 {self.members} 整除（模型由 {self.members} 部分组成）")
        if self.epochs < 1 or self.hard_epochs < 0:
            raise ConfigError("训练轮数应不小于 1")
        return self
