"""Tokens of other programs, as stored. What they mean is in `kb.access.tokens`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, insert, select, update
from sqlalchemy.exc import IntegrityError

from kb.catalogue.accounts import AccountRow
from kb.catalogue.tables import account
from kb.catalogue.tables_api import api_token
from kb.errors import CatalogueError, NotFound


@dataclass(frozen=True, slots=True)
class TokenRow:
    """One token without its secret. ``clearance``, ``departments``, ``kinds`` None: as its
    account's. Times are UTC, without a zone."""

    id: int
    name: str
    clearance: str | None
    departments: list[str] | None
    kinds: list[str] | None
    made: datetime
    made_by: str
    expires: datetime | None
    seen: datetime | None
    revoked: datetime | None


_TOKEN = [api_token.c[name] for name in TokenRow.__dataclass_fields__]
_BOTH = select(
    *(column.label(f"token_{column.name}") for column in _TOKEN),
    *(account.c[name] for name in AccountRow.__dataclass_fields__),
).join(account, account.c.id == api_token.c.account_id)


class TokenStore:
    """Reads and writes tokens."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def any(self) -> bool:
        """Whether one was ever given and not revoked."""
        query = select(api_token.c.id).where(api_token.c.revoked.is_(None)).limit(1)
        with self._engine.connect() as connection:
            return connection.execute(query).first() is not None

    def all(self) -> list[tuple[TokenRow, AccountRow]]:
        """Every token and whose it is, by name."""
        with self._engine.connect() as connection:
            rows = connection.execute(_BOTH.order_by(api_token.c.name)).all()
        return [_split(row) for row in rows]

    def find(self, digest: str) -> tuple[TokenRow, AccountRow] | None:
        """By the digest of its secret."""
        with self._engine.connect() as connection:
            row = connection.execute(_BOTH.where(api_token.c.digest == digest)).first()
        return None if row is None else _split(row)

    def add(self, values: dict[str, Any]) -> None:
        """A new one.

        Raises:
            CatalogueError: the name is taken, also by one that was revoked: the log names it.
        """
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(api_token).values(values))
        except IntegrityError as error:
            raise CatalogueError(
                f"令牌 {values['name']} 已经有了",
                hint="换一个名字（撤销过的名字不再使用，日志中指的是那一个）",
            ) from error

    def touch(self, token_id: int, now: datetime) -> None:
        """It was used."""
        with self._engine.begin() as connection:
            connection.execute(update(api_token).where(api_token.c.id == token_id).values(seen=now))

    def revoke(self, name: str) -> None:
        """It opens nothing any more.

        Raises:
            NotFound: there is none of this name that is not revoked already.
        """
        live = (api_token.c.name == name) & api_token.c.revoked.is_(None)
        with self._engine.begin() as connection:
            done = connection.execute(
                update(api_token).where(live).values(revoked=datetime.now(UTC))
            ).rowcount
        if not done:
            raise NotFound(f"没有可撤销的令牌：{name}", hint="用 kb api token list 查看")


def _split(row: Any) -> tuple[TokenRow, AccountRow]:
    return TokenRow(*row[: len(_TOKEN)]), AccountRow(*row[len(_TOKEN) :])
