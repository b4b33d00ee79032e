"""No word of a paper reaches, over HTTP, a token whose account may not see it."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import quote, unquote

import pytest
from starlette.routing import Route

from kb.access.tokens import Narrowed, narrowed
from kb.api.addresses import ADDRESSES
from kb.api.app import create
from kb.model import Tier
from tests.api.conftest import PEOPLE, Api
from tests.support.canaries import forbidden

pytestmark = pytest.mark.xdist_group("api")

ABSENT = "制度/没有这份.md"
WHO = [person.name for person in PEOPLE]
QUERIES = ("采购审批", "《云澜局公务用车旧办法》第一条", "管理办法", "类型:制度 采购")


def addresses(api: Api) -> list[str]:
    """Every address of `ADDRESSES`, for every paper and pack that there is."""
    found = [f"/v1/search?q={quote(q)}&k=50&ended=true" for q in QUERIES]
    found += ["/v1/packs", "/openapi.json"]
    for path in [one.path for one in api.canaries] + ["制度/旧办法.md"]:
        found.append(f"/v1/documents/{quote(path, safe='')}")
        found += [f"/v1/provisions/{quote(f'{path}#第{n}条', safe='')}" for n in "一三"]
    for pack in api.packs:
        found += [f"/v1/packs/{quote(pack)}", f"/v1/packs/{quote(pack)}/file?format=html"]
    return found


@pytest.mark.parametrize("who", WHO)
def test_nothing_leaks(api: Api, who: str) -> None:
    words = set(forbidden(api.canaries, api.people[who]))
    leaked = []
    for address in addresses(api):
        told = api.told(address, who)
        leaked += [(address, word) for word in words if word in told]
    assert leaked == []


def test_who_may_see_is_answered(api: Api) -> None:
    """Else an interface that tells nobody anything would pass."""
    for who in ("anna", "bert", "carl"):
        told = "".join(api.told(address, who) for address in addresses(api))
        mine = [one for one in api.canaries if one.allowed(api.people[who])]
        assert mine
        assert [one for one in mine if one.text_word not in told] == []


def test_where_public_papers_are_for_all_departments(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the setting has it by default: what is met beyond one's department is public, no more."""
    default = replace(api.door.settings, department_tier="internal")
    monkeypatch.setattr(api.door.keeper, "settings", default)
    who = api.people["bert"]
    some = [a for a in addresses(api) if "/file" not in a and "第三条" not in unquote(a)]
    told = "".join(api.get(address, "bert").text for address in some)
    met = [one for one in api.canaries if not one.allowed(who) and set(one.words) & hits(told)]
    assert met == [one for one in api.canaries if not one.allowed(who) and one.tier is Tier.PUBLIC]


def hits(told: str) -> set[str]:
    """Pairs of characters that stand in a text."""
    return {told[i : i + 2] for i in range(len(told) - 1)}


def test_every_address_is_looked_at(api: Api) -> None:
    plain = {"/healthz", "/readyz", "/openapi.json", "/{rest:path}"}  # they open no paper
    there = {route.path for route in create(api.door).routes if isinstance(route, Route)}
    assert there == {one.path for one in ADDRESSES} | plain
    asked = [address.partition("?")[0] for address in addresses(api)]
    for one in ADDRESSES:
        form = re.escape(one.described).replace(r"\{id\}", ".+").replace(r"\{number\}", "[^/]+")
        assert any(re.fullmatch(form, address) for address in asked), one.path


def test_a_narrowed_token_sees_as_a_lesser_account(api: Api) -> None:
    tokens = api.door.keeper.tokens
    api.tokens["少"] = tokens.add("少", "anna", "试验", less=Narrowed(clearance=Tier.PUBLIC))
    [who] = [narrowed(row, token) for token, row in tokens.store.all() if token.name == "少"]
    words = set(forbidden(api.canaries, who))
    assert words
    some = [address for address in addresses(api) if "第三条" not in unquote(address)]
    told = "".join(api.told(address, "少") for address in some)
    assert [word for word in words if word in told] == []
    # All departments' public papers it does see.
    assert all(one.text_word in told for one in api.canaries if one.allowed(who))


@pytest.mark.parametrize("who", ["bert", "carl"])
def test_hidden_and_absent_are_the_very_same(api: Api, who: str) -> None:
    """The answer and its headers to the byte."""
    for form in ("/v1/documents/{}", "/v1/provisions/{}"):
        tail = "#第二条" if "provisions" in form else ""
        plain = api.get(form.format(quote(ABSENT + tail, safe="")), who)
        assert plain.status_code == 404
        hidden = [one for one in api.canaries if not one.allowed(api.people[who])]
        assert hidden
        for one in hidden:
            answer = api.get(form.format(quote(one.path + tail, safe="")), who)
            assert (answer.status_code, answer.text) == (404, plain.text)
            assert dict(answer.headers) == dict(plain.headers)
    packs = [api.get(f"/v1/packs/{name}", "carl") for name in (*api.packs, "2020-nothing")]
    assert {p.status_code for p in packs} == {404}
    assert len({p.text for p in packs}) == 1
