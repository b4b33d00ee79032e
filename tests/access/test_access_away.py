"""The door while the database of the accounts is away: shut, in words, without its address."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from kb.access.accounts import Person
from kb.access.keeper import Keeper
from kb.access.policy import Role
from kb.config import Settings
from kb.errors import AuditUnwritable, CatalogueError, EngineError, KbError
from kb.ui import session
from kb.ui.gate import Gate

WHERE = "postgresql://kb@db.office.example:5432/kb"


class Away(Keeper):
    """Its database is not there."""

    def has_accounts(self) -> bool:
        raise CatalogueError(f"数据库 {WHERE} 连不上：connection refused", hint="检查数据库服务")


def test_a_database_that_is_away_does_not_pass_for_one_without_accounts(tmp_path: Path) -> None:
    keeper = Away(Settings(home=tmp_path))
    for _ in range(3):
        with pytest.raises(CatalogueError):
            keeper.asks()


def test_who_was_known_to_be_asked_stays_so(tmp_path: Path) -> None:
    keeper = Keeper(Settings(home=tmp_path))
    assert not keeper.asks()
    keeper.accounts.add(Person("anna", Role.READER, departments=None), "Wen.Jian-77")
    keeper._looked = float("-inf")
    assert keeper.asks()
    keeper.__class__ = Away
    assert keeper.asks()
    keeper.close()


@pytest.mark.parametrize("accept", ["text/html", "*/*"])
def test_the_door_says_so_in_words(tmp_path: Path, accept: str) -> None:
    async def never(*_: object) -> None:
        pytest.fail("it was let through")

    client = TestClient(Gate(never, Away(Settings(home=tmp_path))))
    for _ in range(2):
        answer = client.get("/read?doc=x", headers={"Accept": accept})
        assert answer.status_code == 503
        assert "数据库没有回答" in answer.text
        assert "office.example" not in answer.text
        assert "refused" not in answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-type"].startswith(
            "text/html" if accept == "text/html" else "text/plain"
        )


@pytest.mark.parametrize(
    "error",
    [
        CatalogueError(
            f'数据库 {WHERE} 连不上：connection failed: server at "10.1.2.3", port 5432 failed',
            hint="检查数据库服务、网络与 KB_DATABASE_URL",
        ),
        AuditUnwritable(f"审计日志 {WHERE.replace(':', '+psycopg:', 1)} 无法写入，已停止提供内容"),
        EngineError(
            "Milvus http://10.1.2.3:19530 检索失败：Deadline Exceeded", hint="检查服务的状态与日志"
        ),
    ],
)
def test_a_reader_is_told_no_address(error: KbError, tmp_path: Path) -> None:
    said, hint, _ = session.in_words(error, tmp_path, keeps=False)
    assert said in (
        "数据库连不上", "审计日志无法写入，已停止提供内容", "Milvus检索失败",
    )  # fmt: skip
    assert hint == "稍后再试；仍然不行，请告知维护人员"
    assert session.in_words(error, tmp_path, keeps=True)[0] == error.message
