"""Passwords: argon2id, and what a new one must be (GB/T 22239—2019, 8.1.4.1)."""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from kb.errors import ConfigError

SHORTEST, LONGEST = 8, 128
CLASSES = 3
COMMON = ("password", "passw0rd", "qwerty", "123456", "abc123", "admin", "letmein", "111111")
"""Parts that a list of first guesses begins with."""


@cache
def _hasher() -> PasswordHasher:
    # The package's defaults are RFC 9106's second choice: 64 MiB, three passes, four lanes.
    return PasswordHasher()


@cache
def _nobodys() -> str:
    return _hasher().hash(secrets.token_hex(16))


def hashed(password: str) -> str:
    """In PHC form, with a salt of its own."""
    return _hasher().hash(password)


def matches(secret: str, password: str) -> bool:
    """Whether this is the password. An empty secret (no such account, or one that signs in
    elsewhere) takes as long as a real one."""
    try:
        return _hasher().verify(secret or _nobodys(), password[: LONGEST * 4]) and bool(secret)
    except (VerificationError, InvalidHashError):
        return False


def outdated(secret: str) -> bool:
    """Whether it was made with weaker parameters than today's."""
    return _hasher().check_needs_rehash(secret)


def check(password: str, name: str) -> None:
    """Refuse a weak password.

    Raises:
        ConfigError: with what is missing, in words.
    """
    kinds = (str.islower, str.isupper, str.isdigit, lambda c: not c.isalnum())
    classes = sum(any(kind(c) for c in password) for kind in kinds)
    lower = password.lower()
    if not SHORTEST <= len(password) <= LONGEST:
        raise ConfigError(f"口令应为 {SHORTEST} 至 {LONGEST} 个字符")
    if classes < CLASSES:
        raise ConfigError("口令太简单", hint="大写字母、小写字母、数字、符号四类至少用三类")
    if len(name) >= 3 and name.lower() in lower:
        raise ConfigError("口令中不能含有账号名")
    if len(set(password)) < 5 or any(part in lower for part in COMMON):
        raise ConfigError("口令太常见", hint="避免 123456、password 之类和重复字符")


def invented() -> str:
    """A first password, to be changed at the first sign-in."""
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"
    while True:
        made = "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))
        kinds = (str.islower, str.isupper, str.isdigit)
        if all(any(kind(c) for c in made) for kind in kinds):
            return made
