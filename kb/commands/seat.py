"""Who runs a command, and what he may see: the owner of the home, or less with ``--user``."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

from kb.access.visitor import OWNER, Visitor
from kb.base import KnowledgeBase
from kb.catalogue import Catalogue
from kb.catalogue.audit import Event
from kb.commands.output import settings_of
from kb.config import Settings
from kb.errors import CatalogueError
from kb.seat import Seat

ORIGIN = "命令行"


def add_user(parser: argparse.ArgumentParser, *, again: bool = False) -> None:
    """``--user``. ``again``: a command above has it too, and what was named there stays."""
    parser.add_argument(
        "--user",
        metavar="账号",
        default=argparse.SUPPRESS if again else None,
        help="只看这个账号能看的（只会更少，不会更多）",
    )


def visitor(settings: Settings, name: str | None) -> Visitor:
    """The owner of the home, or the account named: less than the owner, never more.

    Raises:
        AccessDenied: the home is somebody else's; there is no such account.
    """
    owner = Visitor.owner(settings.home, ORIGIN)
    if not name:
        return owner
    # Passwords and sessions: nothing that the owner of a home waits for.
    from kb.access.keeper import Keeper

    keeper = Keeper(settings)
    try:
        return keeper.named(name, f"{ORIGIN} {owner.shown}")
    finally:
        keeper.close()


def signer(base: Seat, typed: str) -> str:
    """Whose name a change bears: the one typed, else the account's that the command runs for."""
    return typed or (base.visitor.shown if base.visitor.identity else "")


@contextmanager
def seat(args: argparse.Namespace) -> Iterator[Seat]:
    """The base of the home that the arguments name, for whoever runs the command."""
    settings = settings_of(args)
    Visitor.owner(settings.home, ORIGIN)  # before anything of it is read
    with KnowledgeBase.open(settings) as base:
        yield Seat(base, visitor(settings, getattr(args, "user", None)))


def noted(settings: Settings, action: str, subject: str = "") -> bool:
    """Note what the owner of a home does with it as a whole; False where it has no log yet.

    Raises:
        AccessDenied: the home is somebody else's. AuditUnwritable: it could not be noted.
    """
    owner = Visitor.owner(settings.home, ORIGIN)
    if not Catalogue.has_log(settings):
        return False
    try:
        doors = Catalogue.doors(settings)
    except CatalogueError:
        return False  # of an older program: `kb migrate` is what mends it, and makes a backup first
    try:
        doors.audit.append(Event(owner.name, ORIGIN, action, subject, True, OWNER.reason))
    finally:
        doors.close()
    return True
