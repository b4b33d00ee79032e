"""Follow the sources: what changes in a folder is in the index a few seconds later.

The system tells of changes in local folders; a network folder tells nothing of what others do to
it, so that it is looked through every `FAR_SECONDS`. Local ones are looked through now and then,
too: the system may drop what it cannot queue. What changed while nobody watched is found by the
first run, because every run compares with the catalogue and not with a memory of its own.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, ObservedWatch

from indexer.publish import Options, index
from indexer.report import Progress, Report
from kb.catalogue import Catalogue
from kb.config import Settings
from kb.engine import open_engine
from kb.errors import IndexMissing, KbError

QUIET_SECONDS = 1.0
"""A folder must have been quiet for so long: files are still being copied before that."""

LONGEST_SECONDS = 20.0
"""… but no longer than this after the first change."""

NEAR_SECONDS, FAR_SECONDS = 600.0, 30.0
"""How often folders are looked through whatever the system tells: local ones, network ones."""

FAR = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ncpfs", "fuse.sshfs"})
"""File systems of which the system tells nothing when another machine writes."""

MATTERS = frozenset({"created", "modified", "moved", "deleted", "closed"})
"""Events that change something. (Reading a file makes events, too: a run must not wake itself.)"""


@dataclass(slots=True)
class Watch:
    """What to follow, and whom to tell.

    ``say`` is given a report after each run that changed something, or the error of one that was
    refused; ``stop`` ends the watch. ``every``: look through everything so often (0: as above).
    """

    settings: Settings
    paths: Sequence[Path]
    options: Options
    progress: Progress
    say: Callable[[Report | KbError], None]
    stop: Event = field(default_factory=Event)
    every: float = 0.0
    refused: str = field(default="", init=False)

    def run(self) -> None:
        """Follow until ``stop`` is set. A run that is refused is tried again at the next change,
        or after `FAR_SECONDS`."""
        heard = _Heard()
        observer = Observer()
        observer.start()
        watched: dict[str, ObservedWatch] = {}
        try:
            paths, options = list(self.paths), self.options
            while True:
                heard.clear()
                if self._index(paths, options):
                    paths, options = [], replace(options, full=False, accept_removals=False)
                far = self._follow(observer, watched, heard)
                # Who was refused stands by: the one at work may die, a server come back.
                often = far or self.refused
                every = self.every or (FAR_SECONDS if often else NEAR_SECONDS)
                if self._wait(heard, every):
                    return
        finally:
            observer.stop()
            observer.join()

    def _index(self, paths: Sequence[Path], options: Options) -> bool:
        try:
            before = open_engine(self.settings).current()
            report = index(self.settings, paths, options, self.progress)
        except KbError as error:
            self._refuse(error)
            return False
        self.refused = ""
        if report.generation != before or paths:
            self.say(report)
        return True

    def _refuse(self, error: KbError) -> None:
        """Once for the same: who stands by would say it every half minute."""
        if str(error) != self.refused:
            self.refused = str(error)
            self.say(error)

    def _follow(
        self, observer: BaseObserver, watched: dict[str, ObservedWatch], heard: _Heard
    ) -> bool:
        """Have the system tell of every source. True where it cannot, of one of them."""
        try:
            with Catalogue.open(self.settings) as catalogue:
                number = open_engine(self.settings).current() or 0
                roots = {source.root for source in catalogue.reader(number).sources()}
        except IndexMissing:  # there is nothing to follow
            raise
        except KbError as error:
            self._refuse(error)
            return True
        for root in watched.keys() - roots:
            observer.unschedule(watched.pop(root))
        far = False
        for root in roots:
            if is_far(Path(root)):
                far = True
            elif root not in watched or not Path(root).exists():
                try:
                    watched[root] = observer.schedule(heard, root, recursive=True)
                except OSError:  # not there just now, or the system watches no more folders
                    watched.pop(root, None)
                    far = True
        return far

    def _wait(self, heard: _Heard, every: float) -> bool:
        """Until something changed and all is quiet again, or it is time. True: stop."""
        until = time.monotonic() + every
        while not heard.is_set() and time.monotonic() < until:
            if self.stop.wait(min(0.1, every)):
                return True
        first = time.monotonic()
        while heard.is_set() and time.monotonic() - max(heard.last, first) < QUIET_SECONDS:
            if self.stop.wait(0.1):
                return True
            if time.monotonic() - first > LONGEST_SECONDS:
                break
        return self.stop.is_set()


class _Heard(Event, FileSystemEventHandler):
    """Set once something changed; ``last`` says when."""

    def __init__(self) -> None:
        super().__init__()
        self.last = 0.0

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Called by the observer's thread."""
        if event.event_type in MATTERS and not (event.is_directory and event.event_type in ROUTINE):
            self.last = time.monotonic()
            self.set()


ROUTINE = frozenset({"modified", "closed"})
"""Of a folder these only say that something in it changed, which is told by itself."""


def is_far(root: Path) -> bool:
    """Whether a folder lies on another machine."""
    if os.name == "nt":
        return str(root).startswith("\\\\") or _is_remote_drive(root)
    try:
        mounts = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    best, far = "", False
    for line in mounts.splitlines():
        _, where, kind = line.split(" ")[:3]
        where = where.encode().decode("unicode_escape") if "\\0" in where else where
        if len(where) >= len(best) and root.is_relative_to(where):
            best, far = where, kind in FAR
    return far


def _is_remote_drive(root: Path) -> bool:
    import ctypes

    windll = getattr(ctypes, "windll", None)
    remote = 4
    return windll is not None and windll.kernel32.GetDriveTypeW(root.anchor) == remote
