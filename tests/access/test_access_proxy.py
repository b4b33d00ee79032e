"""The nginx configuration that SECURITY.md names: valid, and it carries a sign-in by TLS."""

from __future__ import annotations

import http.client
import os
import re
import shutil
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

ROOT = Path(__file__).resolve().parents[2]


HOST = "kb.example.cn"
SECRET = "Wen.Jian-77"


@pytest.fixture(scope="module")
def nginx() -> str:
    """Where nginx is; with openssl, for a certificate."""
    found = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if found is None or shutil.which("openssl") is None:
        pytest.skip("nginx or openssl is not installed here")
    return found


def configured(folder: Path, *, http: int, https: int, page: int) -> Path:
    """The shipped configuration with ports and files of a test."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj",
         f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}", "-keyout",
         str(folder / "key.pem"), "-out", str(folder / "fullchain.pem")],
        check=True, capture_output=True,
    )  # fmt: skip
    text = (ROOT / "docs" / "nginx.conf").read_text("utf-8")
    for was, now in (
        ("/etc/ssl/kb", str(folder)),
        ("listen 80;", f"listen 127.0.0.1:{http};"),
        ("listen 443 ssl", f"listen 127.0.0.1:{https} ssl"),
        ("127.0.0.1:8501", f"127.0.0.1:{page}"),
    ):
        assert was in text
        text = text.replace(was, now)
    conf = folder / "nginx.conf"
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    text = text.replace("http {\n", f"http {{\naccess_log off;\n{temporary}", 1)
    conf.write_text(f"pid {folder}/pid;\nerror_log stderr;\n{text}", "utf-8")
    return conf


def free_port() -> int:
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])


def test_nginx_takes_the_configuration(nginx: str, tmp_path: Path) -> None:
    conf = configured(tmp_path, http=free_port(), https=free_port(), page=8501)
    done = subprocess.run(
        [nginx, "-t", "-c", str(conf), "-p", str(tmp_path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "test is successful" in done.stderr


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
    conf = configured(folder, http=plain, https=secure, page=page)
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
