"""What is restored is what was backed up, and lies nowhere but in the home."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from kb.catalogue import backup
from kb.config import Settings
from kb.errors import CatalogueError


@pytest.mark.parametrize("name", ["../外面.txt", "/tmp/外面.txt", "a/../../外面.txt"])
def test_an_archive_that_climbs_out_is_refused(tmp_path: Path, name: str) -> None:
    archive = tmp_path / "坏.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr(name, b"x")
        told = {"files": {name: hashlib.sha256(b"x").hexdigest()}}
        made.writestr(backup.LIST, json.dumps(told))
    with pytest.raises(CatalogueError, match="越界"):
        backup.restore(Settings(home=tmp_path / "深" / "库"), archive, force=True)
    assert not list(tmp_path.rglob("外面.txt"))
    assert not Path("/tmp/外面.txt").exists()
    assert not (tmp_path / "深" / "库" / "people.sqlite").exists()
