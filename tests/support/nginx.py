"""The nginx configurations that are shipped, with ports and files of a test."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

HOST = "kb.example.cn"


def program() -> str:
    """Where nginx is; with openssl, for a certificate. Skipped with a reason without them."""
    found = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if found is None or shutil.which("openssl") is None:
        pytest.skip("nginx or openssl is not installed here")
    return found


def configured(
    shipped: Path, folder: Path, *, http: int, https: int, pages: Mapping[int, int]
) -> Path:
    """A shipped configuration, all of it in ``folder``; ``pages``: a port in it → the test's."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj",
         f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}", "-keyout",
         str(folder / "key.pem"), "-out", str(folder / "fullchain.pem")],
        check=True, capture_output=True,
    )  # fmt: skip
    text = shipped.read_text("utf-8")
    for was, now in (
        ("/etc/ssl/kb", str(folder)),
        ("listen 80;", f"listen 127.0.0.1:{http};"),
        ("listen 443 ssl", f"listen 127.0.0.1:{https} ssl"),
        *((f"127.0.0.1:{port}", f"127.0.0.1:{its}") for port, its in pages.items()),
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


def taken(nginx: str, conf: Path) -> str:
    """What ``nginx -t`` says of it; fails where that is not «successful»."""
    done = subprocess.run(
        [nginx, "-t", "-c", str(conf), "-p", str(conf.parent)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stderr
