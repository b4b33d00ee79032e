"""Acts of a person on a decision or a task: done in the callback of a button, so that what he saw
when he pressed it goes with it; what came of it is told when the page is drawn next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import streamlit as st

from kb.decide.course import CourseAct
from kb.decide.follow import Action, Event
from kb.errors import KbError
from kb.ui import session, signed, state
from kb.ui.markup import plain


def attempt(act: Callable[[], object], done: str) -> bool:
    """Do it; whether it was done. A refusal is kept to be told, as is ``done``."""
    try:
        act()
    except KbError as error:
        st.session_state[state.TOLD] = (False, error.message, error.hint)
        return False
    st.session_state[state.TOLD] = (True, done, "")
    return True


def told() -> None:
    """Tell what came of the last act, once."""
    found = st.session_state.pop(state.TOLD, None)
    # Its place is there in any case: what stands below keeps its own.
    with st.container():
        if found is None:
            return
        done, says, hint = found
        if done:
            st.success(plain(says), icon=":material/check:")
        else:
            st.error(plain(says), icon=":material/block:")
            if hint:
                st.caption(f"可以这样办：{plain(hint)}")


def field(key: str) -> str:
    """What was typed in a widget of a form."""
    return str(st.session_state.get(key) or "").strip()


TYPED = frozenset(
    (
        "words", "unit", "name", "gains", "costs", "basis", "what", "partners", "standard", "title",
        "background", "questions", "papers", "back-words", "off-words",
    )
)  # fmt: skip
"""Fields that begin anew with the next entry; the others (a date, a meeting) stay as they are."""


def clear(prefix: str) -> None:
    """Empty what was typed under keys that begin so: it has been written.

    Set, not deleted: the browser keeps showing what a deleted key held.
    """
    for key in [str(k) for k in st.session_state if str(k).startswith(prefix)]:
        if key.rpartition(":")[2] in TYPED:
            st.session_state[key] = ""
        elif isinstance(st.session_state[key], bool) and key.endswith(":dissent"):
            st.session_state[key] = False


def on_decision(
    decision_id: str, what: CourseAct, based_on: int, prefix: str, data: dict[str, object]
) -> None:
    """Write one line about a decision, upon what its writer saw (``based_on`` lines).

    ``day`` in ``data`` is the day it was done, not part of what is said.
    """
    said = data.pop("day", None)
    day = said if isinstance(said, date) else None

    def act() -> None:
        session.here().seat.office().act(
            decision_id, what, data, who=signed.name(), based_on=based_on, day=day
        )

    if attempt(act, f"已{what}" if len(what) > 2 else f"已{what}，记入经过"):
        clear(prefix)


def on_task(task_id: str, based_on: int, prefix: str, action: Action) -> None:
    """Do something to a task: its fields are the widgets whose keys begin with ``prefix``."""
    values = {
        name: st.session_state.get(prefix + name)
        for name in ("day", "words", "limit", "lead", "progress")
    }

    def act() -> None:
        office = session.here().seat.office()
        event = Event(
            action=action,
            who=signed.name(),
            day=values["day"] or office.today,
            words=str(values["words"] or "").strip(),
            limit=values["limit"],
            lead=str(values["lead"] or "").strip(),
            progress=values["progress"],
        )
        office.do(int(task_id), event, based_on=based_on)

    if attempt(act, f"已记录：{action}"):
        clear(prefix)
