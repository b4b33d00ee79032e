from __future__ import annotations

from pathlib import Path

import pytest
from engine_support import ENGINES, settings

from kb.config import Settings


@pytest.fixture(params=ENGINES)
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    return settings(tmp_path, request.param)
