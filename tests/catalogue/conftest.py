from __future__ import annotations

from pathlib import Path

import pytest

from kb.config import Settings
from tests.support.postgres import Server

PAPERS = {
    "印章.md": "# 印章管理办法\n\n第一条　外借公章须经局长批准。\n\n第二条　依照第一条办理。\n",
    "档案.md": "# 档案管理办法\n\n第一条　档案由办公室统一保管。\n",
}


@pytest.fixture
def there(postgres: Server, tmp_path: Path) -> Settings:
    home = tmp_path / "库"
    return Settings(home=home, database_url=postgres.url(home), workers=1)


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    folder = tmp_path / "制度"
    folder.mkdir()
    for name, words in PAPERS.items():
        (folder / name).write_text(words, encoding="utf-8")
    return folder
