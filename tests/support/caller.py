"""A browser's side of the door without a browser: signs in by the form, keeps its cookies."""

from __future__ import annotations

import http.client
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Caller:
    """One person at one or more servers of one base: cookies go with him, as behind a proxy."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, path: str, body: str = "") -> tuple[int, str]:
        """Status and text. ``body``: a form, posted."""
        host = f"127.0.0.1:{self.port}"
        headers = {"Host": host, "Origin": f"http://{host}", "Cookie": self.cookie}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        call = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            call.request("POST" if body else "GET", path, body or None, headers)
            answer = call.getresponse()
            for line in answer.headers.get_all("set-cookie") or []:
                name, _, value = line.partition(";")[0].partition("=")
                self.cookies[name] = value
            return answer.status, answer.read().decode("utf-8", "replace")
        finally:
            call.close()

    @property
    def cookie(self) -> str:
        """As a header carries them."""
        return "; ".join(f"{k}={v}" for k, v in self.cookies.items() if v)

    def sign_in(self, name: str, password: str) -> None:
        """By the form."""
        self._fill("/login", name=name, password=password, next="/")

    def sign_out(self) -> None:
        """By the form."""
        self._fill("/logout")

    def _fill(self, door: str, **fields: str) -> None:
        mark = re.search(r'name="form" value="([^"]+)"', self.ask(door)[1])
        assert mark, f"the form at {door} has no mark"
        status, text = self.ask(door, urlencode(fields | {"form": mark[1]}))
        assert status == 303, text

    def hits(self, query: str) -> tuple[int, str]:
        """The search's table, as it is taken away."""
        return self.ask(f"/files/hits/x.csv?q={quote(query)}")


@contextmanager
def page_server(home: Path, port: int, env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """``kb serve`` in a process of its own, once its page can be opened."""
    process = start(home, port, env)
    try:
        yield process
    finally:
        stop(process)


def start(home: Path, port: int, env: dict[str, str]) -> subprocess.Popen[str]:
    """Start ``kb serve`` and wait until it says where it is."""
    command = [sys.executable, "-m", "kb", "--home", str(home), "serve", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=env)
    assert process.stdout is not None
    if f":{port}" not in (said := process.stdout.readline()):
        stop(process)
        raise RuntimeError(f"the server said {said!r}")
    return process


def stop(process: subprocess.Popen[str]) -> None:
    """End it, whatever state it is in."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(30)
    if process.stdout is not None:
        process.stdout.close()
