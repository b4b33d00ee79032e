"""Alive, ready, and in numbers: what a server says of itself, to whom, and what it never says."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient
from streamlit.runtime import Runtime

from kb.base import KnowledgeBase
from kb.catalogue import Doors
from kb.config import Settings, load_settings
from kb.errors import ConfigError, EngineError
from kb.model import Scope
from kb.ui import assets, health, keepers, server, session

ROOT = Path(__file__).resolve().parents[2]
US = "http://127.0.0.1:8501"
HERE = ("127.0.0.1", 5000)
TOKEN = "f00dfacef00dfacef00dface"
ASKED = "外借公章须经谁批准才算数"

Make = Callable[..., TestClient]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """A server of a home, and a client of it on this machine."""

    # To open a base on a busy machine may take longer than a balancer waits.
    monkeypatch.setattr(health, "LIMIT", 120.0)

    def make(home: Path, *, of: tuple[str, int] = HERE, **more: object) -> TestClient:
        monkeypatch.setattr(assets, "_served", False)
        monkeypatch.setenv("KB_HOME", str(home))
        monkeypatch.setattr(Runtime, "_instance", None)
        app = server.create(replace(Settings(home=home), **more), ROOT / "app.py")
        return TestClient(app, base_url=US, client=of)

    yield make
    session.close_all()
    keepers.close_all()


@pytest.fixture
def mine(untouched: Path, tmp_path: Path) -> Path:
    """A home that a test may break."""
    return Path(shutil.copytree(untouched, tmp_path / "库"))


def numbers(client: TestClient, **headers: str) -> dict[tuple[str, ...], float]:
    """Every sample: its name and labels, and the number."""
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200, answer.text
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_a_sound_server_is_alive_and_ready(serve: Make, home: Path) -> None:
    client = serve(home)
    assert client.get("/healthz").json() == {"status": "ok"}
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "generation": 1})
    assert answer.headers["cache-control"] == "no-store"


def test_without_an_index_it_is_alive_and_not_ready(serve: Make, tmp_path: Path) -> None:
    client = serve(tmp_path)
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "kb index" in answer.text
    assert str(tmp_path) not in answer.text


def test_which_part_is_missing_is_said_without_where_it_lies(
    serve: Make, mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "KEPT", 0.0)
    client = serve(mine)
    assert client.get("/readyz").status_code == 200
    away = EngineError("Milvus http://10.0.0.7:19530 连不上")

    def gone(_: KnowledgeBase) -> None:
        raise away

    with monkeypatch.context() as during:
        during.setattr(KnowledgeBase, "snapshot", gone)
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert [(m["part"], m["message"]) for m in answer.json()["missing"]] == [
        ("index", "索引服务没有回答")
    ]
    assert "10.0.0.7" not in answer.text
    # The catalogue: another table where the rows were.
    with session.opened(Settings(home=mine)).base._catalogue._people.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE alembic_version RENAME TO other")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert [m["part"] for m in answer.json()["missing"]] == ["catalogue"]
    assert "sqlite" not in answer.text
    assert str(mine) not in answer.text
    assert client.get("/healthz").status_code == 200


def test_a_part_that_hangs_holds_up_nobody(
    serve: Make, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hang, looks = threading.Event(), []

    def slow(doors: Doors) -> None:
        looks.append(doors)
        hang.wait(30)

    monkeypatch.setattr(health, "LIMIT", 0.05)
    monkeypatch.setattr(Doors, "answers", slow)
    client = serve(home)
    for _ in range(5):
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert "没有回答" in answer.text
    assert len(looks) == 1, "each asker added a look to what hangs already"
    assert numbers(client)["shuniu_ready", "catalogue"] == 0
    hang.set()


def test_questions_are_counted_and_not_told(serve: Make, home: Path) -> None:
    client = serve(home)
    before = numbers(client)
    for _ in range(3):
        assert client.get(f"/files/hits/x.csv?q={ASKED}").status_code == 200
    mine = session.opened(Settings(home=home)).base
    assert mine.search(ASKED, Scope.everything(as_of=None)).hits
    after = numbers(client)

    def more(*key: str) -> float:
        return after[key] - before[key]

    # Once by the route; what the program asks of the base by itself is nobody's question.
    assert more("shuniu_queries_total", "found") == 1
    assert more("shuniu_queries_total", "kept") == 2
    assert more("shuniu_query_seconds_count") == 1
    assert more("shuniu_query_seconds_sum") > 0
    assert after["shuniu_index_generation",] == 1
    assert after["shuniu_index_age_seconds",] > 0
    assert (after["shuniu_ready", "catalogue"], after["shuniu_ready", "index"]) == (1, 1)
    assert more("shuniu_http_responses_total", "200") >= 2
    text = client.get("/metrics").text
    assert not [word for word in (ASKED, "公章", str(home), "demo", "files/hits") if word in text]


def test_a_fault_of_ours_is_counted_and_a_reader_s_own_is_not(
    serve: Make, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = serve(home)

    def failed() -> dict[str, float]:
        return {key[1]: n for key, n in numbers(client).items() if key[0] == "shuniu_errors_total"}

    before = failed()
    assert client.get("/preview?id=没有.md%23第一条").status_code == 404
    assert failed() == before

    def torn(*_: object, **__: object) -> None:
        raise EngineError("x")

    monkeypatch.setattr(KnowledgeBase, "provision", torn)
    assert client.get("/preview?id=a.md%23第一条").status_code == 503
    after = failed()
    assert {kind: after[kind] - before[kind] for kind in after if after[kind] != before[kind]} == {
        "EngineError": 1
    }


@pytest.mark.parametrize(
    "headers",
    [
        {"x-forwarded-for": "127.0.0.1"},
        {"forwarded": "for=127.0.0.1"},
        {"x-real-ip": "127.0.0.1"},
        {"host": "kb.example.cn"},
    ],
)
def test_without_a_token_only_this_machine_reads(
    serve: Make, home: Path, headers: dict[str, str]
) -> None:
    client = serve(home, public_url="https://kb.example.cn")
    assert client.get("/metrics").status_code == 200
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 403
    assert "KB_METRICS_TOKEN" in answer.text
    assert serve(home, of=("10.0.0.8", 5000)).get("/metrics").status_code == 403


def test_with_a_token_it_is_asked_of_everybody(serve: Make, home: Path) -> None:
    client = serve(home, of=("10.0.0.8", 5000), metrics_token=TOKEN)
    right = f"Bearer {TOKEN}"
    # What gathers knows a server by its address; that opens no other page.
    assert numbers(client, authorization=right, host="10.0.0.5:8501")
    assert client.get("/healthz", headers={"host": "10.0.0.5:8501"}).status_code == 400
    for wrong in ("", TOKEN, "Bearer ", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer 令牌"):
        answer = client.get("/metrics", headers={"authorization": wrong.encode()})
        assert answer.status_code == 401, wrong
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert "shuniu_" not in answer.text
    assert serve(home, metrics_token=TOKEN).get("/metrics").status_code == 401


def test_a_token_that_can_be_guessed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="metrics_token"):
        load_settings(tmp_path, env={"KB_METRICS_TOKEN": "short"})
    kept = load_settings(tmp_path, env={"KB_METRICS_TOKEN": TOKEN})
    assert TOKEN not in repr(kept)
    assert "KB_METRICS_TOKEN" not in os.environ
