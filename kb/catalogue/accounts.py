"""Accounts, sessions and numbered exports, as stored. What they mean is in `kb.access`."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, bindparam, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from kb.catalogue.dialect import exclusive
from kb.catalogue.fixed import Fixed, unchanged
from kb.catalogue.tables import account, export, login
from kb.errors import CatalogueError, NotFound


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account. ``departments`` and ``kinds`` None: all."""

    id: int
    name: str
    shown: str
    number: str
    role: str
    clearance: str
    departments: list[str] | None
    kinds: list[str] | None
    secret: str
    subject: str
    must_change: bool
    disabled: bool
    failures: int
    locked_until: datetime | None
    made: datetime
    seen: datetime | None


@dataclass(frozen=True, slots=True)
class LoginRow:
    """One session."""

    digest: str
    account_id: int
    origin: str
    made: datetime
    seen: datetime


@dataclass(frozen=True, slots=True)
class ExportRow:
    """One file that was handed out: the ``copy``-th of its pack."""

    id: str
    pack_id: str
    copy: int
    form: str
    who: str
    at: datetime


_ACCOUNT = [account.c[name] for name in AccountRow.__dataclass_fields__]
_LOGIN = [login.c[name] for name in LoginRow.__dataclass_fields__]
_SESSION = Fixed(
    select(*(c.label(f"login_{c.name}") for c in _LOGIN), *_ACCOUNT)
    .join(account, account.c.id == login.c.account_id)
    .where(login.c.digest == bindparam("token"))
)
"""Asked at every request."""


class AccountStore:
    """Reads and writes accounts and sessions. Times are UTC, without a zone when read back."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def any(self) -> bool:
        """Whether there is an account at all."""
        with self._engine.connect() as connection:
            return connection.execute(select(account.c.id).limit(1)).first() is not None

    def all(self) -> list[AccountRow]:
        """Every account, by name."""
        query = select(*_ACCOUNT).order_by(account.c.name)
        with self._engine.connect() as connection:
            return [AccountRow(**row) for row in connection.execute(query).mappings()]

    def find(self, name: str) -> AccountRow | None:
        """By name; None where there is none."""
        return self._one(account.c.name == name)

    def by_id(self, account_id: int) -> AccountRow | None:
        """By number."""
        return self._one(account.c.id == account_id)

    def by_subject(self, subject: str) -> AccountRow | None:
        """By the identity that another system vouches for; never by an empty one."""
        return self._one(account.c.subject == subject) if subject else None

    def add(self, values: dict[str, Any], *, first: bool = False) -> int:
        """A new account; its number comes back.

        Args:
            first: only where there is none yet (two may follow the one-time link at once).

        Raises:
            CatalogueError: the name is taken, or ``first`` and there is one.
        """
        row = values | {"failures": 0, "disabled": False, "made": datetime.now(UTC)}
        try:
            with exclusive(self._engine, "account") as connection:
                if first and connection.execute(select(account.c.id).limit(1)).first():
                    raise CatalogueError("已经有账号了", hint="请用已有的管理员账号登录")
                made = connection.execute(insert(account).values(row))
        except IntegrityError as error:
            raise CatalogueError(
                f"账号 {values['name']} 已经有了", hint="换一个账号名，或修改已有的账号"
            ) from error
        return int(made.inserted_primary_key[0])  # type: ignore[index] # one row, one key

    def change(self, name: str, **values: Any) -> None:
        """Change columns of an account.

        Raises:
            NotFound: there is none of this name.
        """
        with self._engine.begin() as connection:
            done = connection.execute(
                update(account).where(account.c.name == name).values(values)
            ).rowcount
        if not done:
            raise NotFound(f"没有账号：{name}", hint="用 kb user list 查看")

    def failed(self, account_id: int) -> int:
        """Count one failure; how many there are now. One statement: attempts at once all count."""
        statement = (
            update(account)
            .where(account.c.id == account_id)
            .values(failures=account.c.failures + 1)
            .returning(account.c.failures)
        )
        with self._engine.begin() as connection:
            return int(connection.execute(statement).scalar_one())

    def start(self, digest: str, account_id: int, origin: str, now: datetime) -> None:
        """Open a session."""
        row = {"digest": digest, "account_id": account_id, "origin": origin}
        with self._engine.begin() as connection:
            connection.execute(insert(login).values(row | {"made": now, "seen": now}))
            connection.execute(update(account).where(account.c.id == account_id).values(seen=now))

    def session(self, digest: str) -> tuple[LoginRow, AccountRow] | None:
        """A session and whose it is, as they stand now."""
        return unchanged(self._engine, digest, lambda cursor: self._read(cursor, digest))

    def _read(self, cursor: Any, digest: str) -> tuple[LoginRow, AccountRow] | None:
        row = _SESSION.first(cursor, self._engine.dialect, token=digest)
        if row is None:
            return None
        return LoginRow(*row[: len(_LOGIN)]), AccountRow(*row[len(_LOGIN) :])

    def touch(self, digest: str, now: datetime) -> None:
        """Somebody did something in a session."""
        with self._engine.begin() as connection:
            connection.execute(update(login).where(login.c.digest == digest).values(seen=now))

    def end(self, digest: str) -> None:
        """Close a session."""
        with self._engine.begin() as connection:
            connection.execute(delete(login).where(login.c.digest == digest))

    def end_all(self, account_id: int) -> None:
        """Close every session of an account."""
        with self._engine.begin() as connection:
            connection.execute(delete(login).where(login.c.account_id == account_id))

    def end_before(self, made: datetime, seen: datetime) -> None:
        """Forget sessions that have run out."""
        with self._engine.begin() as connection:
            connection.execute(delete(login).where((login.c.made < made) | (login.c.seen < seen)))

    def number_export(self, pack_id: str, form: str, who: str) -> ExportRow:
        """Number the next copy of a pack."""
        with exclusive(self._engine, "export") as connection:
            last = connection.execute(
                select(func.max(export.c.copy)).where(export.c.pack_id == pack_id)
            ).scalar()
            row = ExportRow(
                # No letter or digit that is taken for another when it is read from paper.
                "".join(secrets.choice("ACDEFGHJKLMNPQRTUVWXY34679") for _ in range(10)),
                pack_id,
                int(last or 0) + 1,
                form,
                who,
                datetime.now(UTC),
            )
            connection.execute(
                insert(export).values({n: getattr(row, n) for n in ExportRow.__dataclass_fields__})
            )
        return row

    def exported(self, export_id: str) -> ExportRow | None:
        """Which file a watermark stands for."""
        query = select(*(export.c[n] for n in ExportRow.__dataclass_fields__))
        with self._engine.connect() as connection:
            row = connection.execute(query.where(export.c.id == export_id)).first()
        return ExportRow(*row) if row else None

    def _one(self, condition: Any) -> AccountRow | None:
        with self._engine.connect() as connection:
            row = connection.execute(select(*_ACCOUNT).where(condition)).first()
        return AccountRow(*row) if row else None
