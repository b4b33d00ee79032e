from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_support import EVERY_ENGINE, settings

from kb.config import Settings
from tests.support.milvus import forget


@pytest.fixture(params=EVERY_ENGINE)
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    made = settings(tmp_path, request.param)
    yield made
    if made.engine == "milvus":
        forget(made)
