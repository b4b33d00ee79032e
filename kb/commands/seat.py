"""Who runs a command, and what he may see: the owner of the home, or less with ``--user``."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

from kb.access.keeper import Keeper
from kb.access.visitor import Visitor
from kb.base import KnowledgeBase
from kb.commands.output import settings_of
from kb.config import Settings
from kb.seat import Seat

ORIGIN = "命令行"


def add_user(parser: argparse.ArgumentParser) -> None:
    """``--user``."""
    parser.add_argument("--user", metavar="账号", help="只看这个账号能看的（只会更少，不会更多）")


def visitor(settings: Settings, name: str | None) -> Visitor:
    """The owner of the home, or the account named: less than the owner, never more.

    Raises:
        AccessDenied: the home is somebody else's; there is no such account.
    """
    owner = Visitor.owner(settings.home, ORIGIN)
    if not name:
        return owner
    keeper = Keeper(settings)
    try:
        return keeper.named(name, f"{ORIGIN} {owner.shown}")
    finally:
        keeper.close()


@contextmanager
def seat(args: argparse.Namespace) -> Iterator[Seat]:
    """The base of the home that the arguments name, for whoever runs the command."""
    settings = settings_of(args)
    with KnowledgeBase.open(settings) as base:
        yield Seat(base, visitor(settings, getattr(args, "user", None)))
