"""Addresses with a secret, under which a calendar fetches one person's dates.

A calendar program cannot sign in, so the address itself is the key: long, random, one a person,
taken back at any time. Only its digest is kept, as with sessions.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime

from sqlalchemy import Engine, delete, insert, select

from kb.catalogue.dialect import exclusive
from kb.catalogue.tables_follow import feed

BYTES = 32
"""Of chance in a secret."""


class Feeds:
    """Reads and writes who has such an address."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def give(self, reader: str) -> str:
        """A new secret for a person; one that he had counts no longer."""
        secret = secrets.token_urlsafe(BYTES)
        with exclusive(self._engine, "feed") as connection:
            connection.execute(delete(feed).where(feed.c.reader == reader))
            connection.execute(
                insert(feed).values(reader=reader, digest=_digest(secret), made=datetime.now(UTC))
            )
        return secret

    def take_back(self, reader: str) -> None:
        """No address any more."""
        with self._engine.begin() as connection:
            connection.execute(delete(feed).where(feed.c.reader == reader))

    def has(self, reader: str) -> bool:
        """Whether a person has one."""
        with self._engine.connect() as connection:
            query = select(feed.c.reader).where(feed.c.reader == reader)
            return connection.execute(query).first() is not None

    def whose(self, secret: str) -> str | None:
        """Who was given a secret; None: nobody."""
        with self._engine.connect() as connection:
            query = select(feed.c.reader).where(feed.c.digest == _digest(secret))
            return connection.execute(query).scalar_one_or_none()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
