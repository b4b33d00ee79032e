"""What reminds: calendar files, mails by a server, the notice; and the numbers they rest on."""

from __future__ import annotations

import base64
import email
import email.policy
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from icalendar import Calendar

from kb.commands.task_mail import send
from kb.decide import render_bytes
from kb.decide.follow import Action, Draft, Event, Task, TaskState, act
from kb.decide.follow.ics import Date, as_ics
from kb.decide.follow.model import filed
from kb.decide.follow.notice import month, notice, template
from kb.decide.follow.remind import FILE, Post, mails, post
from kb.decide.follow.statistics import altogether, by_month, by_unit
from kb.errors import ConfigError, KbError
from kb.law.workdays import calendar_of

TODAY = date(2026, 11, 25)
WORKED = calendar_of()


def task(number: int, lead: str, limit: date, *steps: tuple[Action, str, date, str]) -> Task:
    draft = Draft(f"第{number}件", lead, ("财务处",), limit, "单", "纪要")
    one = filed(str(number), draft, date(2026, 10, 8))
    for action, who, day, words in steps:
        one = act(one, Event(action, who, day, words))
    return one


def given(number: int, lead: str, limit: date, *more: tuple[Action, str, date, str]) -> Task:
    start = date(2026, 10, 9)
    return task(
        number, lead, limit, (Action.ASSIGN, "督查", start, ""), (Action.ACCEPT, lead, start, ""),
        *more,
    )  # fmt: skip


def finished(number: int, lead: str, limit: date, day: date) -> Task:
    return given(
        number, lead, limit, (Action.SUBMIT, lead, day, "附后"), (Action.CLOSE, "督查", day, "")
    )


@pytest.fixture
def tasks() -> list[Task]:
    return [
        finished(1, "办公室", date(2026, 11, 20), date(2026, 11, 19)),
        finished(2, "办公室", date(2026, 11, 10), date(2026, 11, 12)),
        given(
            3, "办公室", date(2026, 11, 20), (Action.REPORT, "办公室", date(2026, 11, 1), "缺件")
        ),
        given(4, "人事处", date(2026, 11, 27)),
        given(5, "人事处", date(2027, 3, 1)),
        replace(given(6, "人事处", date(2026, 11, 1)), state=TaskState.WITHDRAWN),
    ]


def test_numbers_by_unit_and_month(tasks: list[Task]) -> None:
    office, staff = by_unit(tasks, TODAY)
    assert (office.name, office.filed, office.in_time, office.late) == ("办公室", 3, 1, 1)
    assert (office.open, office.overdue, office.rate) == (1, 1, 33)
    assert (staff.filed, staff.open, staff.overdue, staff.rate) == (2, 2, 0, None)
    (october,) = by_month(tasks, TODAY)
    assert (october.name, october.filed) == ("2026-10", 5)
    assert altogether([], TODAY).filed == 0


def test_the_notice_is_a_paper_of_the_office(tasks: list[Task]) -> None:
    pack = notice(
        tasks, month(TODAY), WORKED, maker="督查室", made=datetime(2026, 11, 25, tzinfo=UTC)
    )
    data = render_bytes(pack, "docx", template=template())
    assert data == render_bytes(pack, "docx", template=template()), "same numbers, same bytes"
    paper = Document(BytesIO(data))
    words = "\n".join(p.text for p in paper.paragraphs)
    cells = [[c.text for c in row.cells] for table in paper.tables for row in table.rows]
    assert "关于2026年11月督办事项" in words.replace("\n", "")
    assert "共立项5件，已办结2件（其中逾期办结1件），在办3件（其中逾期1件）。本期办结2件。" in words
    assert ["办公室", "3", "2", "1", "1", "1", "33%"] in cells
    assert ["第3件", "办公室", "2026年11月20日", "逾期5天，进度0%。缺件"] in cells
    assert ["第2件", "办公室", "2026年11月10日", "2026年11月12日办结（逾期）"] in cells
    assert not any("第6件" in cell for row in cells for cell in row), "withdrawn"
    empty = notice([], month(TODAY), WORKED, maker="")
    assert b"PK" in render_bytes(empty, "docx", template=template())


def test_a_calendar_file_is_read_back_as_it_was_meant() -> None:
    dates = [
        Date(
            "task-3@shuniu",
            TODAY,
            "督办到期：核对；印章,清单",
            "牵头：办公室\n标准：单",
            "http://x/t",
        ),
        Date("decision-2026-1@shuniu", TODAY, "上会：甲", "", ahead=0),
    ]
    now = datetime(2026, 11, 25, 8, tzinfo=UTC)
    data = as_ics(dates, "枢纽", now)
    assert data == as_ics(dates, "枢纽", now)
    assert b"\r\n" in data
    assert max(map(len, data.split(b"\r\n"))) <= 75, "folded (RFC 5545, 3.1)"
    book = Calendar.from_ical(data)
    one, two = book.walk("VEVENT")
    assert one["SUMMARY"] == "督办到期：核对；印章,清单"
    assert one["DESCRIPTION"] == "牵头：办公室\n标准：单"
    assert (one.decoded("DTSTART"), one.decoded("DTEND")) == (TODAY, TODAY + timedelta(days=1))
    assert [alarm.decoded("TRIGGER") for alarm in one.walk("VALARM")] == [timedelta(hours=-15)]
    assert two.walk("VALARM") == []


POST = Post(
    "127.0.0.1", 25, "none", "", "", "督查室 <kb@x.cn>",
    {"办公室": ("a@x.cn", "b@x.cn"), "财务处": ("c@x.cn",), "保卫科": ("d@x",), "*": ("e@x.cn",)}
)  # fmt: skip


def test_each_unit_is_reminded_of_its_own(tasks: list[Task]) -> None:
    made = {m.unit: m for m in mails(tasks, POST, WORKED, TODAY, within=3)}
    assert set(made) == {"办公室", "财务处", "*"}, "who has nothing due gets no mail"
    assert made["办公室"].subject == "督办提醒（办公室）：逾期 1 件，共 1 件"
    assert (
        "第 3 号　2026年11月20日　逾期 5 天　第3件（牵头：办公室，办理中）" in made["办公室"].text
    )
    assert "第4件" not in made["办公室"].text
    assert "还剩 2 个工作日" in made["财务处"].text, "partners are told, too"
    assert "第5件" not in made["*"].text, "not due yet"


def test_what_is_closed_is_not_told_in_a_mail(tasks: list[Task]) -> None:
    found = mails(tasks, POST, WORKED, TODAY, within=3, closed=lambda one: one.id == "3")
    assert all("第3件" not in mail.text + mail.subject for mail in found)
    assert any("请登录后查看" in mail.text for mail in found)


class Stub(threading.Thread):
    """A mail server of a few lines: takes what comes, refuses addresses that begin with «no»."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.got: list[tuple[list[str], bytes]] = []
        self.logins: list[str] = []

    def run(self) -> None:
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            with client, client.makefile("rwb") as stream:
                self._serve(stream)

    def _serve(self, stream) -> None:  # type: ignore[no-untyped-def]
        def say(text: str) -> None:
            stream.write(f"{text}\r\n".encode())
            stream.flush()

        say("220 stub")
        to: list[str] = []
        for raw in stream:
            line = raw.decode().strip()
            word = line[:4].upper()
            if word == "EHLO":
                say("250-stub")
                say("250 AUTH PLAIN")
            elif word == "AUTH":
                self.logins.append(base64.b64decode(line.split()[-1]).decode())
                say("235 in")
            elif word == "RCPT":
                address = re.findall(r"<(.*?)>", line)[0]
                if address.startswith("no"):
                    say("550 nobody")
                else:
                    to.append(address)
                    say("250 ok")
            elif word == "DATA":
                say("354 go")
                body = b""
                for part in stream:
                    if part == b".\r\n":
                        break
                    body += part
                self.got.append((to, body))
                to = []
                say("250 taken")
            elif word == "RSET":
                to = []
                say("250 ok")
            elif word == "QUIT":
                say("221 bye")
                return
            else:
                say("250 ok")


@pytest.fixture
def stub() -> Iterator[Stub]:
    server = Stub()
    server.start()
    yield server
    server.socket.close()


def test_mails_reach_a_server_and_refusals_are_told(stub: Stub, tasks: list[Task]) -> None:
    how = replace(POST, port=stub.port, user="kb", password="s3cret")
    how = replace(how, units={"办公室": ("a@x.cn", "no@x.cn"), "财务处": ("no@x.cn",)})
    refused = send(mails(tasks, how, WORKED, TODAY, within=3), how)
    assert refused == ["no@x.cn", "no@x.cn"]
    ((to, body),) = stub.got
    assert to == ["a@x.cn"]
    said = email.message_from_bytes(body, policy=email.policy.default)
    assert said["Subject"] == "督办提醒（办公室）：逾期 1 件，共 1 件"
    assert said["Auto-Submitted"] == "auto-generated"
    assert "第3件" in said.get_content()
    assert stub.logins == ["\0kb\0s3cret"]
    assert "s3cret" not in repr(how)
    assert send([], how) == []
    with pytest.raises(ConfigError, match="password"):
        send(mails(tasks, how, WORKED, TODAY, within=3), replace(how, password="秘密口令"))


def test_a_server_that_is_not_there_is_named(tasks: list[Task]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    how = replace(POST, port=port)
    with pytest.raises(KbError, match=r"没有发出：127\.0\.0\.1"):
        send(mails(tasks, how, WORKED, TODAY, within=3), how)


GOOD = """
[server]
host = "smtp.x.cn"
sender = "督查室 <kb@x.cn>"
[units]
"办公室" = "a@x.cn"
"""


def test_the_settings_of_mails(tmp_path: Path) -> None:
    assert post(tmp_path) is None
    file = tmp_path / FILE
    file.write_text(GOOD, encoding="utf-8")
    found = post(tmp_path)
    assert found is not None
    assert (found.port, found.security, found.units) == (465, "tls", {"办公室": ("a@x.cn",)})


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("[units]", "[else]", "units"),
        ('host = "smtp.x.cn"', "", "缺少 host"),
        ('host = "smtp.x.cn"', 'host = "x"\nsecurity = "ssl3"', "security"),
        ('host = "smtp.x.cn"', 'host = "x"\nport = 70000', "port"),
        ("a@x.cn", "a@x.cn, b@x.cn", "办公室"),
        ("a@x.cn", "a@x.cn\\nBcc: z@x.cn", "办公室"),
        ("[server]", "[server", "读不了"),
    ],
)
def test_a_fault_in_the_settings_of_mails_is_named(
    tmp_path: Path, was: str, now: str, said: str
) -> None:
    (tmp_path / FILE).write_text(GOOD.replace(was, now), encoding="utf-8")
    with pytest.raises(ConfigError, match=said):
        post(tmp_path)
