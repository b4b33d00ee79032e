"""The routes beside the page: health, packs, headers, and whom they answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient
from streamlit.runtime import Runtime

from kb import decide
from kb.config import Settings
from kb.model import Scope
from kb.ui import assets, files, headers, health, server, session, shell

ROOT = Path(__file__).resolve().parents[2]
US = "http://127.0.0.1:8501"


def client_of(home: Path, monkeypatch: pytest.MonkeyPatch, *, raises: bool = True) -> TestClient:
    monkeypatch.setattr(assets, "_served", False)
    # As `kb serve` does: what reads settings without a request is of the same home.
    monkeypatch.setenv("KB_HOME", str(home))
    # To open a base on a busy machine may take longer than a balancer waits.
    monkeypatch.setattr(health, "LIMIT", 120.0)
    # Streamlit allows one a process; each of our servers in its own test is one.
    monkeypatch.setattr(Runtime, "_instance", None)
    app = server.create(Settings(home=home), ROOT / "app.py")
    return TestClient(app, base_url=US, raise_server_exceptions=raises)


@pytest.fixture
def client(home: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    return client_of(home, monkeypatch)


@pytest.mark.parametrize(
    "path", ["/", "/read", "/healthz", "/readyz", "/kb/page.css", "/_stcore/health"]
)
def test_every_answer_has_the_headers(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "connect-src 'self' ws://127.0.0.1:8501" in policy
    scripts = next(p for p in policy.split("; ") if p.startswith("script-src"))
    assert "unsafe" not in scripts
    assert "*" not in policy


@pytest.mark.parametrize("host", ["evil.example", "192.168.1.7", "127.0.0.1.evil.example"])
def test_another_name_for_this_machine_is_refused(client: TestClient, host: str) -> None:
    assert client.get("/healthz", headers={"host": host}).status_code == 400


def test_the_page_speaks_chinese_and_brings_its_own(client: TestClient) -> None:
    text = client.get("/").text
    assert '<html lang="zh-CN">' in text
    assert "<title>枢纽 · 办公室知识库</title>" in text
    assert "/kb/page.css" in text
    assert "enable JavaScript" not in text
    assert "SourceSans" not in text
    assert len(headers.digests(shell.shell())) == 1


def test_assets_are_served_by_name_only(client: TestClient) -> None:
    assert client.get("/kb/page.js").headers["content-type"].startswith("text/javascript")
    assert client.get("/kb/icon.svg").status_code == 200
    for name in ("..%2Fserver.py", "logo.svg.py", "nothing"):
        assert client.get(f"/kb/{name}").status_code in (400, 404)


def test_what_is_not_there_is_said_in_chinese(client: TestClient) -> None:
    answer = client.get("/nothing")
    assert answer.status_code == 404
    assert "没有这一页" in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_fault_of_ours_is_told_in_words(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> bytes:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(server, "pack_bytes", breaks)
    client = client_of(home, monkeypatch, raises=False)
    answer = client.get("/files/pack/one/a.pdf")
    assert answer.status_code == 500
    assert "没有料到" in answer.text
    assert "secret" not in answer.text


def test_a_pack_is_downloaded_by_id(client: TestClient, home: Path) -> None:
    base = session.opened(Settings(home=home)).base
    scope = session.scope()
    pack = decide.make(base, scope, topic="外借公章", questions=["谁批准"])
    decide.store(base.people, pack)
    answer = client.get(f"/files/pack/{pack.id}/外借公章.docx")
    assert answer.status_code == 200
    assert answer.content[:2] == b"PK"
    assert answer.headers["content-type"] == files.TYPES["docx"]
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E5%A4")
    page = client.get(f"/files/pack/{pack.id}/外借公章.html", params={"view": "1"})
    assert page.headers["content-disposition"].startswith("inline")
    assert "外借公章" in page.text


def test_an_unknown_pack_or_kind_of_file_is_not_found(client: TestClient) -> None:
    assert client.get("/files/pack/none/a.docx").status_code == 404
    assert client.get("/files/pack/none/a.exe").status_code == 404
    assert client.get("/files/pack/none/..%2F..%2Fpeople.sqlite").status_code in (400, 404)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("外借公章.docx", "外借公章.docx"),
        ("a/b\\c:d*e.PDF", "bcde.pdf"),
        ("\r\nX: y.html", "X y.html"),
        (".docx", None),
        ("a.exe", None),
        ("   .pdf", "参阅材料.pdf"),
        ("长" * 200 + ".pdf", "长" * 80 + ".pdf"),
    ],
)
def test_names_are_safe_everywhere(name: str, safe: str | None) -> None:
    assert files.safe_name(name) == safe


def test_results_are_kept_by_reader_and_bounded(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Else who asks is decided by whatever home an earlier test left named.
    monkeypatch.setenv("KB_HOME", str(home))
    opened = session.opened(Settings(home=home))
    everything = session.scope()
    nobody = Scope("他", everything.as_of, everything.kinds, frozenset())
    first = opened.results.search("公章", everything, 5)
    assert opened.results.search("公章", everything, 5) is first
    assert opened.results.search("公章", nobody, 5).hits == ()
    for number in range(300):
        opened.results.search(f"公章{number}", nobody, 1)
    assert len(opened.results) == 256


def test_suggestions_and_previews(client: TestClient) -> None:
    found = client.get("/suggest", params={"q": "印章"}).json()
    assert {"text": "云澜市公共事务管理局印章管理办法", "what": "文件"} in found
    shown = client.get("/preview", params={"id": "制度/印章管理办法.md#第三条第一款"}).json()
    assert shown["title"] == "《云澜市公共事务管理局印章管理办法》第三条第一款"
    assert "办公室是印章管理的主管部门" in shown["text"]
    assert client.get("/preview", params={"id": "没有.md#第一条"}).status_code == 404


@pytest.mark.parametrize(("form", "head"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK\x03\x04")])
def test_hits_as_a_table(client: TestClient, form: str, head: bytes) -> None:
    answer = client.get(f"/files/hits/x.{form}", params={"q": "外借公章", "kind": "regulation"})
    assert answer.status_code == 200
    assert answer.content.startswith(head)
    assert answer.headers["cache-control"] == "no-store"
    if form == "csv":
        said = answer.content.decode("utf-8-sig")
        assert "印章管理办法" in said
        assert "经验" not in {line.split('","')[5] for line in said.split("\r\n")[1:-1]}


def test_the_original_and_its_pages(client: TestClient, papers: Path) -> None:
    name = "制度/值班工作制度.pdf"
    answer = client.get("/files/original", params={"doc": name})
    assert answer.content == (papers / name).read_bytes()
    assert "attachment" in answer.headers["content-disposition"]
    page = client.get("/files/page", params={"doc": name, "pg": "2"})
    assert page.headers["content-type"] == "image/png"
    assert page.content.startswith(b"\x89PNG")
    assert client.get("/files/page", params={"doc": name, "pg": "99"}).status_code == 404
    assert client.get("/files/page", params={"doc": "制度/印章管理办法.md"}).status_code == 404
    for path in ("没有.md", "../../etc/passwd", "/etc/passwd", ""):
        assert client.get("/files/original", params={"doc": path}).status_code == 404


def test_an_original_that_changed_is_not_handed_out(client: TestClient, papers: Path) -> None:
    path = papers / "制度/公文处理办法.md"
    was = path.read_bytes()
    try:
        path.write_bytes(was + b" ")
        answer = client.get("/files/original", params={"doc": "制度/公文处理办法.md"})
    finally:
        path.write_bytes(was)
    assert answer.status_code == 404
    assert "重新入库" in answer.text


def test_the_inventory_as_a_table(client: TestClient) -> None:
    answer = client.get("/files/ledger/x.csv", params={"lk": "experience"})
    lines = answer.content.decode("utf-8-sig").split("\r\n")
    assert lines[0].startswith('"文件","状态","类型"')
    assert len(lines) == 2 + 2
