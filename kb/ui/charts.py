"""Charts of the inventory, drawn by Altair and handed to the browser as pictures.

Drawn here and not in the browser: Vega compiles its expressions with `eval`, so a live chart would
need ``'unsafe-eval'`` in our policy (`kb.ui.headers`), for every page and whatever else runs in
them. A picture needs nothing, prints as it is, and can be copied into a report. What a pointer
would tell over a bar is in the table below the chart.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from kb.model import Force, Status
from kb.ui.filters import NONE, year_of
from kb.ui.ledger import Row
from kb.ui.markup import e

FONT = "Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, PingFang SC, sans-serif"
COLOURS = {
    Status.IN_FORCE.value: "#2f8f62",
    Status.PENDING.value: "#3f7cc4",
    Status.DRAFT.value: "#8fb4de",
    Status.AMENDED.value: "#d39a2d",
    Status.PARTLY.value: "#e3bd6f",
    Status.EXPIRED.value: "#b96a62",
    Status.REPEALED.value: "#8f2f2a",
    Status.UNVERIFIED.value: "#9aa3ad",
    "经验": "#7a6fb0",
    "资料": "#5f9ea0",
    "按期办结": "#2f8f62",
    "在办": "#8fb4de",
    "逾期办结": "#d39a2d",
    "逾期未结": "#8f2f2a",
}
"""A colour a status; kept apart by lightness, too, for whoever does not tell red from green."""
YEARS = 30
TIMELINE = 40
"""Papers in the timeline; more are narrowed first."""

Table = tuple[tuple[str, str, int], ...]
"""(place on the axis, colour, count)."""


def by_force(rows: Sequence[Row]) -> Table:
    """How many papers of each level, parted by status."""
    counts = Counter((r.version.force.value, _state(r)) for r in rows)
    return tuple(sorted(((f, s, n) for (f, s), n in counts.items()), key=_force_first))


def by_year(rows: Sequence[Row]) -> Table:
    """How many papers of each year (of taking effect, else of issue), the last `YEARS` of them."""
    counts = Counter((year_of(r.version), _state(r)) for r in rows)
    years = sorted({y for y, _ in counts if y != NONE})[-YEARS:]
    return tuple(sorted((y, s, n) for (y, s), n in counts.items() if y in years))


def spans(rows: Sequence[Row], today: date) -> tuple[tuple[str, str, str, str], ...]:
    """(title, from, to, status) of dated regulations, the first `TIMELINE` in the table's order;
    what has no end goes on into next year."""
    made = []
    for row in rows:
        held = row.version.validity
        if row.status is None or held.start is None:
            continue
        end = held.end or date(max(today.year, held.start.year) + 1, 1, 1)
        made.append((_short(row.version.title), str(held.start), str(end), row.status.value))
        if len(made) == TIMELINE:
            break
    return tuple(made)


def bars_svg(table: Table, *, across: bool, title: str) -> str:
    """Stacked bars; ``across``: names stand at the left, in the order of the table."""
    return _bars(table, across, title)


@lru_cache(maxsize=64)
def _bars(table: Table, across: bool, title: str) -> str:
    alt = _altair()
    names = list(dict.fromkeys(place for place, _, _ in table))
    data = alt.Data(values=[{"p": p, "s": s, "n": n} for p, s, n in table])
    place: dict[str, Any] = {"title": None, "sort": names, "axis": alt.Axis(labelLimit=220)}
    top = max(Counter({p: sum(n for q, _, n in table if q == p) for p in names}).values())
    # Of few papers there are no halves: no more ticks than whole numbers.
    count: dict[str, Any] = {
        "title": "件数",
        "axis": alt.Axis(tickMinStep=1, format="d", tickCount=min(top, 8)),
    }
    chart = (
        alt.Chart(data, title=title)
        # Of few places the bars would fill the picture.
        .mark_bar(**({"size": 20} if across else {} if len(names) > 6 else {"size": 36}))
        .encode(
            **(
                {"y": alt.Y("p:N", **place), "x": alt.X("sum(n):Q", **count)}
                if across
                else {"x": alt.X("p:N", **place), "y": alt.Y("sum(n):Q", **count)}
            ),
            color=_colour(alt, [s for _, s, _ in table]),
        )
    )
    size = (560, 26 * max(len(names), 3)) if across else (max(22 * len(names), 320), 220)
    return _svg(chart.properties(width=size[0], height=size[1]))


@lru_cache(maxsize=32)
def timeline_svg(table: tuple[tuple[str, str, str, str], ...], today: date) -> str:
    """From when to when each paper holds; a line marks today."""
    alt = _altair()
    data = alt.Data(values=[{"t": t, "a": a, "b": b, "s": s} for t, a, b, s in table])
    bars = (
        alt.Chart(data)
        .mark_bar(height=12)
        .encode(
            x=alt.X("a:T", title=None, axis=alt.Axis(format="%Y")),
            x2="b:T",
            y=alt.Y("t:N", title=None, sort=[t for t, *_ in table], axis=alt.Axis(labelLimit=280)),
            color=_colour(alt, [s for *_, s in table]),
        )
    )
    now = (
        alt.Chart(alt.Data(values=[{"d": str(today)}]))
        .mark_rule(color="#b3261e", strokeDash=[4, 3])
        .encode(x="d:T")
    )
    chart = alt.layer(bars, now).properties(
        width=560, height=22 * max(len({t for t, *_ in table}), 3), title="何时有效（虚线为今天）"
    )
    return _svg(chart)


def _altair() -> Any:
    # Slow to import, and only charts need it. Its own types do not describe all of it.
    import altair

    return altair


def _colour(alt: Any, states: Sequence[str]) -> Any:
    present = [s for s in COLOURS if s in states]
    scale = alt.Scale(domain=present, range=[COLOURS[s] for s in present])
    return alt.Color("s:N", title=None, scale=scale, legend=alt.Legend(orient="bottom", columns=5))


def _svg(chart: Any) -> str:
    import vl_convert

    shown = chart.configure(font=FONT, background="transparent").configure_view(stroke=None)
    svg: str = vl_convert.vegalite_to_svg(shown.to_dict(validate=False))
    return svg


def picture_html(svg: str, says: str) -> str:
    """A chart as a picture in the page; letters and lines follow light and dark by themselves."""
    style = (
        "<style>text{fill:#1d2530}"
        ".role-axis-grid line{stroke:#d9d5cb}"
        "@media(prefers-color-scheme:dark){text{fill:#e4e7ea}"
        ".role-axis-grid line,.role-axis-domain line,.role-axis-tick line{stroke:#4a535f}}</style>"
    )
    head, mark, rest = svg.partition(">")
    data = base64.b64encode(f"{head}{mark}{style}{rest}".encode()).decode()
    return f'<img class="kb-chart" src="data:image/svg+xml;base64,{data}" alt="{e(says)}">'


def _state(row: Row) -> str:
    return row.status.value if row.status else row.version.kind.label


def _force_first(entry: tuple[str, str, int]) -> tuple[int, str]:
    return Force(entry[0]).rank, entry[1]


def _short(title: str) -> str:
    return title if len(title) <= 24 else f"{title[:23]}…"
