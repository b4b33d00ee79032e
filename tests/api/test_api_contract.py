"""Each address over HTTP: forms as openapi.json describes, errors in words, one event each."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from jsonschema import Draft202012Validator

from kb.access.accounts import Person
from kb.access.policy import Role
from kb.api.addresses import ADDRESSES
from kb.api.door import AT_ONCE
from kb.api.limits import Rate
from kb.api.openapi import description
from kb.api.problems import TYPE
from kb.cli import main
from tests.api.conftest import Api

pytestmark = pytest.mark.xdist_group("api")

OLD = "制度/旧办法.md"
ARTICLE = f"{OLD}#第一条"


def conforms(body: Any, form: str) -> None:
    described = {"$ref": f"#/components/schemas/{form}", "components": description()["components"]}
    Draft202012Validator(described).validate(body)


def at(path: str, ident: str) -> str:
    return f"/v1/{path}/{quote(ident, safe='')}"


def test_every_answer_is_as_described(api: Api) -> None:
    pack, number = api.packs
    asked = {
        "/v1/search?q=采购审批&k=3&ended=true&as_of=2026-11-24": "Search",
        "/v1/search?q=标题:管理办法 AND 采购&kind=regulation": "Search",
        "/v1/search?q=AND OR (&plain=true": "Search",
        at("documents", OLD): "Document",
        at("provisions", ARTICLE): "Provision",
        at("provisions", api.canaries[0].path + "#第三条"): "Provision",
        "/v1/packs": "Packs",
        at("packs", pack): "Pack",
        at("packs", number): "Pack",
        at("packs", f"{number}@1"): "Pack",
    }
    for address, form in asked.items():
        answer = api.get(address)
        assert answer.status_code == 200, (address, answer.text)
        assert answer.headers["content-type"] == "application/json"
        conforms(answer.json(), form)
    assert {one.form for one in ADDRESSES} - {""} == set(asked.values())
    conforms(api.get("/v1/nothing").json(), "Problem")


def test_the_answers_are_those_of_the_commands(
    api: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    home = ["--home", str(api.door.settings.home)]

    def said(*argv: str) -> Any:
        assert main([*home, *argv, "--user", "anna", "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    def same(one: Any, other: Any) -> None:
        for body in (one, other):
            body.pop("took_ms", None)
        assert one == other

    day = ("--as-of", "2026-11-24")
    found = api.get("/v1/search", q="采购审批", k=5, as_of="2026-11-24").json()
    assert len(found["hits"]) == 5
    same(found, said("search", "采购审批", "-n", "5", *day))
    same(api.get(at("provisions", ARTICLE), as_of="2026-11-24").json(), said("show", ARTICLE, *day))
    document = api.get(at("documents", OLD), as_of="2026-11-24").json()
    assert [p["id"] for p in document.pop("passages")] == [ARTICLE]
    same(document, said("show", OLD, *day))


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/v1/search", "q 应为"),
        ("/v1/search?q=" + "长" * 501, "q 应为"),
        ("/v1/search?q=%00", "q 应为"),
        ("/v1/search?q=%FF", "q 应为"),
        ("/v1/search?q=a&k=0", "k 应为"),
        ("/v1/search?q=a&k=51", "k 应为"),
        ("/v1/search?q=a&k=%D9%A3", "k 应为"),
        ("/v1/search?q=a&as_of=2024-02-30", "as_of 应为"),
        ("/v1/search?q=a&as_of=0000-01-01", "as_of 应为"),
        ("/v1/search?q=a&kind=x", "kind 应为"),
        ("/v1/search?q=a&q=b", "写了两次"),
        ("/v1/search?q=a&clearance=sensitive", "不认识的参数"),
        ("/v1/packs?user=anna", "不认识的参数"),
    ],
)
def test_a_wrong_parameter_is_named(api: Api, address: str, words: str) -> None:
    answer = api.get(address)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == TYPE
    assert words in answer.json()["detail"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer kb_" + "a" * 43},
        {"Authorization": "Basic YW5uYTp4"},
        {"Authorization": b"Bearer kb_\xff" + b"a" * 42},
        {"Cookie": "kb_session=x"},
    ],
)
def test_without_a_token_nothing_is_told(api: Api, headers: dict[str, Any]) -> None:
    told = set()
    for address in ("/v1/search?q=a", at("documents", OLD), "/openapi.json", "/v1/x", "/"):
        answer = api.client.get(address, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
        told.add(answer.text)
    assert len(told) == 1


def test_revoked_and_stopped_while_it_runs(api: Api) -> None:
    keeper = api.door.keeper
    keeper.accounts.add(Person("emil", Role.READER, departments=None))
    for name, account in (("门户", "bert"), ("外网", "emil")):
        api.tokens[name] = keeper.tokens.add(name, account, "试验")
    assert {api.get("/v1/packs", who).status_code for who in ("门户", "外网")} == {200}
    keeper.tokens.store.revoke("门户")
    keeper.accounts.disable("emil", disabled=True)
    assert {api.get("/v1/packs", who).status_code for who in ("门户", "外网")} == {401}
    assert api.get("/v1/packs", "bert").status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO"])
def test_nothing_is_written(api: Api, method: str) -> None:
    headers = {"Authorization": f"Bearer {api.tokens['anna']}"}
    answer = api.client.request(method, "/v1/packs", headers=headers)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"


def test_head_says_what_get_says_of_itself(api: Api) -> None:
    headers = {"Authorization": f"Bearer {api.tokens['anna']}"}
    for address in (at("documents", OLD), "/openapi.json", at("documents", "制度/没有.md")):
        whole, head = api.get(address), api.client.head(address, headers=headers)
        assert head.status_code == whole.status_code
        assert head.content == b""
        assert dict(head.headers) == dict(whole.headers)
    # A file is numbered as it is made: not for who only asks whether it is there.
    before = len(api.events())
    head = api.client.head(f"{at('packs', api.packs[1])}/file?format=html", headers=headers)
    assert head.status_code == 200
    assert head.headers["content-type"].startswith("text/html")
    assert "content-length" not in head.headers
    assert "download" not in [event.action for event in api.events()[before:]]


def test_every_call_is_an_event_also_when_refused(api: Api) -> None:
    calls = [
        ("/v1/search?q=采购审批", "search", True),
        ("/v1/search?q=采购审批", "search", True),
        (at("documents", "制度/没有.md"), "view", False),
        (at("provisions", ARTICLE), "view", True),
        (f"{at('packs', api.packs[0])}/file?format=html", "download", True),
        ("/v1/packs", "list", True),
        ("/openapi.json", "list", True),
        ("/v1/nothing", "api", False),
    ]
    for address, action, allowed in calls:
        before = len(api.events())
        api.get(address)
        new = api.events()[before:]
        assert (action, allowed) in [(e.action, e.allowed) for e in new], (address, new)
        assert all(e.who == "anna" and e.origin == "api testclient anna" for e in new)


def test_too_many_are_told_to_wait(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api.door, "_rate", Rate(2))
    codes = [api.get("/v1/packs").status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    assert int(api.get("/v1/packs").headers["retry-after"]) >= 1
    assert api.get("/v1/packs", "bert").status_code == 200


def test_too_many_at_once_are_told_to_come_again(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api.door, "busy", AT_ONCE)
    answer = api.get("/v1/packs")
    assert (answer.status_code, answer.headers["content-type"]) == (503, TYPE)
    assert answer.headers["retry-after"] == "1"
    monkeypatch.setattr(api.door, "busy", AT_ONCE - 1)
    assert api.get("/v1/packs").status_code == 200


def test_asked_for_under_a_foreign_name(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of another site whose name was pointed at this machine."""
    monkeypatch.setattr(api.door, "hosts", frozenset({"127.0.0.1", "[::1]", "kb.example.cn"}))
    headers = {"Authorization": f"Bearer {api.tokens['anna']}"}
    for name in ("evil.example", "127.0.0.1.evil.example", "", "127.0.0.1@evil.example"):
        asked = api.client.get("/v1/packs", headers=headers | {"Host": name})
        assert asked.status_code == 421, name
    for name in ("127.0.0.1", "127.0.0.1:8601", "[::1]:8601", "KB.example.cn"):
        assert api.client.get("/v1/packs", headers=headers | {"Host": name}).status_code == 200


def test_a_token_in_an_address_opens_nothing_and_is_not_logged(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    secret = api.tokens["anna"]
    for name in ("access_token", "token"):
        assert api.client.get(f"/v1/packs?{name}={secret}").status_code == 401
        assert secret not in api.get(f"/v1/packs?{name}={secret}").text
    assert api.get(f"/v1/{secret}").status_code == 404
    said = "".join(repr(event) for event in api.events()) + caplog.text
    assert "（令牌）" in said
    assert all(token not in said for token in api.tokens.values())


def test_a_role_that_may_not_read_is_refused_in_words(api: Api) -> None:
    answer = api.get("/v1/search?q=采购", "dora")
    assert answer.status_code == 403
    assert answer.json()["detail"]


def test_what_is_known_already_is_not_sent_again(api: Api) -> None:
    first = api.get("/v1/search?q=采购审批")
    headers = {
        "Authorization": f"Bearer {api.tokens['anna']}",
        "If-None-Match": first.headers["etag"],
    }
    assert api.client.get("/v1/search?q=采购审批", headers=headers).status_code == 304
    headers["Authorization"] = f"Bearer {api.tokens['carl']}"
    assert api.client.get("/v1/search?q=采购审批", headers=headers).status_code == 200


def test_a_file_bears_whose_copy_it_is(api: Api) -> None:
    answer = api.get(f"{at('packs', api.packs[1])}/file?format=html")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert "anna" in answer.text


def test_the_description_and_health(api: Api) -> None:
    assert api.get("/openapi.json").json() == description()
    assert api.client.get("/healthz").json() == {"status": "ok"}
    assert api.client.get("/readyz").json()["status"] == "ok"
