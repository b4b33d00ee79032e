"""The keeper of the door: is signing in asked for here, who is it, and what is noted of it.

Opens people's work and the log only: there may be no index yet.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from kb.access import passwords, sessions
from kb.access.accounts import Accounts, Person, identity
from kb.access.policy import Role, open_tiers_below
from kb.access.sessions import Session, Sessions
from kb.access.tokens import REFUSED, Tokens, narrowed
from kb.access.visitor import Visitor
from kb.catalogue import Catalogue, Doors
from kb.catalogue.accounts import AccountRow
from kb.catalogue.audit import Event
from kb.config import Settings
from kb.errors import AccessDenied, KbError
from kb.model import Tier

LOOK_AGAIN = 1.0
LINK_SECONDS = 3600.0


class Keeper:
    """One a home and process. Safe for several threads."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self._looking = threading.Lock()
        self._doors: Doors | None = None
        self._looked = float("-inf")
        self._asked = False
        self._link = ("", 0.0)

    @property
    def doors(self) -> Doors:
        """The two databases, made where there are none."""
        with self._lock:
            if self._doors is None:
                self._doors = Catalogue.doors(self.settings)
            return self._doors

    @property
    def accounts(self) -> Accounts:
        """Accounts of this home."""
        return Accounts(self.doors.accounts)

    @property
    def _sessions(self) -> Sessions:
        return Sessions(self.doors.accounts, self.settings)

    def asks(self) -> bool:
        """Whether people have to sign in: once there is an account, for good; looked up at most
        once a second until then."""
        if self._asked or self.settings.login == "required":
            return True
        # Noted when it is known: a database that is away is not one without accounts.
        # One looks and the others wait: who did not would be taken for the demonstration's person.
        with self._looking:
            if not self._asked and time.monotonic() - self._looked >= LOOK_AGAIN:
                self._asked = self.has_accounts()
                self._looked = time.monotonic()
            return self._asked

    def has_accounts(self) -> bool:
        """Whether there is one now."""
        return Catalogue.has_people(self.settings) and self.doors.accounts.any()

    def setup_link(self) -> str:
        """A new one-time token for making the first administrator; "" where there is one."""
        if self.doors.accounts.any():
            return ""
        token = secrets.token_urlsafe(24)
        self._link = (hashlib.sha256(token.encode()).hexdigest(), time.monotonic() + LINK_SECONDS)
        return token

    def is_setup(self, token: str) -> bool:
        """Whether a token is that of the link, and the link still good."""
        digest, until = self._link
        given = hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
        return bool(digest) and sessions.same(digest, given) and time.monotonic() < until

    def set_up(self, token: str, name: str, shown: str, password: str, origin: str) -> None:
        """Make the first administrator. The link is spent.

        Raises:
            AccessDenied: not the link's token. ConfigError, CatalogueError: as `Accounts.add`.
        """
        if not self.is_setup(token):
            self.note(name, origin, "setup", "首个管理员", allowed=False, reason="链接无效")
            raise AccessDenied(
                "这个链接无效或已用过", reason="链接无效", hint="重新启动后会给出新的链接"
            )
        self.accounts.add(Person(name, Role.ADMIN, shown=shown), password, first=True)
        self._link = ("", 0.0)
        self.note(name.strip().lower(), origin, "setup", "首个管理员")

    def sign_in(self, name: str, password: str, origin: str) -> str:
        """The token of a new session. Either way it is noted.

        Raises:
            AccessDenied: in the same words for every reason.
        """
        try:
            row = self.accounts.sign_in(name, password)
        except AccessDenied as error:
            self.note(name, origin, "login", "", allowed=False, reason=error.reason)
            raise
        return self._begin(row, origin, "口令")

    def vouched(self, subject: str, origin: str) -> str:
        """The token of a new session for whom another system vouches (OpenID Connect).

        Raises:
            AccessDenied: no account has this identity, or it is stopped.
        """
        row = self.doors.accounts.by_subject(subject.strip().lower())
        if row is None or row.disabled:
            why = "没有对应的账号" if row is None else "账号已停用"
            self.note(subject, origin, "login", "OIDC", allowed=False, reason=why)
            raise AccessDenied(
                "统一身份认证成功，但本系统没有为您开通账号", reason=why, hint="请联系管理员"
            )
        return self._begin(row, origin, "OIDC")

    def _begin(self, row: AccountRow, origin: str, how: str) -> str:
        # Noted first: without the log there is no session.
        self.note(row.name, origin, "login", how)
        return self._sessions.start(row, origin)

    def session(self, token: str, *, active: bool = True) -> Session | None:
        """Whose token it is, as his account stands now."""
        return self._sessions.find(token, active=active) if token else None

    def sign_out(self, token: str, origin: str) -> None:
        """End a session."""
        if (found := self.session(token, active=False)) is not None:
            self.note(found.account.name, origin, "logout", "")
            self._sessions.end(token)

    def change_password(self, token: str, old: str, new: str, origin: str) -> str:
        """Change it and go on in a new session; the old ones end.

        Raises:
            AccessDenied: not signed in, or the old one is wrong. ConfigError: the new one is weak.
        """
        found = self.session(token)
        if found is None:
            raise AccessDenied("请重新登录", reason="未登录")
        name = found.account.name
        try:
            self.accounts.change_password(name, old, new)
        except AccessDenied as error:
            self.note(name, origin, "password", "", allowed=False, reason=error.reason)
            raise
        self.note(name, origin, "password", "")
        row = self.doors.accounts.find(name)
        if row is None:
            raise AccessDenied("请重新登录", reason="账号已不在")
        return self._sessions.start(row, origin)

    def visitor(self, token: str, origin: str, *, active: bool = True) -> Visitor:
        """Who comes with this token; the demonstration's one person where nobody signs in.

        Raises:
            AccessDenied: no living session.
        """
        if not self.asks():
            return Visitor.demo(origin)
        found = self.session(token, active=active)
        if found is None:
            raise AccessDenied("请先登录", reason="未登录或登录已过期", hint="刷新本页即可登录")
        return Visitor.person(
            found.account,
            identity(found.account),
            # Streamlit does not say the address of this machine: then where he signed in from.
            origin=origin if " " in origin else found.origin,
            open_tiers=self.open_tiers,
            session=found.digest,
        )

    def named(self, name: str, origin: str) -> Visitor:
        """An account by its name, without a password: only for who owns the home, to see less.

        Raises:
            NotFound, AccessDenied: there is none, or it is stopped.
        """
        row = self.doors.accounts.find(name.strip().lower())
        if row is None or row.disabled:
            why = "没有这个账号" if row is None else "账号已停用"
            self.note(name, origin, "login", "--user", allowed=False, reason=why)
            raise AccessDenied(f"{why}：{name}", reason=why, hint="用 kb user list 查看")
        return Visitor.person(row, identity(row), origin=origin, open_tiers=self.open_tiers)

    @property
    def tokens(self) -> Tokens:
        """Tokens of other programs."""
        return Tokens(self.doors.tokens, self.doors.accounts)

    def bearer(
        self, secret: str, origin: str, *, noting: Callable[[], bool] = lambda: True
    ) -> Visitor:
        """Who comes by a token, as his account stands now; each visit is a session of its own, so
        that each is an event. ``noting``: whether a refusal is noted.

        Raises:
            AccessDenied: in the same words for every reason.
        """
        token, row, why = self.tokens.find(secret)
        whence = f"{origin} {token.name}" if token else origin
        if token is None or row is None or why:
            if noting():
                name = row.name if row else ""
                self.note(name, whence, "login", "令牌", allowed=False, reason=why)
            raise AccessDenied(REFUSED, reason=why)
        return Visitor.person(
            row,
            narrowed(row, token),
            origin=whence,
            open_tiers=self.open_tiers,
            session=secrets.token_hex(16),
        )

    @property
    def open_tiers(self) -> frozenset[Tier]:
        """Whose papers are for every department."""
        return open_tiers_below(Tier(self.settings.department_tier))

    def note(
        self,
        who: str,
        origin: str,
        action: str,
        subject: str,
        *,
        allowed: bool = True,
        reason: str = "",
    ) -> None:
        """Write one event about an account. What was typed as a name may be a password."""
        name = who.strip().lower()[:64]
        known = allowed or action != "login" or self.doors.accounts.find(name) is not None
        event = Event(name if known else "（不明）", origin, action, subject, allowed, reason)
        self.doors.audit.append(event)

    def warm(self) -> None:
        """Make what the first sign-in would wait for."""
        with suppress(KbError):
            passwords.matches("", "x")

    def close(self) -> None:
        """Let go of the databases."""
        with self._lock:
            if self._doors is not None:
                self._doors.close()
                self._doors = None
