"""schemathesis over openapi.json, in a process of its own against a server on loopback: what it
sends must never be a fault, and every answer must be as described."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from kb.api import app
from kb.api.limits import Rate
from kb.api.openapi import description
from tests.api.conftest import Api
from tests.support.doors import OLD

pytestmark = pytest.mark.xdist_group("api")

# «few» leaves out the phases that try every boundary of every parameter and every sequence.
SIZES = {
    "few": ("--phases", "examples,fuzzing", "--max-examples", "3"),
    "many": ("--max-examples", "200"),
}
MISSING = "schemathesis is not installed: python -m pip install -e '.[dev]'"


def here() -> bool:
    """Whether the program can be run; not imported, as it would bring its pytest plugin."""
    asked = [sys.executable, "-m", "schemathesis.cli", "--version"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


@pytest.fixture
def url(api: Api, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The application on a free port of this machine."""
    monkeypatch.setattr(api.door, "_rate", Rate(10**9))
    # Examples that are there: what is sent starts from them, and does not end at «not found».
    real = {"/v1/documents/{id}": OLD, "/v1/provisions/{id}": f"{OLD}#第一条"}
    real |= {f"/v1/packs/{{number}}{tail}": api.packs[1] for tail in ("", "/file")}
    said = description()
    for path, example in real.items():
        said["paths"][path]["get"]["parameters"][0]["example"] = example
    monkeypatch.setattr(app, "description", lambda: said)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        config = uvicorn.Config(app.create(api.door), log_level="error", lifespan="off", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        until = time.monotonic() + 30
        while not server.started and time.monotonic() < until:
            time.sleep(0.05)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(30)


def fuzz(url: str, token: str, size: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run", f"{url}/openapi.json"),
            *("--header", f"Authorization: Bearer {token}"),
            *(*SIZES[size], "--seed", "2026", "--checks", "all"),
            *("--generation-database", "none", "--no-color", "--no-shrink"),
            # A busy machine is no fault of what is tested.
            *("--suppress-health-check", "all", "--request-timeout", "120"),
        ],
        capture_output=True,
        text=True,
        cwd=folder,
        env=os.environ | {"NO_PROXY": "127.0.0.1", "PYTHONWARNINGS": "ignore"},
        check=False,
    )


@pytest.mark.parametrize("size", ["few", pytest.param("many", marks=pytest.mark.soak)])
def test_whatever_is_sent_is_answered_as_described(
    api: Api, url: str, size: str, tmp_path: Path
) -> None:
    if not here():
        assert os.environ.get("KB_REQUIRE_ALL") != "1", MISSING
        pytest.skip(MISSING)
    done = fuzz(url, api.tokens["anna"], size, tmp_path)
    assert done.returncode == 0, done.stdout[-12000:] + done.stderr[-2000:]
