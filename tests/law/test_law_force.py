from __future__ import annotations

from pathlib import Path

import pytest

from kb.law.force import force_of
from tests.support.golden import Case, cases

GOLDEN = Path(__file__).parent / "golden" / "force.txt"


@pytest.mark.parametrize("case", cases(GOLDEN), ids=lambda case: case.name)
def test_golden(case: Case) -> None:
    issuer, title, path = (part.strip() for part in case.given.split("|"))
    assert force_of(issuer, title, path).value == case.expected[0]
