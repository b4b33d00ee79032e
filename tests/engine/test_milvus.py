"""Milvus beyond the contract: rows that were acknowledged and lost, a server that is killed while
it is written to and asked, a writer that dies, a whole run with PostgreSQL, and what is said."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from engine_support import ALL, entry, ids, opened, publish, unit

from indexer.publish import Options, index, rollback
from kb.base import KnowledgeBase
from kb.cli import main
from kb.config import Settings
from kb.engine import open_engine
from kb.engine.milvus import meta, reader, writer
from kb.engine.milvus.compile import compiled
from kb.engine.milvus.encode import key, read, spelt, term_of, token
from kb.engine.milvus.match import any_of
from kb.engine.milvus.meta import Meta
from kb.engine.milvus.server import Server
from kb.engine.query import And, Everything, Field, Not, Or, Pattern, Phrase, Prefix, Term
from kb.errors import ConfigError, EngineError, IndexCorrupt, NotFound
from kb.model import Scope
from tests.support.cut import Network
from tests.support.milvus import Lite, forget, lite
from tests.support.postgres import Server as Postgres

W = Field.WORDS
MANY = [entry(f"p{i:04d}", f"w{i % 7} w{i % 11} x{i} common") for i in range(300)]


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Settings]:
    made = lite().settings(tmp_path)
    yield made
    forget(made)


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lite]:
    """A server that may be killed; a busy machine may take long to start it again."""
    lite()  # or skipped
    monkeypatch.setattr("kb.engine.milvus.server.PAUSES", (0.5,) * 300)
    monkeypatch.setattr("kb.engine.milvus.server.PATIENCE", 600.0)
    made = Lite()
    yield made
    made.close()


def collections(settings: Settings) -> list[int]:
    with closing(Server(settings)) as server:
        return Meta(server).numbers()


# -- how things are spelt ----------------------------------------------------------------------


@pytest.mark.parametrize("term", ["合同", "c++", "A", "a", "𠮷", "\U0010ffff", "", "\udce9", "\0"])
def test_a_term_comes_back_from_its_token(term: str) -> None:
    made = token(W, term)
    assert term_of(made) == term
    assert made.isalnum() or not term
    assert made == made.lower()


@pytest.mark.parametrize("one", ["a\\b", "\udcff.md#第一条", "\\udcff", "\\\\", "😀", "\\0041"])
def test_an_id_comes_back_as_it_was(one: str) -> None:
    assert read(spelt(one)) == one
    spelt(one).encode("utf-8")
    assert key(one) != key(one + "\\")


def test_what_is_not_exact_is_looked_at_again() -> None:
    assert compiled(Phrase(W, ("a", "b"))).exact
    assert compiled(Prefix(W, "a")).exact
    assert compiled(Pattern(W, "a?c*")).exact
    inside = compiled(Pattern(W, "a*c"))
    assert (inside.exact, inside.least) == (False, False)
    assert compiled(Not(Pattern(W, "a*c"))).most is True
    assert compiled(Not(Everything())).most is False


def test_scores_are_those_of_tantivy(there: Settings, tmp_path: Path) -> None:
    """Lengths of 1 to 330 tokens: beyond 40 tantivy rounds them."""
    made = [entry(f"n{n:03d}", " ".join(["w", *["other"] * n])) for n in range(0, 330, 7)]
    here = Settings(home=tmp_path / "文件")
    for where in (there, here):
        publish(where, made)
    with closing(opened(there)) as one, closing(opened(here)) as other:
        for asked in (
            Term(W, "w"),
            Phrase(W, ("w", "other")),
            Or((Term(W, "w"), Term(W, "other"))),
        ):
            its = {m.id: m.score for m in other.keyword(asked, ALL, 100)}
            mine = {m.id: m.score for m in one.keyword(asked, ALL, 100)}
            assert mine == pytest.approx(its, rel=1e-4)


# -- more than is fetched ----------------------------------------------------------------------


def test_the_best_of_many_are_those_of_all(
    there: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(there, MANY)
    with closing(opened(there)) as held:
        asked = Or((Term(W, "w3"), Term(W, "w5", 0.5), Term(W, "x17", 2.0)))
        whole = held.keyword(asked, ALL, 300)
        monkeypatch.setattr(reader, "FETCHED", 60)
        assert held.keyword(asked, ALL, 10) == whole[:10]
        # More is asked for than the server's best: then all are looked at.
        assert held.keyword(asked, ALL, 300) == whole
        some = held.keyword(Or((asked, Everything())), ALL, 300)
        assert len(some) == 300


def test_what_is_asked_of_the_whole_base_carries_no_filter(
    there: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On milvus-lite a filter takes twenty times the search; and a search by tokens needs none."""
    publish(there, MANY)
    with closing(opened(there)) as held:
        asked = Or((Term(W, "w3"), Or((Term(W, "w5", 0.5), Term(W, "common", 0.1)))))
        scoped = Scope.everything(as_of=date(2026, 1, 1))
        whole = held.keyword(asked, ALL, 300)
        monkeypatch.setattr(reader, "FETCHED", 60)
        search, filters = held._search, []

        def noted(field: str, said: object, where: object, *more: object) -> object:
            filters.append(where)
            return search(field, said, where, *more)  # type: ignore[arg-type]

        monkeypatch.setattr(held, "_search", noted)
        monkeypatch.setattr(held, "_every", lambda *a, **k: pytest.fail("rows were filtered"))
        assert held.keyword(asked, ALL, 10) == whole[:10]
        assert filters == [True]
        monkeypatch.undo()
        monkeypatch.setattr(reader, "FETCHED", 60)
        monkeypatch.setattr(held, "_search", noted)
        assert held.keyword(asked, scoped, 10) == whole[:10]
        assert "valid_from" in str(filters[1])
        assert "TEXT_MATCH" not in str(filters[1])


def test_which_trees_need_no_filter() -> None:
    one, other = Term(W, "a"), Term(Field.BIGRAMS, "乙丙")
    assert any_of(Or((one, Or((other,)))))
    for asked in (
        And((one, other)),
        Or((one, Not(other))),
        Or((one, Phrase(W, ("a", "b")))),
        Or((one, Everything())),
        Or(()),
    ):
        assert not any_of(asked)


# -- what is lost ------------------------------------------------------------------------------


def test_what_was_acknowledged_and_lost_is_sent_again(
    there: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, calls = Server.put, []

    def lossy(self: Server, collection: str, rows: list[dict[str, object]]) -> None:
        calls.append(len(rows))
        lost = len(rows) // 2 if "_g0" in collection else 0
        put(self, collection, rows[lost:])

    monkeypatch.setattr(Server, "put", lossy)
    monkeypatch.setattr(writer, "ROUNDS", 12)
    publish(there, MANY)
    monkeypatch.undo()
    assert len(calls) > 3
    with closing(opened(there)) as held:
        assert list(held.ids()) == [e.id for e in MANY]
        assert ids(held, Term(W, "x299")) == ["p0299"]


def test_what_stays_lost_is_not_served(there: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(there, MANY[:5])
    put = Server.put

    def deaf(self: Server, collection: str, rows: list[dict[str, object]]) -> None:
        put(self, collection, [row for row in rows if row.get("id") != "p0007"])

    monkeypatch.setattr(Server, "put", deaf)
    with pytest.raises(IndexCorrupt, match="应有 10 个单元，读回 9 个"):
        publish(there, MANY[5:10])
    monkeypatch.undo()
    assert open_engine(there).current() == 1
    assert publish(there, MANY[5:10]) == 3
    assert collections(there) == [1, 3]


@pytest.mark.parametrize("at", ["made", "sent", "counted", "noted", "served"])
def test_a_writer_that_dies(there: Settings, monkeypatch: pytest.MonkeyPatch, at: str) -> None:
    publish(there, MANY[:3])

    def die(reached: str) -> None:
        if reached == at:
            raise KeyboardInterrupt

    monkeypatch.setattr(writer, "step", die)
    with pytest.raises(KeyboardInterrupt):
        publish(there, MANY[3:5])
    monkeypatch.undo()
    served = 2 if at == "served" else 1
    assert open_engine(there).current() == served
    assert publish(there, MANY[3:6]) == 3
    with closing(opened(there)) as held:
        assert list(held.ids()) == [f"p000{i}" for i in range(6)]
    assert collections(there) == ([1, 2, 3] if served == 2 else [1, 3])


# -- a server that goes away -------------------------------------------------------------------


def test_killed_while_it_is_written_to(
    own: Lite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = own.settings(tmp_path)
    monkeypatch.setattr(writer, "PAGE", 50)
    put, calls = Server.put, []

    def cut(self: Server, collection: str, rows: list[dict[str, object]]) -> None:
        put(self, collection, rows)
        calls.append(len(rows))
        if len(calls) == 3:
            own.kill()
            threading.Timer(1.0, own.start).start()

    monkeypatch.setattr(Server, "put", cut)
    publish(where, MANY)
    with closing(opened(where)) as held:
        assert list(held.ids()) == [e.id for e in MANY]
        # Rounded as the embedded engine rounds: 8 bits a component.
        assert held.vectors(["p0123"]) == pytest.approx(unit(300)[123:124], abs=5e-3)


def test_killed_while_it_is_asked(own: Lite, tmp_path: Path) -> None:
    where = own.settings(tmp_path)
    publish(where, MANY)
    with closing(opened(where)) as held:
        before = held.keyword(Term(W, "w3"), ALL, 20), held.nearest(unit(1, 5)[0], ALL, 20)
        own.kill()
        restart = threading.Timer(1.0, own.start)
        restart.start()
        began = time.monotonic()
        after = held.keyword(Term(W, "w3"), ALL, 20), held.nearest(unit(1, 5)[0], ALL, 20)
        print(f"back after {time.monotonic() - began:.1f} s")
        restart.join()
        assert after == before


@pytest.fixture
def far(there: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Settings, Network]]:
    """The same server over a network that can be cut."""
    monkeypatch.setattr("kb.engine.milvus.server.PAUSES", (0.5,) * 300)
    monkeypatch.setattr("kb.engine.milvus.server.PATIENCE", 600.0)
    network = Network(lite().port)
    yield replace(there, milvus_uri=f"http://127.0.0.1:{network.port}"), network
    network.close()


def cut(network: Network, how: str, seconds: float) -> threading.Timer:
    getattr(network, how)()
    mended = threading.Timer(seconds, network.mend)
    mended.start()
    return mended


@pytest.mark.parametrize(
    ("how", "seconds"),
    [
        ("silent", 1.0),
        ("refuse", 1.0),
        pytest.param("silent", 10.0, marks=pytest.mark.soak),
        pytest.param("refuse", 10.0, marks=pytest.mark.soak),
    ],
)
def test_the_network_is_cut(
    far: tuple[Settings, Network], monkeypatch: pytest.MonkeyPatch, how: str, seconds: float
) -> None:
    where, network = far
    monkeypatch.setattr(writer, "PAGE", 50)
    put, calls = Server.put, []

    def over(self: Server, collection: str, rows: list[dict[str, object]]) -> None:
        calls.append(len(rows))
        if len(calls) == 3:
            cut(network, how, seconds)
        put(self, collection, rows)

    monkeypatch.setattr(Server, "put", over)
    publish(where, MANY)
    with closing(opened(where)) as held:
        assert list(held.ids()) == [e.id for e in MANY]
        before = held.keyword(Term(W, "w3"), ALL, 20), held.nearest(unit(1, 5)[0], ALL, 20)
        mended = cut(network, how, seconds)
        began = time.monotonic()
        after = held.keyword(Term(W, "w3"), ALL, 20), held.nearest(unit(1, 5)[0], ALL, 20)
        print(f"answered after {time.monotonic() - began:.1f} s")
        mended.join()
        assert after == before


def test_a_server_that_stays_away(
    own: Lite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = own.settings(tmp_path)
    publish(where, MANY[:3])
    held = opened(where)
    own.kill()
    monkeypatch.setattr("kb.engine.milvus.server.PAUSES", (0.1,))
    monkeypatch.setattr("kb.engine.milvus.server.SECONDS", 2.0)
    with pytest.raises(EngineError, match=rf"{own.uri} 检索失败"):
        held.keyword(Term(W, "w3"), ALL, 20)


def test_a_server_that_takes_too_long(there: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client passes its transport's error on as it is, for a search."""
    import grpc

    class Late(grpc.RpcError):  # type: ignore[misc]
        def details(self) -> str:
            return "Deadline Exceeded"

    tries = []

    def late() -> None:
        tries.append(1)
        raise Late

    monkeypatch.setattr("kb.engine.milvus.server.PAUSES", (0.0,) * 8)
    with closing(Server(there)) as server:
        with pytest.raises(EngineError, match="检索失败：Deadline Exceeded"):
            server.ask("检索", late)
        assert len(tries) == 9
        monkeypatch.setattr("kb.engine.milvus.server.PATIENCE", -1.0)
        with pytest.raises(EngineError):
            server.ask("检索", late)
        assert len(tries) == 10


# -- what is said ------------------------------------------------------------------------------


def test_where_it_is_must_be_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="KB_MILVUS_URI"):
        open_engine(Settings(home=tmp_path, engine="milvus")).current()


def test_an_old_server_is_refused(there: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from pymilvus import MilvusClient

    with monkeypatch.context() as patched:
        patched.setattr(MilvusClient, "get_server_version", lambda self, timeout: "v2.4.9")
        with pytest.raises(EngineError, match=r"v2\.4\.9，需要 2\.5"):
            open_engine(there).current()


def test_a_server_that_hangs_up_is_asked_again(
    there: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pymilvus import MilvusClient, MilvusException

    ask, asked = MilvusClient.get_server_version, []

    def hung_up(self: MilvusClient, timeout: float) -> object:
        asked.append(timeout)
        if len(asked) == 1:
            raise MilvusException(message="server unavailable: too many pings")
        return ask(self, timeout=timeout)

    monkeypatch.setattr(MilvusClient, "get_server_version", hung_up)
    Server(there).close()
    assert len(asked) == 2


def test_a_manifest_that_is_torn(there: Settings) -> None:
    publish(there, MANY[:3])
    with closing(Server(there)) as server:
        server.client.delete(f"{there.milvus_name}_meta", filter='key like "g000001/terms/%"')
    with pytest.raises(IndexCorrupt, match="词表不全"):
        opened(there)


def test_a_collection_that_lost_a_row(there: Settings) -> None:
    publish(there, MANY[:3])
    with closing(Server(there)) as server:
        server.client.delete(f"{there.milvus_name}_g000001", ids=[key("p0001")])
    with closing(opened(there)) as held, pytest.raises(IndexCorrupt, match="有 2 个单元"):
        held.check_counts()


# -- who reads what ----------------------------------------------------------------------------


def test_a_lease_that_ran_out_holds_nothing(
    there: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meta, "LEASE_SECONDS", -1.0)
    publish(there, MANY[:1])
    held = opened(there)
    for i in range(1, 4):
        publish(there, MANY[i : i + 1])
    assert collections(there) == [2, 3, 4]
    with pytest.raises(EngineError, match="失败"):
        held.keyword(Everything(), ALL, 5)


def test_going_back_and_on_again(there: Settings) -> None:
    for i in range(3):
        publish(there, MANY[i : i + 1])
    assert rollback(there) == 2
    with closing(opened(there)) as held:
        assert list(held.ids()) == ["p0000", "p0001"]
    assert publish(there, MANY[7:8]) == 4
    assert collections(there) == [1, 2, 4]
    with closing(opened(there)) as held:
        assert list(held.ids()) == ["p0000", "p0001", "p0007"]
    rollback(there)
    rollback(there)
    with pytest.raises(NotFound):
        rollback(there)


# -- the whole base ----------------------------------------------------------------------------

PAPERS = {
    "印章.md": "# 印章管理办法\n\n第一条　外借公章须经局长批准。\n\n第二条　用印须登记。\n",
    "档案.md": "# 档案管理办法\n\n第一条　档案由办公室统一保管。\n",
}
DAY = Scope.everything(as_of=date(2026, 3, 2))


def test_a_base_on_milvus_and_postgresql(
    there: Settings,
    postgres: Postgres,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path / "制度"
    folder.mkdir()
    for name, words in PAPERS.items():
        (folder / name).write_text(words, encoding="utf-8")
    monkeypatch.setenv("KB_ENGINE", "milvus")
    monkeypatch.setenv("KB_MILVUS_URI", there.milvus_uri)
    monkeypatch.setenv("KB_MILVUS_NAME", there.milvus_name)
    monkeypatch.setenv("KB_WORKERS", "1")
    home = ["--home", str(there.home)]
    url = postgres.url(there.home)
    monkeypatch.setenv("KB_DATABASE_URL", url)
    assert main([*home, "index", str(folder)]) == 0
    settings = replace(there, database_url=url)
    with KnowledgeBase.open(settings) as base:
        assert base.search("外借公章谁批", DAY).hits[0].id == "印章.md#第一条"
        (folder / "新.md").write_text("# 新办法\n\n第一条　桂花树由园林处养护。\n", "utf-8")
        second = index(settings, [], Options()).generation
        time.sleep(settings.generation_check_seconds)
        assert base.search("桂花树谁养护", DAY).hits[0].id == "新.md#第一条"
        assert base.generation == second == 2
    capsys.readouterr()
    main([*home, "doctor"])
    said = capsys.readouterr().out
    assert "[好] 索引文件" in said
    assert "[好] 目录状态" in said
    assert "第 2 代，文件 3 个" in said
    assert f"[好] Milvus：{there.milvus_uri}" in said
