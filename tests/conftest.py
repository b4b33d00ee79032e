"""What every test may use: the example papers, a home made of them, the shared data if there is."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, settings

from indexer.publish import Options, index
from kb.base import KnowledgeBase
from kb.config import Settings
from tests.support.canaries import Canary, home_of
from tests.support.postgres import Server, programs

ROOT = Path(__file__).resolve().parents[1]

# No timed assertion: a busy machine must not fail a property. Reproducible in CI.
settings.register_profile(
    "house",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=os.environ.get("CI") == "true",
)
settings.load_profile("house")


@pytest.fixture(autouse=True)
def main_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """The runner of Streamlit's tests puts app.py in the place of ``__main__``, and every worker
    that is spawned afterwards would import that."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The example papers, as they lie in the repository. Never written to."""
    return ROOT / "corpus"


@pytest.fixture(scope="session")
def corpus_home(corpus: Path, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A home with the example papers indexed, made once for all test processes. Read only."""
    shared = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        shared = shared.parent
    home = shared / "corpus-home"
    with FileLock(str(home) + ".lock"):
        if not (home / "ready").exists():
            report = index(Settings(home=home, workers=2), [corpus], Options())
            assert report.failed == []
            (home / "ready").touch()
    return home


@pytest.fixture(scope="session")
def canary_home(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Canary]]:
    """A home of papers with words that stand nowhere else. `tests/access` opens it (its log grows);
    others take a copy."""
    folder = tmp_path_factory.mktemp("金丝雀")
    return folder / "库", home_of(folder / "文件", folder / "库")


@pytest.fixture
def corpus_copy(corpus_home: Path, tmp_path: Path) -> Path:
    """A copy of that home, to do with as one likes."""
    return Path(shutil.copytree(corpus_home, tmp_path / "home"))


@pytest.fixture
def base(corpus_home: Path) -> Iterator[KnowledgeBase]:
    """The example papers, open."""
    with KnowledgeBase.open(Settings(home=corpus_home)) as opened:
        yield opened


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL on loopback; skipped with a reason where it is not installed."""
    folder = programs()
    if folder is None:
        if os.environ.get("KB_REQUIRE_ALL") == "1":
            pytest.fail("PostgreSQL is not installed: apt-get install postgresql")
        pytest.skip("PostgreSQL is not installed (Debian: postgresql)")
    server = Server(folder)
    yield server
    server.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def stored(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of an empty home whose catalogue lies in a file, or in PostgreSQL."""
    home = tmp_path / "家 目录"
    if request.param == "sqlite":
        return Settings(home=home)
    server: Server = request.getfixturevalue("postgres")
    return Settings(home=home, database_url=server.url(home))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real law texts and judged questions, which only the developers' machines have."""
    folder = Path(os.environ.get("KB_TEST_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no shared data at {folder}: set KB_TEST_DATA")
    return folder
