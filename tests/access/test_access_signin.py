"""The door: each attack that was tried on it, and that it held. (The table in SECURITY.md.)"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from streamlit.runtime import Runtime

from kb.access import accounts as accounting
from kb.access import passwords
from kb.access.accounts import Accounts, Person
from kb.access.keeper import Keeper
from kb.access.policy import Role
from kb.access.sessions import COOKIE, Sessions
from kb.catalogue.audit import Filter
from kb.config import Settings
from kb.errors import AccessDenied, ConfigError
from kb.model import Tier
from kb.ui import assets, keepers, server, session, signin
from kb.ui.signin import FORM_COOKIE, local

ROOT = Path(__file__).resolve().parents[2]
US = "http://127.0.0.1:8501"
SECRET = "Wen.Jian-77"
TYPE = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same algorithm with small parameters: these tests guess many passwords."""
    from argon2 import PasswordHasher

    quick = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", lambda: quick)
    passwords._nobodys.cache_clear()
    yield
    passwords._nobodys.cache_clear()


@pytest.fixture
def keeper(aviary_copy: Path) -> Iterator[Keeper]:
    made = keepers.keeper(Settings(home=aviary_copy))
    people = made.accounts
    people.add(Person("anna", Role.READER, "安娜", "1001", departments=None), SECRET)
    people.add(Person("boss", Role.ADMIN, "管理"), SECRET)
    people.add(Person("watch", Role.AUDITOR, "审计"), SECRET)
    yield made
    keepers.close_all()
    session.close_all()


@pytest.fixture
def client(keeper: Keeper, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    return client_of(keeper.settings, monkeypatch)


def client_of(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setattr(assets, "_served", False)
    monkeypatch.setattr(Runtime, "_instance", None)
    app = server.create(settings, ROOT / "app.py")
    return TestClient(app, base_url=US, follow_redirects=False)


def mark_of(page: str) -> str:
    found = re.search(r'name="form" value="([^"]+)"', page)
    assert found
    return found[1]


def sign_in(client: TestClient, name: str = "anna", password: str = SECRET, **more: str):  # type: ignore[no-untyped-def]
    mark = mark_of(client.get("/login").text)
    return client.post("/login", data={"name": name, "password": password, "form": mark, **more})


def inside(client: TestClient) -> bool:
    return client.get("/suggest", params={"q": "采购"}).status_code == 200


def test_nothing_but_the_door_is_open(client: TestClient) -> None:
    for path in ("/suggest?q=采", "/preview?id=x", "/files/pack/x/a.pdf", "/files/hits/a.csv?q=采",
                 "/media/x", "/_stcore/host-config", "/component/x", "/_stcore/upload_file/a/b",
                 "/original?doc=x", "/没有"):  # fmt: skip
        assert client.get(path).status_code == 401, path
    for path in ("/", "/read?doc=x", "/audit"):
        answer = client.get(path, headers={"accept": "text/html"})
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/login")
    assert client.get("/login").status_code == 200
    assert "articles" not in client.get("/healthz").text


def test_the_right_password_opens_and_the_cookie_is_safe(client: TestClient) -> None:
    answer = sign_in(client, next="/read?doc=a")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/read?doc=a"
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith(COOKIE))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert inside(client)


def test_brute_force_is_locked_out(client: TestClient, keeper: Keeper) -> None:
    said = {sign_in(client, password=f"Falsch.{n}x").status_code for n in range(8)}
    assert said == {403}
    assert sign_in(client).status_code == 403  # the right one too, while it is locked
    assert not inside(client)
    later = datetime.now(UTC) + timedelta(minutes=31)
    assert keeper.accounts.sign_in("anna", SECRET, now=later).name == "anna"
    reasons = [r.reason for r in keeper.doors.audit.every(Filter(action="login"))]
    assert any("锁定 30 分钟" in r for r in reasons)


def test_guesses_at_once_all_count(keeper: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []
    monkeypatch.setattr(passwords, "matches", lambda s, p: bool(s) and tried.append(p) is not None)
    for number in range(20):
        with pytest.raises(AccessDenied):
            keeper.accounts.sign_in("anna", str(number))
    assert len(tried) <= accounting.FAILURES


def test_an_unknown_name_is_told_like_a_wrong_password(client: TestClient, keeper: Keeper) -> None:
    pages = []
    for name in ("anna", "niemand"):
        page = sign_in(client, name=name, password="Falsch.1x").text
        pages.append(re.sub(r'value="[^"]*"', "", page))
    assert pages[0] == pages[1]
    # What was typed as a name may be a password: it is not in the log.
    assert not [r for r in keeper.doors.audit.every(Filter()) if "niemand" in r.who]


def test_session_fixation(client: TestClient) -> None:
    client.cookies.set(COOKIE, "x" * 43)
    answer = sign_in(client)
    fresh = re.search(rf"{COOKIE}=([^;]+)", answer.headers["set-cookie"])
    assert fresh
    assert fresh[1] != "x" * 43
    client.cookies.clear()
    client.cookies.set(COOKIE, "x" * 43)
    assert not inside(client)


def test_signing_in_again_ends_the_session_before(client: TestClient) -> None:
    sign_in(client)
    old = client.cookies[COOKIE]
    sign_in(client)
    assert client.cookies[COOKIE] != old
    client.cookies.clear()
    client.cookies.set(COOKIE, old)
    assert not inside(client)


def test_reuse_after_sign_out(client: TestClient) -> None:
    sign_in(client)
    token = client.cookies[COOKIE]
    mark = mark_of(client.get("/logout").text)
    assert client.post("/logout", data={"form": mark}).status_code == 303
    client.cookies.set(COOKIE, token)
    assert not inside(client)


def test_sign_out_by_a_foreign_page(client: TestClient) -> None:
    sign_in(client)
    assert client.post("/logout", data={"form": "x"}).status_code == 400
    assert client.post("/logout", headers=TYPE, content="form=").status_code == 400
    client.get("/logout")
    assert inside(client)


@pytest.mark.parametrize("minutes", [29, 31])
def test_idle_time(keeper: Keeper, minutes: int) -> None:
    sessions = Sessions(keeper.doors.accounts, keeper.settings)
    row = keeper.doors.accounts.find("anna")
    assert row
    start = datetime.now(UTC)
    token = sessions.start(row, "x", now=start)
    found = sessions.find(token, now=start + timedelta(minutes=minutes))
    assert (found is not None) == (minutes < 30)
    assert (sessions.find(token, now=start) is not None) == (minutes < 30)  # gone for good


def test_absolute_time(keeper: Keeper) -> None:
    sessions = Sessions(keeper.doors.accounts, keeper.settings)
    row = keeper.doors.accounts.find("anna")
    assert row
    start = datetime.now(UTC)
    token = sessions.start(row, "x", now=start)
    for step in range(1, 12 * 3):
        assert sessions.find(token, now=start + timedelta(minutes=20 * step)) is not None
    assert sessions.find(token, now=start + timedelta(hours=12)) is None


def test_a_role_or_a_stop_holds_at_once(client: TestClient, keeper: Keeper) -> None:
    sign_in(client)
    assert inside(client)
    keeper.accounts.set_rights("anna", role=Role.AUDITOR)
    assert client.get("/suggest", params={"q": "采购"}).status_code == 403
    keeper.accounts.set_rights("anna", role=Role.READER, clearance=Tier.PUBLIC)
    assert inside(client)
    keeper.accounts.disable("anna")
    assert client.get("/suggest", params={"q": "采购"}).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"x-forwarded-user": "boss"},
        {"remote-user": "boss"},
        {"x-streamlit-user": "boss"},
        {"cookie": "_streamlit_user=eyJpc19sb2dnZWRfaW4iOnRydWV9"},
        {"cookie": f"{COOKIE}=' OR 1=1 --"},
        {"cookie": f"{COOKIE}={'a' * 5000}"},
        {"authorization": "Basic Ym9zczpib3Nz"},
        {"x-original-url": "/login"},
        {"x-rewrite-url": "/healthz"},
    ],
)
def test_headers_make_nobody(client: TestClient, headers: dict[str, str]) -> None:
    assert client.get("/suggest?q=采购", headers=headers).status_code == 401


@pytest.mark.parametrize(
    "path",
    ["/login/../suggest?q=采", "/kb/../suggest?q=采", "//suggest?q=采", "/static/..%2f..%2fapp.py",
     "/kb/..%2fpage.py", "/%2e%2e/people.sqlite", "/static/%2e%2e/%2e%2e/config.toml",
     "/files/pack/..%2f..%2fpeople.sqlite/a.pdf", "/login/%2e%2e/audit"],
)  # fmt: skip
def test_paths_do_not_lead_around_the_door(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in (400, 401, 403, 404)
    assert b"SQLite" not in answer.content


@pytest.mark.parametrize(
    ("onward", "kept"),
    [
        ("/read?doc=a", "/read?doc=a"),
        ("//evil.example/", ""),
        ("/\\evil.example", ""),
        ("https://evil.example", ""),
        ("javascript:alert(1)", ""),
        ("/a\r\nSet-Cookie: x=y", ""),
        ("", ""),
    ],
)
def test_nobody_is_sent_elsewhere(onward: str, kept: str) -> None:
    assert local(onward) == kept


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"name=anna",
        b"name=anna&password=x&form=" + b"y" * 20000,
        b"\xff\xfe\x00",
        b"name=%ZZ&&&=&form",
        b"&".join(b"f%d=1" % n for n in range(200)),
        b"name=anna&name=boss&password=x&form=F",
        b"name=%00&password=x&form=F",
        b"name=%FF%FE&password=x&form=F",
    ],
)
def test_malformed_and_oversized_forms(client: TestClient, body: bytes) -> None:
    mark = mark_of(client.get("/login").text)
    sent = body.replace(b"form=F", f"form={mark}".encode())
    for headers in (TYPE, {"content-type": "multipart/form-data; boundary=x"}, {}):
        answer = client.post("/login", content=sent, headers=headers)
        assert answer.status_code in (400, 403)
        assert COOKIE not in answer.headers.get("set-cookie", "")


def test_a_form_of_another_site_is_refused(client: TestClient) -> None:
    mark = mark_of(client.get("/login").text)
    form = {"name": "anna", "password": SECRET, "form": mark}
    evil = {"origin": "http://evil.example"}
    assert client.post("/login", data=form, headers=evil).status_code == 400
    client.cookies.delete(FORM_COOKIE)
    assert client.post("/login", data=form).status_code == 400


def test_a_first_password_must_be_changed_and_opens_nothing_else(
    client: TestClient, keeper: Keeper
) -> None:
    first = keeper.accounts.add(Person("neu", Role.READER, "新人", departments=None))
    sign_in(client, name="neu", password=first)
    assert not inside(client)
    assert client.get("/", headers={"accept": "text/html"}).headers["location"] == "/password"
    old = client.cookies[COOKIE]
    mark = mark_of(client.get("/password").text)

    def change(new: str, again: str | None = None) -> int:
        fields = {"old": first, "new": new, "again": again or new, "form": mark}
        return client.post("/password", data=fields).status_code

    assert change(first) == 400  # the same
    assert change("kurz") == 400
    assert change("Neu.Wort-88", "anders") == 400
    assert change("Neu.Wort-88") == 400  # holds the name
    assert change("Frei.Wort-88") == 303
    assert inside(client)
    client.cookies.clear()
    client.cookies.set(COOKIE, old)
    assert not inside(client)


@pytest.mark.parametrize(
    "weak",
    ["kurz1A", "alllowercase", "Password1!", "Anna.2026-x", "aA1aA1aA1", "12345678", "A" * 200],
)
def test_weak_passwords_are_refused(weak: str) -> None:
    with pytest.raises(ConfigError):
        passwords.check(weak, "anna")


def test_passwords_are_argon2id_and_salted() -> None:
    one, other = passwords.hashed(SECRET), passwords.hashed(SECRET)
    assert one.startswith("$argon2id$")
    assert one != other
    assert passwords.matches(one, SECRET)
    assert not passwords.matches(one, SECRET + " ")
    assert not passwords.matches("", "")
    assert not passwords.matches("$argon2id$torn", SECRET)


def test_a_websocket_without_a_session_is_refused(client: TestClient) -> None:
    from starlette.websockets import WebSocketDisconnect

    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/_stcore/stream"):
        pass
    sign_in(client)
    evil = {"origin": "http://evil.example"}
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect("/_stcore/stream", headers=evil),
    ):
        pass


def test_what_was_written_in_names_is_escaped(client: TestClient) -> None:
    for evil in ('"><script>alert(1)</script>', "<img src=x onerror=alert(1)>", "'\"&<>"):
        page = sign_in(client, name=evil, password=evil, next=evil).text
        assert "<script>alert" not in page
        assert "<img" not in page
        page = client.get("/login", params={"next": f"/read?doc={evil}"}).text
        assert "<script>alert" not in page
        assert "<img" not in page


def test_the_first_administrator_by_a_link_that_works_once(
    fresh_home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(home=fresh_home.home, login="required")
    door = keepers.keeper(settings)
    client = client_of(settings, monkeypatch)
    assert client.get("/suggest?q=x").status_code == 401  # no accounts, and still no way in
    link = door.setup_link()
    fields = {"name": "Chef", "shown": "主任", "new": "Erst.Wort-88", "again": "Erst.Wort-88"}

    def post(token: str) -> int:
        mark = mark_of(client.get(f"/setup?token={token}").text)
        return client.post(f"/setup?token={token}", data={**fields, "form": mark}).status_code

    assert client.get("/setup?token=falsch").status_code == 403
    assert post("falsch") == 400
    assert post(link) == 303
    assert post(link) == 400
    assert door.setup_link() == ""
    assert [(a.name, a.role) for a in door.accounts.store.all()] == [("chef", "admin")]
    keepers.close_all()


def test_there_is_no_default_account_and_always_an_administrator(
    fresh_home: Settings, keeper: Keeper
) -> None:
    assert Accounts(keepers.keeper(fresh_home).doors.accounts).store.all() == []
    for change in (
        lambda: keeper.accounts.disable("boss"),
        lambda: keeper.accounts.set_rights("boss", role=Role.READER),
    ):
        with pytest.raises(ConfigError, match="唯一"):
            change()


@pytest.mark.parametrize("name", ["A B", "ä", "x", "a" * 40, "../etc", "a|b", "-a", "<b>", ""])
def test_names_that_will_not_do(keeper: Keeper, name: str) -> None:
    with pytest.raises(ConfigError):
        keeper.accounts.add(Person(name, Role.LEADER), SECRET)


def test_a_signed_cookie_of_streamlit_is_worth_nothing_unless_configured(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kb.ui import oidc

    assert client.get("/login/oidc").headers["location"] == "/login"
    assert "统一身份认证" not in client.get("/login").text
    assert oidc.configured() is False
    assert signin.LARGEST == 8192


def test_asking_whether_one_is_still_in_keeps_nobody_in(client: TestClient, keeper: Keeper) -> None:
    assert client.get("/login/alive").status_code == 401
    sign_in(client)
    answer = client.get("/login/alive")
    assert (answer.status_code, answer.text) == (200, "reader")
    row = keeper.doors.accounts.find("anna")
    assert row
    start = datetime.now(UTC) - timedelta(minutes=29)
    token = Sessions(keeper.doors.accounts, keeper.settings).start(row, "x", now=start)
    client.cookies.clear()
    client.cookies.set(COOKIE, token)
    assert client.get("/login/alive").status_code == 200
    sessions = Sessions(keeper.doors.accounts, keeper.settings)
    assert sessions.find(token, active=False, now=start + timedelta(minutes=31)) is None
    assert client.get("/login/alive").status_code == 401
    assert client.get("/kb/door.js").status_code == 200


def test_an_upload_is_refused_while_it_comes_in(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the size that the home takes, and never without the page's own mark (XSRF)."""
    from streamlit.web.server.starlette import starlette_routes as theirs

    settings = replace(keeper.settings, max_file_mb=1)
    row = keeper.doors.accounts.find("anna")
    assert row is not None
    token = keeper._sessions.start(row, "试验")
    with client_of(settings, monkeypatch) as client:
        monkeypatch.setattr(Runtime, "is_active_session", lambda *_: True)
        address = "/_stcore/upload_file/a/b"
        assert client.put(address, files={"file": ("a.txt", b"x")}).status_code == 401
        client.cookies.set(COOKIE, token)
        assert client.put(address, files={"file": ("a.txt", b"x")}).status_code == 403
        monkeypatch.setattr(theirs, "is_xsrf_enabled", lambda: False)
        large = {"file": ("a.txt", b"x" * 3_000_000)}
        assert client.put(address, files=large).status_code == 413


def test_the_socket_opens_under_the_public_name(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Streamlit keeps a list of names of its own; behind a proxy the page was dead without this."""
    from streamlit import config
    from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

    before = config.get_option("server.allowedHosts")
    settings = replace(keeper.settings, public_url="https://kb.example.cn")
    client_of(settings, monkeypatch)
    assert is_host_allowed("kb.example.cn")
    assert not is_host_allowed("evil.example")
    config.set_option("server.allowedHosts", before)
