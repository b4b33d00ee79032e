"""The log: what is written, that any change is found, that it goes on through files."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kb.access.policy import Identity, Role
from kb.access.table import as_csv, as_jsonl, cell
from kb.access.visitor import Visitor
from kb.catalogue import Catalogue
from kb.catalogue.audit import HEAD, AuditLog, Event, Filter
from kb.catalogue.audit_archive import FOLDER, rotate, verify
from kb.config import Settings
from kb.errors import AccessDenied, AuditUnwritable, CatalogueError, NotFound
from kb.model import Scope, Tier
from kb.seat import Seat
from tests.access.conftest import Aviary

DAY = Scope.everything(as_of=None)
COLUMNS = (
    "at", "who", "origin", "action", "subject", "allowed", "reason", "generation", "previous",
    "digest", "id",
)  # fmt: skip


@pytest.fixture
def log(fresh_home: Settings) -> Iterator[AuditLog]:
    doors = Catalogue.doors(fresh_home)
    yield doors.audit
    doors.close()


def fill(log: AuditLog, count: int) -> None:
    for number in range(count):
        log.append(
            Event(f"p{number % 3}", "试验", "search", f"问题{number}", number % 4 != 0, "因")
        )


def direct(log: AuditLog) -> sqlite3.Connection:
    return sqlite3.connect(log.folder / "audit.sqlite", isolation_level=None)


def test_every_door_is_noted_with_who_what_and_why(aviary: Aviary) -> None:
    who = Identity("carl", Role.READER, Tier.PUBLIC, frozenset({"办公室"}))
    seat = aviary.seat(who)
    hidden = next(c for c in aviary.canaries if not c.allowed(who))
    shown = next(c for c in aviary.canaries if c.allowed(who))
    before = aviary.base.audit.head()[0]
    seat.search("采购审批", DAY)
    seat.document(shown.path, DAY)
    with pytest.raises(NotFound):
        seat.document(hidden.path, DAY)
    with pytest.raises(NotFound):
        seat.document("制度/没有.md", DAY)
    seat.file_of(shown.path, DAY)
    seat.documents(DAY)
    admin = aviary.seat(Identity("boss", Role.ADMIN))
    with pytest.raises(AccessDenied):
        admin.search("采购审批", DAY)
    noted = [r for r in aviary.base.audit.every(Filter()) if r.id > before]
    assert [(r.who, r.action, r.allowed) for r in noted] == [
        ("carl", "search", True),
        ("carl", "view", True),
        ("carl", "view", False),
        ("carl", "view", False),
        ("carl", "download", True),
        ("carl", "list", True),
        ("boss", "search", False),
    ]
    assert noted[2].subject == hidden.path
    assert "知悉范围" in noted[2].reason or "部门" in noted[2].reason
    assert noted[3].reason == "没有这份文件"
    assert noted[6].reason == "管理员无此权限：检索"
    assert {r.generation for r in noted} == {aviary.base.generation}


def test_where_nothing_can_be_noted_nothing_is_answered(
    aviary: Aviary, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise AuditUnwritable("审计日志无法写入，已停止提供内容")

    monkeypatch.setattr(AuditLog, "append", full)
    seat = aviary.seat(Identity("anna", Role.LEADER, Tier.SENSITIVE, None))
    path = aviary.canaries[0].path
    for ask in (
        lambda: seat.search("采购审批", DAY),
        lambda: seat.document(path, DAY),
        lambda: seat.provision(f"{path}#第二条", DAY),
        lambda: seat.documents(DAY),
        lambda: seat.file_of(path, DAY),
        lambda: seat.people.pack("x"),
        lambda: seat.composing("议题"),
    ):
        with pytest.raises(AuditUnwritable):
            ask()


def test_a_database_that_takes_no_writing_refuses(log: AuditLog) -> None:
    fill(log, 1)
    with closing(direct(log)) as other:
        other.execute("DROP TABLE event")
    with pytest.raises(AuditUnwritable, match="审计日志"):
        log.append(Event("a", "b", "c", "d"))


def mutate(log: AuditLog, rng: random.Random) -> str:
    """One change of the stored log; says which."""
    with closing(direct(log)) as db:
        ids = [row[0] for row in db.execute("SELECT id FROM event ORDER BY id")]
        one, other = rng.sample(ids, 2)
        how = rng.choice(("value", "value", "value", "delete", "tail", "swap", "insert", "head"))
        if how == "value":
            column = rng.choice(COLUMNS)
            fresh: object = {
                "allowed": rng.choice((0, 1, 2)), "generation": rng.choice((7, 8)),
                "at": "2026-01-01 00:00:00.000000", "id": max(ids) + rng.randint(1, 9),
            }.get(column, f"改{rng.random()}")  # fmt: skip
            was = db.execute(f"SELECT {column} FROM event WHERE id = ?", (one,)).fetchone()[0]
            fresh = 1 - was if column == "allowed" else fresh
            db.execute(f"UPDATE event SET {column} = ? WHERE id = ?", (fresh, one))
            return f"{column} of {one}"
        if how == "delete":
            db.execute("DELETE FROM event WHERE id = ?", (one,))
        elif how == "tail":
            db.execute("DELETE FROM event WHERE id >= ?", (rng.choice(ids),))
        elif how == "swap":
            db.execute("UPDATE event SET id = -1 WHERE id = ?", (one,))
            db.execute("UPDATE event SET id = ? WHERE id = ?", (one, other))
            db.execute("UPDATE event SET id = ? WHERE id = -1", (other,))
        elif how == "insert":
            names = ", ".join(c for c in COLUMNS if c != "id")
            db.execute(f"INSERT INTO event ({names}) SELECT {names} FROM event WHERE id = {one}")
        else:
            db.execute("DELETE FROM event WHERE id > ?", (max(ids) - 2,))
            (log.folder / HEAD).unlink()
        return how


def _mutations(log: AuditLog, count: int, seed: int) -> None:
    fill(log, 12)
    rng = random.Random(seed)
    with closing(direct(log)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    log.engine.dispose()
    files = {n: (log.folder / n).read_bytes() for n in ("audit.sqlite", HEAD)}
    for _ in range(count):
        what = mutate(log, rng)
        found = verify(log)
        assert not found.good, what
        assert found.why
        log.engine.dispose()
        for name, data in files.items():
            (log.folder / name).write_bytes(data)
        for tail in ("-wal", "-shm"):
            (log.folder / f"audit.sqlite{tail}").unlink(missing_ok=True)
        assert verify(log).good


def test_any_change_is_found(log: AuditLog) -> None:
    _mutations(log, 30, seed=1)


@pytest.mark.soak
def test_a_thousand_changes_are_found(log: AuditLog) -> None:
    _mutations(log, 1000, seed=2)


def test_old_events_go_into_files_and_the_chain_goes_on(log: AuditLog) -> None:
    fill(log, 6)
    assert rotate(log, datetime.now(UTC).replace(tzinfo=None) - timedelta(days=180)) is None
    first = rotate(log, datetime.now(UTC).replace(tzinfo=None))
    assert first is not None
    assert first[1] == 6
    assert list(log.every(Filter())) == []
    assert log.head()[0] == 6
    fill(log, 3)
    assert [r.id for r in log.every(Filter())] == [7, 8, 9]
    assert rotate(log, datetime.now(UTC).replace(tzinfo=None)) is not None
    fill(log, 2)
    found = verify(log)
    assert (found.good, found.events, found.head[0]) == (True, 11, 11)
    if os.name == "posix":
        assert first[0].stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("damage", ["line", "cut", "other", "gone", "note"])
def test_a_change_of_an_archive_is_found(log: AuditLog, damage: str) -> None:
    for _ in range(2):
        fill(log, 4)
        rotate(log, datetime.now(UTC).replace(tzinfo=None))
    fill(log, 1)
    file = log.folder / FOLDER / "audit-00001.jsonl"
    data = file.read_bytes()
    if damage == "line":
        file.write_bytes(data.replace("问题1".encode(), "问题9".encode()))
    elif damage == "cut":
        file.write_bytes(data[: len(data) // 2])
    elif damage == "other":
        file.write_bytes((log.folder / FOLDER / "audit-00002.jsonl").read_bytes())
    elif damage == "gone":
        file.unlink()
        found = verify(log)
        assert (found.good, found.missing) == (True, ("audit-00001.jsonl",))
        return
    else:
        with closing(direct(log)) as db:
            db.execute("DELETE FROM archive WHERE number = 1")
    with suppress(CatalogueError):  # it names the file, and is no verdict that all is well
        assert not verify(log).good


WRITER = """
import sys
from pathlib import Path
from kb.catalogue import Catalogue
from kb.catalogue.audit import Event
from kb.config import Settings
doors = Catalogue.doors(Settings(home=Path(sys.argv[1])))
print("ready", flush=True)
for number in range(int(sys.argv[2])):
    doors.audit.append(Event(sys.argv[3], "试验", "search", f"问题{number}"))
"""


def writer(log: AuditLog, count: int, who: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(log.folder), str(count), who]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_two_processes_write_one_chain(log: AuditLog) -> None:
    both = [writer(log, 40, who) for who in ("甲", "乙")]
    for process in both:
        process.communicate(timeout=120)
        assert process.returncode == 0
    rows = list(log.every(Filter()))
    assert len(rows) == 80
    assert {r.who for r in rows} == {"甲", "乙"}
    assert verify(log).good


@pytest.mark.skipif(os.name != "posix", reason="no SIGKILL")
def test_a_kill_in_the_middle_of_writing_breaks_nothing(log: AuditLog) -> None:
    rng = random.Random(3)
    for _ in range(3):
        process = writer(log, 100_000, "甲")
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(rng.uniform(0.02, 0.3))
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
        assert verify(log).good
        fill(log, 1)
    assert verify(log).good


def test_exports_hold_every_column_and_no_formula(log: AuditLog) -> None:
    evil = '=HYPERLINK("http://x","y")'
    log.append(Event("甲", "试验", "search", evil))
    rows = list(log.every(Filter()))
    lines = as_csv(rows).decode("utf-8-sig").splitlines()
    assert lines[0].split(",")[:3] == ["id", "at", "who"]
    assert "'=HYPERLINK" in lines[1]
    assert json.loads(as_jsonl(rows))["subject"] == evil


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@A", "\tx", "\rx", "  =1", "＝1"])
def test_a_cell_is_no_formula(text: str) -> None:
    assert cell(text) == "'" + text


@pytest.mark.parametrize("value", ["普通文字", "a=b", 7, None, True])
def test_other_cells_stay(value: object) -> None:
    assert cell(value) == value


def test_what_is_kept_is_bounded(log: AuditLog) -> None:
    log.append(Event("甲", "试验", "search", "长" * 5000 + "\ud800"))
    [row] = log.every(Filter())
    assert len(row.subject) == 300


def test_one_question_drawn_anew_is_one_event(aviary: Aviary) -> None:
    seat = aviary.seat(Identity("anna", Role.READER, Tier.PUBLIC, frozenset({"办公室"})))
    before = aviary.base.audit.head()[0]
    for _ in range(5):
        seat.search("同一个问题", DAY)
    seat.search("另一个问题", DAY)
    assert aviary.base.audit.head()[0] == before + 2


def test_making_a_pack_is_one_event(aviary: Aviary) -> None:
    owner = Seat(aviary.base, Visitor(None, "本机", "本机"))
    before = aviary.base.audit.head()[0]
    quiet = owner.composing("议题")
    for number in range(3):
        quiet.search(f"问题{number}", DAY)
    assert aviary.base.audit.head()[0] == before + 1


def test_rights_to_the_files_are_the_owners(log: AuditLog) -> None:
    fill(log, 1)
    if os.name == "posix":
        assert Path(log.folder).stat().st_mode & 0o077 == 0
        assert (log.folder / HEAD).stat().st_mode & 0o077 == 0
