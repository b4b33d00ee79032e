"""Who is at the door: a person with an account, or whoever owns the home."""

from __future__ import annotations

import getpass
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kb.access.policy import Action, Identity, Judgement, may, scope_of
from kb.catalogue.accounts import AccountRow
from kb.errors import AccessDenied
from kb.model import Scope, Tier

OWNER = Judgement(True, "知识库目录的所有者")
DEMO = Judgement(True, "演示模式")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody and where he comes in. ``identity`` None: nothing is kept from him.

    ``name`` stands in the log, ``shown`` and ``number`` in watermarks; ``session`` tells two
    sessions of one person apart.
    """

    identity: Identity | None
    name: str
    shown: str
    number: str = ""
    origin: str = ""
    session: str = ""
    open_tiers: frozenset[Tier] = frozenset()
    granted: Judgement = OWNER

    @property
    def reader(self) -> str:
        """Whose baskets and packs: the account, or "" for the one person of a home without."""
        return self.identity.name if self.identity else ""

    def may(self, action: Action) -> Judgement:
        """Whether he may do such a thing."""
        return self.granted if self.identity is None else may(self.identity, action)

    def scope(self, as_of: date | None) -> Scope:
        """What he may see on a day."""
        if self.identity is None:
            return Scope.everything(as_of=as_of)
        return scope_of(self.identity, as_of, open_tiers=self.open_tiers)

    @classmethod
    def person(
        cls,
        row: AccountRow,
        identity: Identity,
        *,
        origin: str,
        open_tiers: frozenset[Tier],
        session: str = "",
    ) -> Visitor:
        """Somebody with an account."""
        return cls(identity, row.name, row.shown, row.number, origin, session, open_tiers)

    @classmethod
    def demo(cls, origin: str) -> Visitor:
        """Whoever sits at this machine, before there are accounts."""
        return cls(None, "本机", "演示", "", origin, granted=DEMO)

    @classmethod
    def owner(cls, home: Path, origin: str) -> Visitor:
        """Whoever runs a command on a home of his own.

        Raises:
            AccessDenied: the home is somebody else's.
        """
        name = _login_name()
        if hasattr(os, "getuid") and home.exists() and home.stat().st_uid != os.getuid():
            raise AccessDenied(
                f"知识库目录 {home} 不属于当前用户（{name}）",
                reason="不是知识库目录的所有者",
                hint="请目录的所有者运行",
            )
        return cls(None, f"本机:{name}", name, "", origin)


def _login_name() -> str:
    with suppress(KeyError, OSError, ImportError):
        return getpass.getuser()
    return str(getattr(os, "getuid", lambda: "?")())
