"""Accounts: making them, signing in, locking, changing passwords."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kb.access import passwords
from kb.access.policy import Identity, Role
from kb.catalogue.accounts import AccountRow, AccountStore
from kb.errors import AccessDenied, ConfigError, NotFound
from kb.model import ALL_KINDS, Kind, Tier

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
FAILURES = 5
LOCKED = timedelta(minutes=30)
REFUSED = "账号或口令不对，或者账号已被锁定、停用"
"""One sentence for every reason: whoever guesses learns nothing from it."""


@dataclass(frozen=True, slots=True)
class Person:
    """What an administrator says of an account."""

    name: str
    role: Role
    shown: str = ""
    number: str = ""
    clearance: Tier = Tier.INTERNAL
    departments: frozenset[str] | None = frozenset()
    kinds: frozenset[Kind] = ALL_KINDS
    subject: str = ""


def identity(row: AccountRow) -> Identity:
    """An account as the policy sees it. A role or tier of a newer program is none of ours."""
    return Identity(
        name=row.name,
        role=Role(row.role),
        clearance=Tier(row.clearance),
        departments=None if row.departments is None else frozenset(row.departments),
        kinds=ALL_KINDS if row.kinds is None else frozenset(map(Kind, row.kinds)),
        disabled=row.disabled,
        must_change=row.must_change,
    )


class Accounts:
    """Over the stored ones. ``now`` may be given in tests."""

    def __init__(self, store: AccountStore) -> None:
        self.store = store

    def add(self, who: Person, password: str | None = None, *, first: bool = False) -> str:
        """Make an account. Returns the first password where none was given.

        Args:
            password: chosen by the person himself; else one is invented, to be changed at once.

        Raises:
            ConfigError: a name or password that will not do. CatalogueError: the name is taken.
        """
        name = who.name.strip().lower()
        if not NAME.fullmatch(name):
            raise ConfigError(
                f"账号名 {who.name!r} 不行",
                hint="2 至 32 个字符，用小写字母、数字和 . _ -，以字母或数字开头",
            )
        if who.role in (Role.READER, Role.EDITOR) and who.departments == frozenset():
            raise ConfigError("没有写明部门", hint="用 --department 写明，或用 --all-departments")
        if password is not None:
            passwords.check(password, name)
        given = password or passwords.invented()
        self.store.add(
            {
                "name": name,
                "shown": who.shown.strip() or name,
                "number": who.number.strip(),
                "subject": who.subject.strip().lower(),
                "secret": "" if who.subject and password is None else passwords.hashed(given),
                "must_change": password is None and not who.subject,
                **_rights(who.role, who.clearance, who.departments, who.kinds),
            },
            first=first,
        )
        return "" if password or who.subject else given

    def sign_in(self, name: str, password: str, *, now: datetime | None = None) -> AccountRow:
        """The account, if the password is its.

        Raises:
            AccessDenied: always the same words; ``reason`` tells the log which it was.
        """
        now = now or datetime.now(UTC)
        row = self.store.find(name.strip().lower())
        if row is None or row.disabled or _after(row.locked_until, now):
            passwords.matches("", password)  # as long as a real one takes
            why = "没有这个账号" if row is None else "账号已停用" if row.disabled else "锁定期间"
            raise AccessDenied(REFUSED, reason=why)
        # Counted before it is tried: a hundred attempts at once are not a hundred guesses.
        count = self.store.failed(row.id)
        good = count <= FAILURES and passwords.matches(row.secret, password)
        if not good:
            why = f"口令不对，连续 {count} 次"
            if count >= FAILURES:
                self.store.change(row.name, locked_until=now + LOCKED, failures=0)
                why += "，锁定 30 分钟"
            raise AccessDenied(REFUSED, reason=why)
        values: dict[str, object] = {"failures": 0, "locked_until": None}
        if passwords.outdated(row.secret):
            values["secret"] = passwords.hashed(password)
        self.store.change(row.name, **values)
        return row

    def change_password(self, name: str, old: str, new: str) -> None:
        """By the person himself. Every session of the account ends.

        Raises:
            AccessDenied: the old one is wrong (and counts as a failure). ConfigError: the new one
                will not do.
        """
        row = self.sign_in(name, old)
        if old == new:
            raise ConfigError("新口令与原口令相同")
        passwords.check(new, row.name)
        self.store.change(row.name, secret=passwords.hashed(new), must_change=False)
        self.store.end_all(row.id)

    def reset(self, name: str) -> str:
        """By an administrator: a new first password, unlocked, every session ended."""
        row = self._row(name)
        given = passwords.invented()
        self.store.change(
            row.name,
            secret=passwords.hashed(given),
            must_change=True,
            failures=0,
            locked_until=None,
        )
        self.store.end_all(row.id)
        return given

    def disable(self, name: str, *, disabled: bool = True) -> None:
        """Stop an account, or let it in again. The last administrator cannot be stopped."""
        row = self._row(name)
        if disabled:
            self._keep_one_admin(row)
            self.store.end_all(row.id)
        self.store.change(row.name, disabled=disabled, failures=0, locked_until=None)

    def set_rights(
        self,
        name: str,
        *,
        role: Role | None = None,
        clearance: Tier | None = None,
        departments: Collection[str] | None = frozenset(),
        keep_departments: bool = True,
        kinds: frozenset[Kind] | None = None,
    ) -> None:
        """Change what an account may do. It holds from the person's next click on."""
        row = self._row(name)
        now = identity(row)
        if role not in (None, Role.ADMIN):
            self._keep_one_admin(row)
        mine = now.departments if keep_departments else departments
        self.store.change(
            row.name,
            **_rights(
                role or now.role,
                clearance or now.clearance,
                None if mine is None else frozenset(mine),
                now.kinds if kinds is None else kinds,
            ),
        )

    def _row(self, name: str) -> AccountRow:
        row = self.store.find(name.strip().lower())
        if row is None:
            raise NotFound(f"没有账号：{name}", hint="用 kb user list 查看")
        return row

    def _keep_one_admin(self, row: AccountRow) -> None:
        admins = [a for a in self.store.all() if a.role == Role.ADMIN.value and not a.disabled]
        if [a.id for a in admins] == [row.id]:
            raise ConfigError("这是唯一的管理员账号", hint="先另设一个管理员")


def _rights(
    role: Role, clearance: Tier, departments: frozenset[str] | None, kinds: frozenset[Kind]
) -> dict[str, object]:
    return {
        "role": role.value,
        "clearance": clearance.value,
        # Leaders read every department's papers; those that name persons name them too or not.
        "departments": None if departments is None or role is Role.LEADER else sorted(departments),
        "kinds": None if kinds == ALL_KINDS else sorted(k.value for k in kinds),
    }


def _after(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment.replace(tzinfo=UTC) > now
