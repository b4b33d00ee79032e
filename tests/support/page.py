"""A real browser and a real server, for tests of the page and for its photographs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright, expect

ROOT = Path(__file__).resolve().parents[2]
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# On a busy machine a script run takes seconds; what is wrong is wrong after half a minute too.
expect.set_options(timeout=30_000)
NAMES = ("chromium", "chromium-browser", "google-chrome")


def browser_path() -> str | None:
    """``KB_CHROMIUM``, or the first Chromium on PATH."""
    if named := os.environ.get("KB_CHROMIUM"):
        return shutil.which(named)
    return next(filter(None, map(shutil.which, NAMES)), None)


def launch(playwright: Playwright, chromium: str) -> Browser:
    """The system's Chromium, quiet: it asks nobody for updates."""
    return playwright.chromium.launch(executable_path=chromium, args=SWITCHES)


def ready(page: Page, selector: str) -> None:
    """Wait for something of a view, for the script run to be over and each widget drawn."""
    page.locator(selector).first.wait_for(timeout=60_000)
    page.locator("[data-test-script-state=notRunning]").wait_for(timeout=60_000)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=60_000)


@contextmanager
def serving(home: Path, *, index: bool) -> Iterator[str]:
    """``kb serve`` over a home, on a free port; gives the address. ``index``: corpus/ first."""
    kb = [sys.executable, "-m", "kb", "--home", str(home)]
    if index:
        subprocess.run([*kb, "index", str(ROOT / "corpus")], cwd=ROOT, check=True)
    server = subprocess.Popen(
        [*kb, "serve", "--port", "8631"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        said = server.stdout.readline()
        found = re.search(r"http://\S+?:\d+", said)
        assert found, f"the server said {said!r}"
        yield found.group()
    finally:
        server.terminate()
        server.wait(timeout=20)
        if server.stdout is not None:
            server.stdout.close()
