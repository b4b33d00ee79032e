"""Tokens by which other programs come in: each stands for one account and may see less, never more.

The secret is 256 random bits, shown once. A plain SHA-256 of it is kept: nobody guesses it, so that
a slow digest (as passwords have) would only slow down every request.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from kb.access.accounts import identity
from kb.access.policy import Identity
from kb.catalogue.accounts import AccountRow, AccountStore
from kb.catalogue.tokens import TokenRow, TokenStore
from kb.errors import AccessDenied, ConfigError, NotFound
from kb.model import Kind, Tier

FORM = re.compile(r"kb_[A-Za-z0-9_-]{43}")
"""With a beginning by which programs that look for leaked secrets know it."""
NAME = re.compile(r"[\w.-]{1,40}")
NOTED = timedelta(seconds=60)
"""The last use is written at most so often."""
REFUSED = "没有令牌，或令牌无效、已到期、已撤销"
"""One sentence for every reason."""


DAYS, MOST_DAYS = 365, 3650
"""A token lives so long where nothing else is said; at most."""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a token may see less than its account; None: as much."""

    clearance: Tier | None = None
    departments: frozenset[str] | None = None
    kinds: frozenset[Kind] | None = None


class Tokens:
    """Gives, finds and revokes. ``now`` may be given in tests."""

    def __init__(self, store: TokenStore, accounts: AccountStore) -> None:
        self.store = store
        self._accounts = accounts

    def add(
        self,
        name: str,
        user: str,
        by: str,
        *,
        expires: datetime | None = None,
        less: Narrowed = Narrowed(),
    ) -> str:
        """A new token for a program, as an account; its secret, which is kept nowhere.

        Raises:
            ConfigError: a name that will not do, or a day that is past. NotFound: no such account.
            AccessDenied: the account is stopped. CatalogueError: the name is taken.
        """
        if not NAME.fullmatch(name):
            raise ConfigError(
                f"令牌名 {name!r} 不行", hint="1 至 40 个字，用文字、数字和 . _ -，如 OA"
            )
        if expires is not None and expires <= datetime.now(UTC):
            raise ConfigError(f"到期日 {expires.date()} 已经过去")
        row = self._accounts.find(user.strip().lower())
        if row is None:
            raise NotFound(f"没有账号：{user}", hint="用 kb user list 查看")
        if row.disabled:
            raise AccessDenied(f"账号 {row.name} 已停用", reason="账号已停用")
        secret = f"kb_{secrets.token_urlsafe(32)}"
        self.store.add(
            {
                "name": name,
                "account_id": row.id,
                "digest": digest(secret),
                "clearance": less.clearance and less.clearance.value,
                "departments": None if less.departments is None else sorted(less.departments),
                "kinds": None if less.kinds is None else sorted(k.value for k in less.kinds),
                "made": datetime.now(UTC),
                "made_by": by,
                "expires": expires,
            }
        )
        return secret

    def find(
        self, secret: str, *, now: datetime | None = None
    ) -> tuple[TokenRow | None, AccountRow | None, str]:
        """The token of a secret, its account as it stands now, and why it opens nothing ("" where
        it does). No token where there is none of this secret."""
        if not FORM.fullmatch(secret):
            return None, None, "没有令牌" if not secret else "不是令牌"
        found = self.store.find(digest(secret))
        if found is None:
            return None, None, "没有这个令牌"
        token, account = found
        now = now or datetime.now(UTC)
        if token.revoked is not None:
            return token, account, "令牌已撤销"
        if token.expires is not None and token.expires.replace(tzinfo=UTC) <= now:
            return token, account, "令牌已到期"
        if account.disabled:
            return token, account, "账号已停用"
        if token.seen is None or now - token.seen.replace(tzinfo=UTC) >= NOTED:
            self.store.touch(token.id, now)
        return token, account, ""


def narrowed(account: AccountRow, token: TokenRow) -> Identity:
    """The account as the policy sees it, and no more of it than the token may."""
    who = identity(account)
    departments = None if token.departments is None else frozenset(token.departments)
    if departments is None:
        departments = who.departments
    elif who.departments is not None:
        departments &= who.departments
    least = min((who.clearance, Tier(token.clearance or who.clearance)), key=lambda tier: tier.rank)
    kinds = who.kinds if token.kinds is None else who.kinds & frozenset(map(Kind, token.kinds))
    # A first password that must be changed is a person's matter: a program has none, and its
    # account may never be signed in to.
    return replace(who, clearance=least, departments=departments, kinds=kinds, must_change=False)


def state(token: TokenRow, account: AccountRow) -> str:
    """What becomes of it if it is used now, in a word."""
    if token.revoked is not None:
        return "已撤销"
    if token.expires is not None and token.expires.replace(tzinfo=UTC) <= datetime.now(UTC):
        return "已到期"
    return "账号已停用" if account.disabled else "有效"


def digest(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
