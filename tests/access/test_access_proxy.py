"""The nginx configuration that SECURITY.md names: valid, and it carries a sign-in by TLS."""

from __future__ import annotations

import http.client
import os
import re
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from kb.access.accounts import Person
from kb.access.keeper import Keeper
from kb.access.policy import Role
from kb.config import Settings, load_settings
from kb.errors import ConfigError
from kb.ui.server import hosts
from tests.support.nginx import HOST, configured, program, taken
from tests.support.postgres import free_port

ROOT = Path(__file__).resolve().parents[2]

SHIPPED = ROOT / "docs" / "nginx.conf"
SECRET = "Wen.Jian-77"


@pytest.fixture(scope="module")
def nginx() -> str:
    return program()


def test_nginx_takes_the_configuration(nginx: str, tmp_path: Path) -> None:
    made = {"http": free_port(), "https": free_port()}
    conf = configured(SHIPPED, tmp_path, **made, pages={8501: 8501})
    assert "test is successful" in taken(nginx, conf)


class Asked:
    """A browser's side of TLS: the certificate is checked, the cookies are kept."""

    def __init__(self, folder: Path, port: int) -> None:
        self.port = port
        self.trust = ssl.create_default_context(cafile=str(folder / "fullchain.pem"))
        self.cookies: dict[str, str] = {}
        self.set: list[str] = []

    def _open(self) -> ssl.SSLSocket:
        raw = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        return self.trust.wrap_socket(raw, server_hostname=HOST)

    def ask(self, method: str, path: str, body: str = "", **more: str) -> tuple[int, str, str]:
        """Status, location, text."""
        headers = {"Accept": "text/html", "Origin": f"https://{HOST}", **self._cookie(), **more}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        call = http.client.HTTPConnection(HOST)
        call.sock = self._open()
        call.request(method, path, body or None, headers)
        answer = call.getresponse()
        self.set = answer.headers.get_all("set-cookie") or []
        for line in self.set:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        text = answer.read().decode("utf-8", "replace")
        self.headers = answer.headers
        call.close()
        return answer.status, answer.headers.get("location", ""), text

    def socket_status(self, *, signed_in: bool = True, origin: str = f"https://{HOST}") -> int:
        """What the page's websocket is answered with."""
        lines = [
            "GET /_stcore/stream HTTP/1.1", f"Host: {HOST}", "Connection: Upgrade",
            "Upgrade: websocket", "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", f"Origin: {origin}",
        ]  # fmt: skip
        if signed_in:
            lines.append(f"Cookie: {self._cookie()['Cookie']}")
        with self._open() as over:
            over.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
            return int(over.recv(64).split()[1])

    def _cookie(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items() if v)}


@pytest.fixture
def behind(nginx: str, aviary_copy: Path, tmp_path: Path) -> Iterator[tuple[Asked, int]]:
    """``kb serve`` with an account behind nginx with TLS; the port of plain http too."""
    keeper = Keeper(Settings(home=aviary_copy))
    keeper.accounts.add(Person("anna", Role.READER, departments=None), SECRET)
    keeper.close()
    folder = tmp_path / "nginx"
    folder.mkdir()
    page, plain, secure = free_port(), free_port(), free_port()
    conf = configured(SHIPPED, folder, http=plain, https=secure, pages={8501: page})
    served = subprocess.Popen(
        [sys.executable, "-m", "kb", "--home", str(aviary_copy), "serve", "--port", str(page)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "KB_PUBLIC_URL": f"https://{HOST}"},
    )  # fmt: skip
    proxy = subprocess.Popen(
        [nginx, "-c", str(conf), "-p", str(folder), "-g", "daemon off;"], stderr=subprocess.DEVNULL
    )
    try:
        assert served.stdout is not None
        assert str(page) in served.stdout.readline()
        yield Asked(folder, secure), plain
    finally:
        for one in (proxy, served):
            one.terminate()
            one.wait(timeout=30)
        if served.stdout is not None:
            served.stdout.close()


def test_a_sign_in_and_the_websocket_through_nginx(behind: tuple[Asked, int]) -> None:
    asked, plain = behind
    call = http.client.HTTPConnection("127.0.0.1", plain, timeout=60)
    call.request("GET", "/read?doc=x", headers={"Host": HOST})
    moved = call.getresponse()
    assert (moved.status, moved.headers["location"]) == (301, f"https://{HOST}/read?doc=x")
    call.close()

    assert asked.ask("GET", "/?q=x")[:2] == (303, "/login?next=%2F%3Fq%3Dx")
    assert asked.headers["strict-transport-security"] == "max-age=31536000"
    assert asked.socket_status(signed_in=False) == 403
    status, _, text = asked.ask("GET", "/login")
    mark = re.search(r'name="form" value="([^"]+)"', text)
    assert (status, mark is not None) == (200, True)
    assert mark
    form = urlencode({"name": "anna", "password": SECRET, "form": mark[1], "next": "/?q=x"})
    assert asked.ask("POST", "/login", form, Origin="https://evil.example")[0] == 400
    mark = re.search(r'name="form" value="([^"]+)"', asked.ask("GET", "/login")[2])
    assert mark
    form = urlencode({"name": "anna", "password": SECRET, "form": mark[1], "next": "/?q=x"})
    assert asked.ask("POST", "/login", form)[:2] == (303, "/?q=x")
    kept = next(line for line in asked.set if line.startswith("kb_session="))
    assert "Secure" in kept
    assert "HttpOnly" in kept
    assert asked.ask("GET", "/suggest?q=x")[0] == 200
    assert asked.socket_status() == 101
    assert asked.socket_status(origin="https://evil.example") == 403
    # A name that is not the page's own is not answered, whatever the proxy hands on.
    assert asked.ask("GET", "/healthz", Host="evil.example")[0] == 400
    # Guessing is slowed down before the program sees it.
    assert 429 in {asked.ask("GET", "/login")[0] for _ in range(20)}


def test_the_public_name_is_answered_and_others_are_not(tmp_path: Path) -> None:
    settings = load_settings(tmp_path, env={"KB_PUBLIC_URL": "https://kb.example.cn"})
    assert "kb.example.cn" in hosts(settings)
    assert "*" not in hosts(load_settings(tmp_path, env={"KB_HOST": "0.0.0.0"}))


@pytest.mark.parametrize("url", ["kb.example.cn", "ftp://x", "https://x/y z", "https:///x"])
def test_a_wrong_public_address_is_named(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigError, match="public_url"):
        load_settings(tmp_path, env={"KB_PUBLIC_URL": url})
