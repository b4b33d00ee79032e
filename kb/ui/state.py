"""What the page remembers, named and typed in one place.

Widgets that are bound to the address (``bind="query-params"``) use their key as its name there:
these names are part of every link that somebody has sent, and stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import streamlit as st

# In the address, bound to widgets.
QUERY: Final = "q"
AS_OF: Final = "day"
LEDGER_WORDS: Final = "w"
DUTY_WORDS: Final = "dw"

# In the address, which decides them (`take_from_address`).
KIND: Final = "kind"
SORT: Final = "sort"
LEDGER_KIND: Final = "lk"
LEDGER_FORCE: Final = "lf"
LEDGER_FLAG: Final = "la"
LEDGER_VIEW: Final = "lv2"
LEDGER_STATUS: Final = "ls"
AGENDA_VIEW: Final = "av"
DECISION_SIDE: Final = "ds"
TASK_VIEW: Final = "tv"
TASK_SHOWN: Final = "ts"
TASK_UNIT: Final = "tu"
DUTY_VIEW: Final = "dv"
DUTY_UNIT: Final = "du"
DUTY_SORT: Final = "dso"
DUTY_STATE: Final = "dstate"
DUTY_TIMED: Final = "dt"
DUTY_MONTH: Final = "dm"
SYSTEM_VIEW: Final = "sv"

# In the address, read only. No name of a bound widget: Streamlit takes those out of the address
# when the page with the widget is left.
DOCUMENT: Final = "doc"
PLACE: Final = "at"
WORDS: Final = "words"
DAY: Final = "on"
PACK: Final = "pack"
EDITION: Final = "edition"
READER: Final = "reader"
TAB: Final = "tab"
PAGE: Final = "pg"
OTHER: Final = "cmp"
PLAIN: Final = "plain"
WITHOUT: Final = "no"
OVER: Final = "over"
SECTION: Final = "do"
DECISION: Final = "decision"
TASK: Final = "task"
MONTH: Final = "month"
DUTY: Final = "duty"

# In the session only.
SHOWN_GROUPS: Final = "shown_groups"
LAST_SEARCH: Final = "last_search"
LAST_ASKED: Final = "last_asked"
NOTE_TITLE: Final = "note-title"
NOTE_UNIT: Final = "note-unit"
WHAT: Final = "tell-what"
SAYS: Final = "tell-says"
THANKS: Final = "tell-thanks"
USEFUL: Final = "useful"
TOPIC: Final = "pack_topic"
QUESTIONS: Final = "pack_questions"
BACKGROUND: Final = "pack_background"
PACK_DAY: Final = "pack_day"
TEMPLATE: Final = "pack_template"
SIGNED: Final = "pack_signed"
CONFLICT: Final = "pack_conflict"
TOLD: Final = "told"


def address(name: str) -> str:
    """A value from the page's address; empty where it is not there."""
    return str(st.query_params.get(name, ""))


def whole_address() -> dict[str, str]:
    """Every parameter of the page's address."""
    return {name: str(st.query_params[name]) for name in st.query_params}


def first_time(name: str, value: object) -> bool:
    """Whether ``value`` is new under ``name`` in this session: a rerun is no new question."""
    if st.session_state.get(name) == value:
        return False
    st.session_state[name] = value
    return True


def take_from_address(name: str, options: Sequence[str]) -> None:
    """Before a choice is drawn: the address decides it, an option or else the first.

    Streamlit's own ``bind`` writes the shown label, and ours hold counts.
    """
    value = address(name)
    st.session_state[name] = value if value in options else options[0]


def put_in_address(name: str, value: str | None = None) -> None:
    """When a choice has been made (``value``, or what the widget of that name says): the address
    says so; the first option is not written."""
    value = st.session_state.get(name) if value is None else value
    if value:
        st.query_params[name] = value
    elif name in st.query_params:
        del st.query_params[name]


def day_of(value: str) -> date | None:
    """«2024-05-01»; None for what is no date."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def day_in_address() -> date | None:
    """``?on=2024-05-01``; None where absent or no date."""
    return day_of(address(DAY))


def remember_search(link: str) -> None:
    """Where «back to the results» leads."""
    st.session_state[LAST_SEARCH] = link


def last_search() -> str:
    """The address of the last search of this session; empty where there was none."""
    return str(st.session_state.get(LAST_SEARCH, ""))


def shown_groups(search: str, default: int) -> int:
    """How many documents of a search's results are laid open."""
    kept = st.session_state.get(SHOWN_GROUPS)
    return int(kept[1]) if kept and kept[0] == search else default


def show_groups(search: str, count: int) -> None:
    """Lay open ``count`` documents of this search; another search begins anew."""
    st.session_state[SHOWN_GROUPS] = (search, count)
