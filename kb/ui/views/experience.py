"""写经验: how something was done, what came of it, what was learned; at any time, by a form."""

from __future__ import annotations

from datetime import date

import streamlit as st

from kb.access.policy import Action
from kb.decide.closing import facts_of_task
from kb.model import Tier
from kb.ui import jobs, links, session, state
from kb.ui.experience import PARTS, Note, folder_of, write
from kb.ui.markup import e, go
from kb.ui.views.admin_intake import followed


def show() -> None:
    """The form. What was typed stays in the session until it is kept."""
    with session.guarded():
        mine = session.here()
        mine.seat.require(Action.COMPOSE)
        base = mine.base
        st.subheader("写一条经验", anchor=False)
        st.caption(
            "办过的事怎样办的、结果如何、有什么教训，写下来供以后查。保存后自动入库，类型为“经验”，"
            "只供参考，不作依据。"
        )
        known, tier = _known()
        with st.form("experience", border=False, enter_to_submit=False):
            title = st.text_input(
                "题目", key=state.NOTE_TITLE, placeholder="如：急件附件错漏的处理"
            )
            unit = st.text_input("整理单位", key=state.NOTE_UNIT, placeholder="如：办公室")
            said = {
                name: st.text_area(
                    f"{name}{'' if needed else '（可不填）'}",
                    known.get(name, ""),
                    key=f"note-{name}",
                    placeholder=asks,
                    height=90,
                )
                for name, asks, needed in PARTS
            }
            keep = st.form_submit_button("保存并入库", type="primary", icon=":material/save:")
        _articles()
        if keep:
            note = Note(title.strip(), unit.strip(), date.today(), said, tier)
            if missing := note.missing():
                st.warning(f"还没有写：{'、'.join(missing)}。", icon=":material/edit:")
                return
            path = write(folder_of(base.settings), note)
            jobs.start(
                base.settings,
                [str(path.parent)],
                what=f"收入经验《{note.title}》",
                who=session.scope().reader,
            )
            st.success(f"已保存为 {path.name}，正在入库。", icon=":material/check:")
        followed(base.settings)


def _known() -> tuple[dict[str, str], str]:
    """What is known of the task that the address names, and the tier of its decision: what is
    written of it is for no wider circle. Nothing where it names none."""
    wanted = state.address(state.TASK)
    if not wanted.isdigit():
        return {}, ""
    office = session.here().seat.office()
    task = office.task(int(wanted))
    of = office.decision(task.draft.decision_id).row.tier if task.draft.decision_id else ""
    return facts_of_task(task, office.today), Tier(of).label if of else ""


def _articles() -> None:
    """Articles of the basket, as they would be named: to copy into «涉及条款»."""
    base = session.here().base
    scope = session.scope()
    kept = base.people.basket(scope.reader)
    rows = base.passages([row.passage_id for row in kept], scope)
    if not rows:
        return
    with st.expander(f"材料篮中的条文（{len(rows)}），可抄入“涉及条款”"):
        lines = "".join(
            f"<li>《{e(row.version.title)}》{e(row.passage.label)}　"
            f"{go(links.read(row.version.path, at=row.passage.label), '查看')}</li>"
            for row in rows.values()
        )
        st.html(f"<ul>{lines}</ul>")
