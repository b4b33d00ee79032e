"""The files for a cluster (`docs/cluster/`): they parse, name what exists, keep to loopback, and
nginx keeps who has signed in with one page server while that lives. Docker and Kubernetes
themselves are not tried: they are not here."""

from __future__ import annotations

import http.client
import re
import ssl
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import fields
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from kb.config import Settings, load_settings
from tests.support.nginx import HOST, configured, program, taken
from tests.support.postgres import free_port

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "cluster"
SETTINGS = {f"KB_{field.name.upper()}" for field in fields(Settings)}
PINNED = re.compile(r"(v|RELEASE\.)?\d+[.\d-]*\d[\w.-]*")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((FOLDER / "compose.yaml").read_text("utf-8")))


@pytest.fixture(scope="module")
def values() -> dict[str, Any]:
    return dict(yaml.safe_load((FOLDER / "milvus-values.yaml").read_text("utf-8")))


# -- compose ---------------------------------------------------------------------------------


def test_what_runs(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert set(services) == {
        "page-1", "page-2", "indexer", "nginx", "postgres", "milvus", "etcd", "minio",
    }  # fmt: skip
    for name, service in services.items():
        assert service["restart"] == "unless-stopped", name
        for volume in service["volumes"]:
            named = volume.partition(":")[0]
            assert named in compose["volumes"] or named[0] in "./$", volume
        for other in service.get("depends_on", ()):
            assert other in services


def test_every_image_has_a_version(compose: dict[str, Any], values: dict[str, Any]) -> None:
    images = [service["image"] for service in compose["services"].values()]
    images += re.findall(r"^FROM (\S+)", (FOLDER / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    found = [values["image"]["all"], values["etcd"]["image"], values["minio"]["image"]]
    images += [f"{one.get('repository', 'minio')}:{one['tag']}" for one in found]
    for image in images:
        assert PINNED.fullmatch(image.partition(":")[2]), image
    said = compose["services"]["page-1"]["image"].partition(":")[2]
    assert f'version = "{said}"' in (ROOT / "pyproject.toml").read_text("utf-8")
    # Tried together with nothing else here: one version of each in both files.
    assert values["image"]["all"]["tag"] in compose["services"]["milvus"]["image"]
    assert values["etcd"]["image"]["tag"] in compose["services"]["etcd"]["image"]
    assert values["minio"]["image"]["tag"] in compose["services"]["minio"]["image"]


def test_every_setting_is_one_of_the_programs_own(compose: dict[str, Any], tmp_path: Path) -> None:
    for name in ("page-1", "page-2", "indexer"):
        environment = compose["services"][name]["environment"]
        assert set(environment) <= SETTINGS
        filled = {key: re.sub(r"\$\{[^}]*\}", "x", value) for key, value in environment.items()}
        filled["KB_PUBLIC_URL"] = "https://kb.example.cn"
        filled["KB_HOME"] = str(tmp_path)
        read = load_settings(env=filled)
        assert (read.engine, read.host, read.login) == ("milvus", "127.0.0.1", "required")
        assert read.database_url.endswith("@127.0.0.1:5432/kb")
    asked = [compose["services"][f"page-{n}"]["environment"]["KB_PORT"] for n in (1, 2)]
    text = (FOLDER / "nginx.conf").read_text("utf-8")
    assert asked == re.findall(r"server 127\.0\.0\.1:(\d+) ", text)


def test_what_is_named_in_prose_is_a_setting_too() -> None:
    for path in (ROOT / "docs" / "cluster.md", *FOLDER.iterdir()):
        named = set(re.findall(r"\bKB_[A-Z_]*[A-Z]\b", path.read_text("utf-8")))
        # These two come with the page servers' own change.
        assert named <= SETTINGS | {"KB_METRICS_TOKEN", "KB_INDEX_WAIT_SECONDS"}, path


def test_every_port_is_on_loopback(compose: dict[str, Any]) -> None:
    open_ports = []
    for name, service in compose["services"].items():
        if service.get("network_mode") == "host":
            assert name in {"page-1", "page-2", "indexer", "nginx"}
            assert "KB_HOST" not in service.get("environment", {})
            assert "ports" not in service
        for port in service.get("ports", ()):
            assert port.startswith("127.0.0.1:"), f"{name}: {port}"
            open_ports.append(port)
    assert len(open_ports) == 2


def test_every_secret_is_asked_for(compose: dict[str, Any]) -> None:
    text = (FOLDER / "compose.yaml").read_text("utf-8")
    wanted = set(re.findall(r"\$\{([A-Z_]+)", text))
    example = dict(
        line.split("=", 1)
        for line in (FOLDER / "env.example").read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    )
    assert set(example) == wanted
    assert not [name for name in example if "PASSWORD" in name and example[name]]
    # None has a default: compose refuses to start without it.
    assert not re.findall(r"\$\{[A-Z_]+\}|\$\{[A-Z_]+:?-", text)


# -- Helm ------------------------------------------------------------------------------------


def gigabytes(size: str) -> float:
    return int(size.removesuffix("Gi")) * 2**30 / 1e9


def test_the_values_are_sized_as_the_figures_say(values: dict[str, Any]) -> None:
    told = (ROOT / "docs" / "engines.md").read_text("utf-8")
    memory = re.search(r"memory of query nodes\*\*.*?\| (\d+) / \d+ GB", told)
    disk = re.search(r"disk, as milvus-lite takes it.*?\| (\d+) GB", told)
    assert memory
    assert disk
    nodes = values["queryNode"]
    each = gigabytes(nodes["resources"]["limits"]["memory"])
    # With one node away two thirds of the memory of the others still hold it all.
    assert (nodes["replicas"] - 1) * each * 2 / 3 >= int(memory[1])
    assert 4 * gigabytes(values["minio"]["persistence"]["size"]) / 2 >= int(disk[1]) * 1.5
    for name in ("proxy", "mixCoordinator", "dataNode", "streamingNode"):
        assert values[name]["replicas"] >= 2
    assert yaml.safe_load(values["extraConfigFiles"]["user.yaml"])
    assert values["service"]["type"] == "ClusterIP"


# -- nginx -----------------------------------------------------------------------------------


class Page(BaseHTTPRequestHandler):
    """Stands in for a page server: says which one it is."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        said = str(self.server.server_address[1]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: object) -> None:
        pass


class Pair:
    """nginx as shipped in front of two of them."""

    def __init__(self, nginx: str, folder: Path) -> None:
        self.folder = folder
        self.pages = [ThreadingHTTPServer(("127.0.0.1", 0), Page) for _ in range(2)]
        for page in self.pages:
            page.daemon_threads = True
            threading.Thread(target=page.serve_forever, daemon=True).start()
        ports = {8501 + n: page.server_address[1] for n, page in enumerate(self.pages)}
        self.port = free_port()
        made = {"http": free_port(), "https": self.port, "pages": ports}
        self.conf = configured(FOLDER / "nginx.conf", folder, **made)
        assert "test is successful" in taken(nginx, self.conf)
        self.proxy = subprocess.Popen(
            [nginx, "-c", str(self.conf), "-p", str(folder), "-g", "daemon off;"],
            stderr=subprocess.DEVNULL,
        )
        self.trust = ssl.create_default_context(cafile=str(folder / "fullchain.pem"))
        self.trust.check_hostname = False

    def ask(self, path: str = "/", session: str = "") -> tuple[int, str]:
        """Status and which page server."""
        call = http.client.HTTPSConnection("127.0.0.1", self.port, context=self.trust, timeout=30)
        headers = {"Host": HOST} | ({"Cookie": f"kb_session={session}"} if session else {})
        call.request("GET", path, headers=headers)
        answer = call.getresponse()
        said = answer.status, answer.read().decode()
        call.close()
        return said

    def end(self, page: ThreadingHTTPServer) -> None:
        page.shutdown()
        page.server_close()

    def close(self) -> None:
        self.proxy.terminate()
        self.proxy.wait(30)
        for page in self.pages:
            self.end(page)


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    made = Pair(program(), tmp_path)
    for _ in range(200):
        try:
            made.ask()
            break
        except ConnectionRefusedError:
            threading.Event().wait(0.05)
    yield made
    made.close()


def test_who_has_signed_in_stays_until_his_server_is_gone(pair: Pair) -> None:
    at = {f"s{n}": pair.ask(session=f"s{n}") for n in range(24)}
    assert {status for status, _ in at.values()} == {200}
    assert len({page for _, page in at.values()}) == 2
    assert all(pair.ask(session=who) == was for who, was in at.items())
    assert len({pair.ask() for _ in range(6)}) == 1, "without a session by the address"
    lost, left = pair.pages
    pair.end(lost)
    port = str(left.server_address[1])
    assert {pair.ask(session=who) for who in at} == {(200, port)}


def test_what_is_not_for_outside(pair: Pair) -> None:
    assert pair.ask("/metrics")[0] == 404
    assert pair.ask("/readyz")[0] == 200
    assert 429 in {pair.ask("/login")[0] for _ in range(20)}
