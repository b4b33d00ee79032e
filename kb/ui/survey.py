"""What 岗责 and 体检 show: one look over all rules, kept while nothing changes.

Kept by generation and scope (the reader, the day): nobody is shown what another may see. What
people say of duties is laid over it fresh at every look.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from kb.access.watermark import copied
from kb.catalogue.rows import PassageRow
from kb.decide.model import Pack
from kb.decide.render import render_bytes
from kb.decide.render.stamp import stamped
from kb.decide.system import Checkup, checkup, fields
from kb.decide.system.calendar import calendar
from kb.decide.system.differ import Difference, differences
from kb.decide.system.leads import leads_of
from kb.decide.system.ledger import Entry, entries, judged, units
from kb.decide.system.report import Extras, form, report
from kb.model import Scope
from kb.seat import Seat


@dataclass(slots=True)
class Survey:
    """One look. ``differences`` are found when they are first asked for (seconds)."""

    check: Checkup
    read: list[Entry]
    homes: Mapping[str, str]
    _differ: list[Difference] | None = field(default=None)

    @property
    def rows(self) -> list[PassageRow]:
        """Passages of the office's rules in force."""
        return list(self.check.passages)

    @property
    def differences(self) -> list[Difference]:
        """The same matter ruled differently."""
        if self._differ is None:
            self._differ = differences(self.rows, self.check.ended)
        return self._differ


Key = tuple[Path, int, Scope]
_kept: OrderedDict[Key, Survey] = OrderedDict()
_lock = threading.Lock()
SIZE = 8


def survey(seat: Seat, scope: Scope, subject: str) -> Survey:
    """A look over the rules as of the scope's day; ``subject`` names it in the log."""
    quiet = seat.surveying(subject)
    key = (seat.settings.home, seat.generation, scope)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    day = scope.as_of or date.today()
    check = checkup(quiet.as_base, scope, day, fields(seat.settings.home))
    read = entries(check.passages)
    found = Survey(check, read, units(check.passages))
    with _lock:
        for old in [k for k in _kept if k[:2] != key[:2] and k[0] == key[0]]:
            del _kept[old]
        _kept[key] = found
        while len(_kept) > SIZE:
            _kept.popitem(last=False)
    return found


def ledger(seat: Seat, found: Survey) -> list[Entry]:
    """The duties with what people said of them."""
    return judged(found.read, seat.survey.verdicts(), found.homes)


SOON = 45
"""Days ahead of which the report lists what comes round."""


def report_of(seat: Seat, found: Survey, scope: Scope) -> Pack:
    """The monthly report as of the scope's day."""
    day = scope.as_of or date.today()
    whole = ledger(seat, found)
    leads = leads_of(seat.settings.home)
    dues = [due for year in (day.year, day.year + 1) for due in calendar(whole, year, leads).dues]
    extras = Extras(
        differences=found.differences,
        unanswered=seat.survey.unanswered(),
        read=seat.survey.most_read(),
        due=[due for due in dues if 0 <= (due.day - day).days <= SOON],
    )
    made = datetime.now(UTC)
    shown = seat.visitor.shown
    return report(found.check, extras, maker=shown, made=made, generation=seat.generation)


def report_bytes(seat: Seat, pack: Pack, fmt: str) -> bytes:
    """A report as a numbered copy, with whose it is on each page where there are accounts."""
    data = render_bytes(pack, fmt, template=form())
    copy = seat.survey.hand_out(pack.id, fmt)
    return stamped(data, fmt, copied(seat.visitor, copy)) if seat.marks_copies else data
