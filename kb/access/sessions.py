"""Sessions: kept on the server; the browser holds a token that says nothing by itself."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kb.catalogue.accounts import AccountRow, AccountStore
from kb.config import Settings

COOKIE = "kb_session"
NOTED = timedelta(seconds=30)
"""A session's last use is written at most so often."""


@dataclass(frozen=True, slots=True)
class Session:
    """A living session: whose it is, as his account stands now."""

    digest: str
    account: AccountRow
    origin: str


class Sessions:
    """Starts, finds and ends sessions of one home."""

    def __init__(self, store: AccountStore, settings: Settings) -> None:
        self._store = store
        self._idle = timedelta(minutes=settings.session_idle_minutes)
        self._whole = timedelta(hours=settings.session_hours)

    def start(self, account: AccountRow, origin: str, *, now: datetime | None = None) -> str:
        """A new token, whatever the browser brought: a session is never handed from before the
        sign-in to after it."""
        now = now or datetime.now(UTC)
        self._store.end_before(now - self._whole, now - self._idle)
        token = secrets.token_urlsafe(32)
        self._store.start(_digest(token), account.id, origin, now)
        return token

    def find(
        self, token: str, *, active: bool = True, now: datetime | None = None
    ) -> Session | None:
        """Whose token this is; None where it is nobody's, has run out or the account is stopped.

        Args:
            active: the person did something: the idle time begins anew.
        """
        if not token or len(token) > 100:
            return None
        now = now or datetime.now(UTC)
        digest = _digest(token)
        found = self._store.session(digest)
        if found is None:
            return None
        session, account = found
        made, seen = (t.replace(tzinfo=UTC) for t in (session.made, session.seen))
        if now - made >= self._whole or now - seen >= self._idle or account.disabled:
            self._store.end(digest)
            return None
        if active and now - seen >= NOTED:
            self._store.touch(digest, now)
        return Session(digest, account, session.origin)

    def end(self, token: str) -> None:
        """Sign out: the token is worth nothing from here on."""
        if token:
            self._store.end(_digest(token))


def csrf_of(token: str) -> str:
    """What a form of this session must carry; tells nothing of the token."""
    return hmac.new(token.encode("utf-8", "replace"), b"form", hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """Compared without telling by its time where they differ."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
