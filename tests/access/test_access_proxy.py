"""The nginx configuration that SECURITY.md names: valid, and it carries a sign-in by TLS."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from kb.config import load_settings
from kb.errors import ConfigError
from kb.ui.server import hosts

ROOT = Path(__file__).resolve().parents[2]


def test_nginx_takes_the_configuration(tmp_path: Path) -> None:
    nginx = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    openssl = shutil.which("openssl")
    if nginx is None or openssl is None:
        pytest.skip("nginx or openssl is not installed here")
    key, cert = tmp_path / "key.pem", tmp_path / "fullchain.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj",
         "/CN=kb.example.cn", "-keyout", str(key), "-out", str(cert)],
        check=True, capture_output=True,
    )  # fmt: skip
    text = (ROOT / "docs" / "nginx.conf").read_text("utf-8")
    text = text.replace("/etc/ssl/kb", str(tmp_path)).replace("listen 80;", "listen 18080;")
    text = text.replace("listen 443 ssl", "listen 18443 ssl")
    conf = tmp_path / "nginx.conf"
    conf.write_text(f"pid {tmp_path}/pid;\nerror_log stderr;\n{text}", "utf-8")
    done = subprocess.run(
        [nginx, "-t", "-c", str(conf), "-p", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "test is successful" in done.stderr


def test_the_public_name_is_answered_and_others_are_not(tmp_path: Path) -> None:
    settings = load_settings(tmp_path, env={"KB_PUBLIC_URL": "https://kb.example.cn"})
    assert "kb.example.cn" in hosts(settings)
    assert "*" not in hosts(load_settings(tmp_path, env={"KB_HOST": "0.0.0.0"}))


@pytest.mark.parametrize("url", ["kb.example.cn", "ftp://x", "https://x/y z", "https:///x"])
def test_a_wrong_public_address_is_named(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigError, match="public_url"):
        load_settings(tmp_path, env={"KB_PUBLIC_URL": url})
