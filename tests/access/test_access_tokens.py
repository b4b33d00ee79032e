"""Tokens of other programs: given, narrowed, expired, revoked; never more than the account."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kb.access.accounts import Person, identity
from kb.access.keeper import Keeper
from kb.access.policy import Role
from kb.access.tokens import FORM, REFUSED, Narrowed, Tokens, digest, narrowed
from kb.catalogue.audit import Filter
from kb.catalogue.backup import backup
from kb.cli import main
from kb.config import Settings
from kb.errors import AccessDenied, CatalogueError, ConfigError, NotFound
from kb.model import Kind, Tier


@pytest.fixture
def keeper(fresh_home: Settings) -> Keeper:
    made = Keeper(fresh_home)
    person = Person(
        name="anna",
        role=Role.READER,
        clearance=Tier.INTERNAL,
        departments=frozenset({"办公室", "财务处"}),
    )
    made.accounts.add(person, "correct horse 9 battery")
    return made


def test_a_token_opens_and_only_its_digest_is_kept(keeper: Keeper, fresh_home: Settings) -> None:
    secret = keeper.tokens.add("OA", "Anna", "本机")
    assert FORM.fullmatch(secret)
    who = keeper.bearer(secret, "api 127.0.0.1")
    assert (who.name, who.origin) == ("anna", "api 127.0.0.1 OA")
    keeper.close()
    stored = b"".join(p.read_bytes() for p in fresh_home.home.rglob("*") if p.is_file())
    assert digest(secret).encode() in stored
    assert secret.encode() not in stored


@pytest.mark.parametrize("given", ["", "x", "kb_" + "a" * 43, "kb_" + "é" * 43, "kb_" + "a" * 9999])
def test_what_is_no_token_opens_nothing(keeper: Keeper, given: str) -> None:
    with pytest.raises(AccessDenied, match=REFUSED):
        keeper.bearer(given, "api")


def test_revoked_expired_and_stopped_are_refused_in_the_same_words(keeper: Keeper) -> None:
    tokens = keeper.tokens
    soon = datetime.now(UTC) + timedelta(hours=1)
    secrets = {name: tokens.add(name, "anna", "本机", expires=soon) for name in ("OA", "门户")}
    assert tokens.find(secrets["OA"], now=soon - timedelta(seconds=1))[2] == ""
    assert tokens.find(secrets["OA"], now=soon)[2] == "令牌已到期"
    tokens.store.revoke("OA")
    said = set()
    with pytest.raises(AccessDenied) as refused:
        keeper.bearer(secrets["OA"], "api")
    assert refused.value.reason == "令牌已撤销"
    said.add(refused.value.message)
    assert keeper.bearer(secrets["门户"], "api").name == "anna"
    keeper.accounts.disable("anna", disabled=True)
    with pytest.raises(AccessDenied) as refused:
        keeper.bearer(secrets["门户"], "api")
    assert refused.value.reason == "账号已停用"
    assert said | {refused.value.message} == {REFUSED}
    noted = [e for e in keeper.doors.audit.every(Filter()) if not e.allowed]
    assert {e.reason for e in noted} == {"令牌已撤销", "账号已停用"}


def test_a_token_may_see_less_and_never_more(keeper: Keeper) -> None:
    tokens = keeper.tokens
    less = Narrowed(Tier.PUBLIC, frozenset({"办公室", "人事处"}), frozenset({Kind.REGULATION}))
    more = Narrowed(Tier.SENSITIVE, None, None)
    for name, wanted in (("少", less), ("多", more)):
        tokens.add(name, "anna", "本机", less=wanted)
    seen = {token.name: narrowed(row, token) for token, row in tokens.store.all()}
    assert seen["少"].clearance is Tier.PUBLIC
    assert seen["少"].departments == {"办公室"}
    assert seen["少"].kinds == {Kind.REGULATION}
    row = keeper.doors.accounts.find("anna")
    assert row is not None
    assert seen["多"] == identity(row)


def test_a_right_that_the_account_loses_the_token_loses(keeper: Keeper) -> None:
    secret = keeper.tokens.add("OA", "anna", "本机")
    keeper.accounts.set_rights("anna", clearance=Tier.PUBLIC)
    who = keeper.bearer(secret, "api").identity
    assert who is not None
    assert who.clearance is Tier.PUBLIC


def test_what_cannot_be_given_is_said(keeper: Keeper) -> None:
    tokens: Tokens = keeper.tokens
    tokens.add("OA", "anna", "本机")
    with pytest.raises(CatalogueError, match="已经有了"):
        tokens.add("OA", "anna", "本机")
    with pytest.raises(NotFound, match="没有账号"):
        tokens.add("门户", "nobody", "本机")
    with pytest.raises(ConfigError, match="令牌名"):
        tokens.add("a b", "anna", "本机")
    with pytest.raises(ConfigError, match="已经过去"):
        tokens.add("门户", "anna", "本机", expires=datetime.now(UTC) - timedelta(days=1))
    tokens.store.revoke("OA")
    with pytest.raises(NotFound, match="没有可撤销的令牌"):
        tokens.store.revoke("OA")
    keeper.accounts.disable("anna", disabled=True)
    with pytest.raises(AccessDenied, match="已停用"):
        tokens.add("门户", "anna", "本机")


def test_the_commands(
    keeper: Keeper, fresh_home: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    home = ["--home", str(fresh_home.home), "api", "token"]
    assert main([*home, "list"]) == 1
    capsys.readouterr()
    assert main([*home, "add", "OA", "--user", "anna", "--days", "30"]) == 0
    secret = capsys.readouterr().out.rpartition("：")[2].strip()
    assert keeper.bearer(secret, "api").name == "anna"
    assert main([*home, "list", "--json"]) == 0
    said = capsys.readouterr().out
    [row] = json.loads(said)
    assert (row["name"], row["user"], row["state"]) == ("OA", "anna", "有效")
    assert secret not in said
    assert digest(secret) not in said
    assert main([*home, "revoke", "OA"]) == 0
    with pytest.raises(AccessDenied):
        keeper.bearer(secret, "api")
    assert main([*home, "list"]) == 0
    assert "已撤销" in capsys.readouterr().out
    assert main([*home, "add", "门户", "--user", "anna", "--days", "0"]) != 0


def test_a_backup_opens_no_token(aviary_copy: Path, tmp_path: Path) -> None:
    """One that was revoked since would open again: all are there, and revoked."""
    settings = Settings(home=aviary_copy)
    keeper = Keeper(settings)
    anna = Person(name="anna", role=Role.READER, departments=None)
    keeper.accounts.add(anna, "correct horse 9 battery")
    secret = keeper.tokens.add("OA", "anna", "本机")
    keeper.close()
    archive = tmp_path / "备份.zip"
    backup(settings, archive)
    assert main(["--home", str(tmp_path / "新"), "restore", str(archive)]) == 0
    restored = Keeper(Settings(home=tmp_path / "新"))
    [(token, account)] = restored.tokens.store.all()
    assert (token.name, account.name) == ("OA", "anna")
    assert token.revoked is not None
    with pytest.raises(AccessDenied):
        restored.bearer(secret, "api")
    restored.close()
    with closing(sqlite3.connect(aviary_copy / "people.sqlite")) as kept:
        assert kept.execute("SELECT revoked FROM api_token").fetchall() == [(None,)]
