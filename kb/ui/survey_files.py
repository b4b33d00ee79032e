"""What 岗责 and 体检 hand out: the table of duties, the report in three formats."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from urllib.parse import quote

from starlette.datastructures import QueryParams
from starlette.responses import Response

from kb.decide.render import FORMATS
from kb.ui import duties, export, session, state
from kb.ui.answers import download
from kb.ui.files import TYPES, mark_of
from kb.ui.session import Mine
from kb.ui.survey import ledger, report_bytes, report_of, survey


def _duties(opened: Mine, asked: QueryParams) -> Response:
    scope = session.scope()
    found = survey(opened.seat, scope, "岗责")
    mark = mark_of(opened.seat, "岗责与时限", "xlsx", "岗责与时限 xlsx")
    rows = duties.export_rows(
        duties.narrow(
            ledger(opened.seat, found),
            unit=asked.get(state.DUTY_UNIT, ""),
            words=asked.get(state.DUTY_WORDS, ""),
            sort=asked.get(state.DUTY_SORT, ""),
            said=asked.get(state.DUTY_STATE, ""),
            timed=asked.get(state.DUTY_TIMED, "") == "1",
        )
    )
    data = export.table_bytes("xlsx", duties.EXPORT_HEAD, rows, sheet="岗责与时限", mark=mark)
    return download(data, f"岗责与时限-{date.today()}.xlsx", export.TYPES["xlsx"])


def _report(fmt: str) -> Callable[[Mine, QueryParams], Response]:
    def make(opened: Mine, asked: QueryParams) -> Response:
        day = state.day_of(asked.get(state.DAY, ""))
        scope = session.scope(day)
        seat = opened.seat
        pack = report_of(seat, survey(seat, scope, "制度体检"), scope)
        name = f"制度体检报告-{day or date.today()}.{fmt}"
        return download(report_bytes(seat, pack, fmt), name, TYPES[fmt])

    return make


FILES: dict[str, Callable[[Mine, QueryParams], Response]] = {
    "/files/survey/岗责与时限.xlsx": _duties,
    **{f"/files/survey/制度体检报告.{fmt}": _report(fmt) for fmt in FORMATS},
}
"""Path → what makes the file."""


def duties_file() -> str:
    """Where the table, narrowed as the page's address says, can be had."""
    from kb.ui import links

    _, _, query = links.link("", dict(state.whole_address())).partition("?")
    return f"/files/survey/{quote('岗责与时限')}.xlsx?{query}"


def report_file(fmt: str, day: date) -> str:
    """Where the report of a day can be had."""
    return f"/files/survey/{quote('制度体检报告')}.{fmt}?{state.DAY}={day.isoformat()}"
