"""The commands: accounts, narrowing by ``--user``, the log, whose home it is."""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.access.policy import Identity, Role
from kb.access.visitor import Visitor
from kb.catalogue import Catalogue
from kb.cli import main
from kb.commands import serve
from kb.config import Settings
from kb.errors import AccessDenied, ConfigError
from kb.model import Tier
from tests.access.conftest import Aviary
from tests.support.canaries import forbidden

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(aviary_copy: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    Catalogue.doors(Settings(home=aviary_copy)).close()  # the copy is without its log

    def call(*argv: str) -> tuple[int, str, str]:
        code = main(["--home", str(aviary_copy), *argv])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_an_account_from_its_making_to_its_end(run: Run) -> None:
    assert run("user", "list")[0] == 1
    code, out, _ = run("user", "add", "Anna", "--shown", "安娜", "--department", "办公室")
    assert code == 0
    assert re.search(r"初始口令.*：\S{19}", out)
    assert run("user", "add", "anna", "--all-departments")[0] == 2  # the name is taken
    code, _, err = run("user", "add", "bert")
    assert (code, "部门" in err) == (2, True)  # nobody gets a department by silence
    assert run("user", "role", "anna", "--clearance", "sensitive")[0] == 0
    [row] = json.loads(run("user", "list", "--json")[1])
    assert (row["clearance"], row["departments"], row["must_change"]) == (
        "sensitive",
        ["办公室"],
        True,
    )
    assert "secret" not in row
    assert run("user", "disable", "anna")[0] == 0
    code, _, err = run("search", "采购", "--user", "anna")
    assert (code, "停用" in err) == (2, True)
    assert run("user", "enable", "anna")[0] == 0
    assert "初始口令" in run("user", "password", "anna")[1]
    assert run("user", "disable", "niemand")[0] == 2


def test_a_password_comes_by_a_pipe(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for given, code in (("schwach\n", 2), ("Gut.Wort-77\n", 0)):
        monkeypatch.setattr("sys.stdin", io.StringIO(given))
        assert run("user", "add", "boss", "--role", "admin", "--ask-password")[0] == code


@pytest.mark.parametrize(
    "clearance", [pytest.param(t, marks=() if t.rank == 1 else pytest.mark.soak) for t in Tier]
)
def test_a_user_narrows_every_command(
    run: Run, aviary: Aviary, tmp_path: Path, clearance: Tier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("Gut.Wort-77\n"))
    rights = ("--department", "办公室", "--clearance", clearance.value, "--ask-password")
    run("user", "add", "carl", *rights)
    who = Identity("carl", Role.READER, clearance, frozenset({"办公室"}))
    # Public papers are for every department (department_tier = internal).
    hidden = [
        c
        for c in aviary.canaries
        if not c.allowed(who) and (c.tier is not Tier.PUBLIC or c.persons)
    ]
    words = {w for c in hidden for w in c.words} & set(forbidden(aviary.canaries, who))
    out = ""
    for more in ([], ["--json"], ["--explain"], ["--ended"], ["--by-level"]):
        out += "".join(run("search", "采购审批", "-n", "50", "--user", "carl", *more)[1:])
    for one in hidden[:2]:
        code, said, err = run("show", f"{one.path}#第二条", "--user", "carl")
        assert code == 2
        out += said + err.replace(one.path, "")
        assert run("show", one.path, "--user", "carl")[0] == 2
    code, said, err = run(
        "pack", "new", "--topic", "采购审批", "--format", "html", "--out", str(tmp_path / "o"),
        "--user", "carl",
    )  # fmt: skip
    assert code == 0, err
    files = list((tmp_path / "o").glob("*.html"))
    out += said + "".join(f.read_text("utf-8") for f in files)
    assert "第1份" in files[0].read_text("utf-8")  # whose copy it is, once there are accounts
    assert [w for w in words if w in out] == []
    # The owner sees all, and the pack of all is not for him.
    run("pack", "new", "--topic", "采购审批", "--format", "html", "--out", str(tmp_path / "p"))
    mine = json.loads(run("pack", "list", "--json", "--user", "carl")[1])
    everyones = json.loads(run("pack", "list", "--json")[1])
    assert len(everyones) == 2
    assert len(mine) == (2 if not hidden else 1)


def test_a_user_narrows_drafts_and_editions(
    run: Run, aviary: Aviary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("Gut.Wort-77\n"))
    run("user", "add", "carl", "--department", "办公室", "--clearance", "public",
        "--ask-password")  # fmt: skip
    who = Identity("carl", Role.READER, Tier.PUBLIC, frozenset({"办公室"}))
    hidden = [
        c for c in aviary.canaries if not c.allowed(who) and c.tier is not Tier.PUBLIC
    ]  # public papers are for every department
    secret = {w for c in hidden for w in c.words} & set(forbidden(aviary.canaries, who))
    carl = ("--user", "carl")
    agenda = ("agenda", "--add", "采购审批", "--day", "2026-11-26", "--json", *carl)
    [decision] = json.loads(run("pack", *agenda)[1])
    # The owner's draft quotes what carl may not see: for him it is not there.
    ready = ("pack", "prepare", "--from", "2026-11-24")
    assert run(*ready)[0] == 0
    full = json.loads(run("pack", "draft", decision["id"], "--json")[1])
    assert {s.partition("#")[0] for s in full["sources"]} & {c.path for c in hidden}
    out = ""
    for command in (
        ("draft", full["id"]),
        ("freeze", full["id"]),
        ("draft", full["id"], "--pin", full["sources"][0]),
    ):
        code, said, err = run("pack", *command, *carl)
        assert (code, said) == (2, ""), command
        out += err
    number = json.loads(run("pack", "freeze", full["id"], "--json")[1])["number"]
    run("pack", "deliver", number, "--to", "王局长")
    for command in (
        ("deliver", number, "--to", "卡尔"),
        ("verify", number),
        ("reading", "--for", "王局长", "--out", str(tmp_path / "a.html")),
    ):
        code, said, err = run("pack", *command, *carl)
        assert (code, said) == (2, ""), command
        out += err
    assert json.loads(run("pack", "verify", "--json", *carl)[1]) == []
    # He gets a draft of his own, which does not take the place of the fuller one.
    code, said, err = run(*ready, *carl)
    assert code == 0, err
    mine = json.loads(run("pack", "draft", decision["id"], "--json", *carl)[1])
    assert mine["id"] != full["id"]
    assert mine["sources"]
    assert not {s.partition("#")[0] for s in mine["sources"]} & {c.path for c in hidden}
    run("pack", "draft", mine["id"], "--note", mine["sources"][0], "请核。", *carl)
    code, frozen, _ = run("pack", "freeze", mine["id"], *carl)
    assert code == 0
    run("pack", "deliver", mine["id"], "--to", "王局长", *carl)
    code, _, _ = run("pack", "reading", "--for", "王局长", "--out", str(tmp_path / "b.html"), *carl)
    assert code == 0
    page = (tmp_path / "b.html").read_text("utf-8")
    assert "请核。" in page  # signed in markup of its own
    assert "carl" in page
    assert number not in page
    out += said + frozen + page
    assert [w for w in secret if w in out] == []
    again = json.loads(run("pack", "draft", decision["id"], "--json")[1])
    assert again["id"] == full["id"]
    # The search index's rows of each act: who, what, whether it was allowed.
    noted = [
        (e["action"], e["subject"])
        for e in json.loads(run("audit", "list", "--json")[1])
        if e["who"] == "carl" and e["allowed"]
    ]
    for wanted in (
        ("compose", "议题 采购审批"),
        ("compose", "备稿 2026-11-24 起 7 天"),
        ("compose", f"草稿 {mine['id']}"),
        ("compose", f"定稿 {mine['id']}"),
        ("compose", f"呈送 {mine['id']} → 王局长"),
        ("view", "核对定稿 全部"),
    ):
        assert wanted in noted
    assert any(what.startswith("阅件清单 王局长 第1份 ") for _, what in noted)
    assert "search" not in {action for action, _ in noted}


def test_an_accounts_duty_holds_for_decisions_and_tasks(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, role in (("carl", "reader"), ("axel", "auditor")):
        monkeypatch.setattr("sys.stdin", io.StringIO("Gut.Wort-77\n"))
        run("user", "add", name, "--role", role, "--department", "办公室", "--ask-password")
    [decision] = json.loads(run("pack", "agenda", "--add", "采购审批", "--json")[1])
    filed = ("task", "add", "买齐", "--source", "纪要")
    commands = (
        ("decision", "show", decision["id"]),
        ("decision", "no-tasks", decision["id"], "无事项"),
        ("task", "list"),
        filed,
        ("pack", "agenda", "--add", "别的"),
        ("pack", "draft", decision["id"]),
        ("pack", "prepare"),
        ("pack", "verify"),
        ("pack", "list"),
    )
    for command in commands:
        code, out, _ = run(*command, "--user", "axel")
        assert (code, out) == (2, "") or command == ("pack", "list"), command
        assert "采购审批" not in out
        assert run(*command, "--user", "carl")[0] in (0, 1), command
    [task] = json.loads(run("task", "list", "--json")[1])
    assert task["what"] == "买齐"
    refused = {e["action"] for e in json.loads(run("audit", "list", "--denied", "--json")[1])}
    assert {"compose", "view"} <= refused


def test_a_copy_is_found_by_its_mark(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("Gut.Wort-77\n"))
    run("user", "add", "carl", "--department", "办公室", "--ask-password")
    run(
        "pack", "new", "--topic", "采购审批", "--format", "html", "--out", str(tmp_path / "o"),
        "--user", "carl",
    )  # fmt: skip
    [file] = (tmp_path / "o").glob("*.html")
    mark = re.search(r"第1份 ([A-Z0-9]{10})", file.read_text("utf-8"))
    assert mark
    code, out, _ = run("audit", "copy", mark[1])
    assert (code, "carl" in out) == (0, True)
    assert run("audit", "copy", "XXXXXXXXXX")[0] == 2


def test_the_log_by_command(run: Run, tmp_path: Path) -> None:
    run("search", "采购审批")
    run("show", "制度/没有.md#第一条")
    events = json.loads(run("audit", "list", "--json")[1])
    assert [e["action"] for e in events][:1] == ["search"]
    assert events[0]["subject"] == "采购审批"
    assert run("audit", "verify")[0] == 0
    for name in ("log.csv", "log.jsonl"):
        assert run("audit", "export", "--out", str(tmp_path / name))[0] == 0
        if os.name == "posix":
            assert (tmp_path / name).stat().st_mode & 0o077 == 0
    assert run("audit", "export", "--out", str(tmp_path / "log.txt"))[0] == 2
    assert "没有早于 180 天" in run("audit", "rotate")[1]
    assert run("audit", "verify", "--head", "0" * 64)[0] == 1


def test_a_changed_log_is_told(run: Run, aviary_copy: Path) -> None:
    import sqlite3

    for query in ("一", "二", "三"):
        run("search", query)
    with sqlite3.connect(aviary_copy / "audit.sqlite") as db:
        db.execute("UPDATE event SET subject = '别的' WHERE id = 2")
    code, out, _ = run("audit", "verify")
    assert (code, "第 2 条" in out) == (1, True)


def test_a_backup_of_a_busy_home_holds_together(run: Run, tmp_path: Path) -> None:
    run("search", "采购审批")
    out = tmp_path / "备份.zip"
    assert run("backup", "--out", str(out))[0] == 0
    if os.name == "posix":
        assert out.stat().st_mode & 0o077 == 0
    run("search", "经费")
    there = tmp_path / "别处"
    assert main(["--home", str(there), "restore", str(out)]) == 0
    assert main(["--home", str(there), "audit", "verify"]) == 0
    if os.name == "posix":
        assert there.stat().st_mode & 0o077 == 0


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="needs to give a home away")
def test_another_ones_home_is_refused(run: Run, aviary_copy: Path, tmp_path: Path) -> None:
    os.chown(aviary_copy, 12345, -1)
    (tmp_path / "q.jsonl").write_text('{"_id": "1", "text": "采购审批"}\n', "utf-8")
    (tmp_path / "r.tsv").write_text("1\t制度/旧办法.md#第一条\t1\n", "utf-8")
    commands: list[tuple[str, ...]] = [
        ("eval", "--queries", str(tmp_path / "q.jsonl"), "--qrels", str(tmp_path / "r.tsv")),
        ("search", "采购审批"),
        ("show", "制度/旧办法.md#第一条"),
        ("pack", "list"),
        ("pack", "agenda"),
        ("pack", "prepare"),
        ("pack", "verify"),
        ("pack", "deliver", "x", "--to", "y"),
        ("pack", "reading", "--for", "y", "--out", str(tmp_path / "r.html")),
        ("task", "list"),
        ("audit", "list"),
        ("user", "list"),
        ("backup", "--out", str(tmp_path / "b.zip")),
    ]
    for command in commands:
        code, out, err = run(*command)
        assert (code, out) == (2, ""), command
        assert "不属于当前用户" in err
    with pytest.raises(AccessDenied):
        Visitor.owner(aviary_copy, "试验")


def test_an_evaluation_of_the_whole_base_is_its_owners(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a scope it tells ids of papers of any tier; with ``--user``, those that he may see.
    Whoever does not own the home gets neither."""
    queries, qrels = tmp_path / "q.jsonl", tmp_path / "r.tsv"
    queries.write_text('{"_id": "1", "text": "采购审批"}\n', "utf-8")
    qrels.write_text("1\t制度/旧办法.md#第一条\t1\n", "utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO("Gut.Wort-77\n"))
    run("user", "add", "carl", "--department", "办公室", "--clearance", "public",
        "--ask-password")  # fmt: skip
    told: dict[str, str] = {}
    for name, more in (("whole", ()), ("narrowed", ("--user", "carl"))):
        asked = ("eval", "--queries", str(queries), "--qrels", str(qrels),
                 "--run", str(tmp_path / name), *more)  # fmt: skip
        assert run(*asked)[0] == 0
        told[name] = (tmp_path / name).read_text("utf-8")
    assert "sensitive-财务处" in told["whole"]
    assert "sensitive" not in told["narrowed"]
    assert "internal" not in told["narrowed"]
    monkeypatch.setattr(os, "getuid", lambda: 54321, raising=False)
    for more in ((), ("--user", "carl")):
        file = tmp_path / "nothing"
        asked = ("eval", "--queries", str(queries), "--qrels", str(qrels),
                 "--run", str(file), *more)  # fmt: skip
        code, out, err = run(*asked)
        assert (code, out, file.exists()) == (2, "", False)
        assert "不属于当前用户" in err


def test_any_address_but_loopback_needs_accounts(run: Run, aviary_copy: Path) -> None:
    code, _, err = run("serve", "--host", "0.0.0.0")
    assert (code, "kb user add" in err) == (2, True)
    assert serve.address("0.0.0.0", accounts=True) == "0.0.0.0"
    with pytest.raises(ConfigError):
        serve.address("", accounts=True)


def test_secrets_that_others_can_read_are_refused(tmp_path: Path) -> None:
    (tmp_path / ".streamlit").mkdir()
    file = tmp_path / ".streamlit" / "secrets.toml"
    file.write_text("[auth]\n", "utf-8")
    file.chmod(0o644)
    if os.name == "posix":
        with pytest.raises(ConfigError, match="chmod 600"):
            serve.secrets_private(tmp_path)
    file.chmod(0o600)
    serve.secrets_private(tmp_path)


def test_a_home_is_its_owners_alone(aviary: Aviary, fresh_home: Settings) -> None:
    fresh_home.home.mkdir(mode=0o755)
    Catalogue.doors(fresh_home).close()
    for home in (fresh_home.home, aviary.base.settings.home):
        assert os.name != "posix" or home.stat().st_mode & 0o777 == 0o700
