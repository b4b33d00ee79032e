"""Makes ``support`` importable and finds the shared evaluation data."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
if str(TESTS) not in sys.path:
    sys.path.insert(0, str(TESTS))


@pytest.fixture(scope="session")
def data() -> Path:
    """The shared evaluation data; skips where it is missing."""
    place = Path(os.environ.get("KB_TEST_DATA") or TESTS.parents[1] / "shared" / "data")
    if not place.is_dir():
        pytest.skip(f"evaluation data is not at {place} (set KB_TEST_DATA)")
    return place
