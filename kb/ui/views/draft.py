"""A draft on the desk: its preview, and what people may do to it. Every change is kept at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path
from uuid import uuid4

import streamlit as st

from kb import decide
from kb.access.policy import Action
from kb.base import KnowledgeBase
from kb.decide import drafts
from kb.decide.drafts import Draft
from kb.decide.edits import Act
from kb.decide.freeze import freeze
from kb.decide.model import Source
from kb.errors import EditConflict, KbError
from kb.model import Force
from kb.ui import links, session, signed, state
from kb.ui.differences import pair
from kb.ui.draft_words import items_of, log_html, plan_html
from kb.ui.files import NAMES, TYPES, file_name, own_templates
from kb.ui.markup import e, go, plain

KEY = "draft_told"
NEAREST = 12
"""Of what was left out, rows drawn before the rest is asked for."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: ``order`` are the ids of all that stand with it, ``action`` moves
    one (`kb.decide.edits`), ``says`` names it."""

    action: str
    target: str
    order: Sequence[str]
    says: str


def show(base: KnowledgeBase, pack_id: str) -> None:
    """The page of one draft."""
    own = own_templates(base.settings)
    draft = drafts.open_draft(base.people, pack_id, own)
    pack = draft.shown
    st.html(go(links.link(links.PACK), "← 全部材料"))
    gaps = (
        f'<div class="kb-weak"><b>还有 {len(pack.gaps)} 个问题没有找到直接依据</b>'
        f"{e('；'.join(pack.gaps))}</div>"
        if pack.gaps
        else ""
    )
    st.html(
        f'<div class="kb-made"><h2>{e(pack.topic)}</h2>'
        f'<div class="kb-summary">草稿　引用 {len(pack.sources)} 处原文　'
        f"待补 {len(draft.open_fields)} 处　以 {e(pack.as_of or '不限日期')} 为准　"
        f"编号 {e(pack.id)}</div></div>"
    )
    files = "".join(_download(pack, form) for form in TYPES)
    st.html(f'<div class="kb-files">{files}</div>{gaps}')
    _told()
    view = links.pack_file(pack.id, file_name(pack.topic, pack.as_of, "html"))
    if pack.redacted:
        st.info("其中有您无权查看的部分，已按规定隐去；这份材料只能阅看。", icon=":material/lock:")
        st.iframe(f"{view}?view=1&v={draft.row.version}", height=980, alt="参阅材料")
        return
    left, right = st.columns([6, 5], gap="medium")
    with right:
        _desk(base, draft, own)
    with left:
        st.iframe(f"{view}?view=1&v={draft.row.version}", height=980, alt="参阅材料预览")


def _download(pack: decide.Pack, form: str) -> str:
    href = links.pack_file(pack.id, file_name(pack.topic, pack.as_of, form))
    return f'<a class="kb-open" href="{e(href)}" download>下载{e(NAMES[form])}</a>'


def _desk(base: KnowledgeBase, draft: Draft, own: Path) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        signed.ask()
        st.button("更新材料", key="refresh", icon=":material/refresh:", on_click=_refresh,
                  args=(draft.row.id,), help="按现在的库重新查找；人写的字不动")  # fmt: skip
    fill, items, sections, asked, found, log, freezing = st.tabs(
        ["填写", "条文", "章节", "议题", "检索说明", "记录", "定稿"]
    )
    with fill:
        _fields(draft)
    with items:
        _items(draft)
    with sections:
        _sections(draft)
    with asked:
        _asked(draft)
    with found:
        st.html(plan_html(draft.composed))
        _left_out(draft)
    with log:
        st.html(log_html(base.people.drafts.history(draft.row.id)))
    with freezing:
        _freezing(base, draft)


def _left_out(draft: Draft) -> None:
    """All that came near, each to be quoted after all; beyond the first ones when asked for."""
    left = draft.composed.left_out
    more = len(left) - NEAREST
    opened = more > 0 and st.toggle(f"全部列出（另有 {more} 条）", key=f"left:{draft.row.id}")
    for source in left if opened else left[:NEAREST]:
        _row(f"left:{source.passage_id}", f"《{source.title}》{source.place}", [
            ("引用", Act("pin", source.passage_id)),
        ], draft)  # fmt: skip


def _fields(draft: Draft) -> None:
    """Every blank, by section; what is typed is kept when the field is left."""
    st.caption("离开输入框即自动保存。")
    for title, group in groupby(draft.fields, lambda field: field.section):
        fields = list(group)
        left = sum(field.key not in draft.edits.fields for field in fields)
        with st.expander(f"{plain(title)}（待补 {left}/{len(fields)}）", expanded=len(fields) < 4):
            for field in fields:
                said = draft.edits.fields.get(field.key)
                # A key with the version of the words: what another wrote is shown at the next run.
                key = f"field:{draft.row.id}:{said.version if said else 0}:{field.key}"
                st.text_area(
                    plain(field.prompt),
                    value=said.text if said else "",
                    key=key,
                    height=80,
                    help=f"{plain(said.who or '未署名')} {said.at[:16].replace('T', ' ')}"
                    if said
                    else None,
                    on_change=_typed,
                    args=(draft.row.id, draft.row.version, "field", field.key, key),
                )


def _items(draft: Draft) -> None:
    """Every article that stands in a part of its own: move, leave out, note, replace."""
    left = {s.passage_id: f"《{s.title}》{s.place}" for s in draft.composed.left_out}
    for part, title, sources in items_of(draft.composed):
        st.markdown(f"**{plain(title)}**")
        # A basis that our own rule names stands where that rule does.
        fixed = {s.passage_id for s in sources if part == "policy" and _internal(s)}
        order = [s.passage_id for s in sources if s.passage_id not in fixed]
        for source in sources:
            key = source.passage_id
            acts = [("不用", Act("drop", key))]
            if key in draft.edits.pinned:
                acts.append(("取消指定", Act("unpin", key)))
            mark = "（指定）" if key in draft.edits.pinned else ""
            more = partial(_more, draft, key, left)
            says = f"《{source.short}》{source.place}"
            at = Place("move", key, order, says) if key not in fixed and len(order) > 1 else None
            _row(f"{title}:{key}", says + mark, acts, draft, more, at)
    if draft.edits.dropped:
        st.markdown("**不用的条文**")
        for key in draft.edits.dropped:
            _row(f"gone:{key}", key, [("恢复", Act("restore", key))], draft)


def _internal(source: Source) -> bool:
    return source.force == Force.INTERNAL.value


def _notes(draft: Draft, place: str) -> None:
    for key, said in [(k, n) for k, n in draft.edits.notes.items() if n.place == place]:
        widget = f"note:{draft.row.id}:{said.version}:{key}"
        st.text_area(
            f"说明（{plain(said.who or '未署名')}）", value=said.text, key=widget, height=80,
            on_change=_typed, args=(draft.row.id, draft.row.version, "note", f"{place}\n{key}",
                                    widget),
        )  # fmt: skip
    count = len(draft.edits.notes)
    widget = f"new:{draft.row.id}:{count}:{place}"
    st.text_area(
        "加一条说明", key=widget, height=80, on_change=_typed,
        args=(draft.row.id, draft.row.version, "note", f"{place}\n", widget),
    )  # fmt: skip


def _sections(draft: Draft) -> None:
    shown = [s.title for s in draft.shown.sections if s.key != "kept" and not s.annex]
    for title in shown:
        acts = [("不印", Act("hide", title))]
        at = Place("section", title, shown, title)
        _row(f"sec:{title}", title, acts, draft, partial(_notes, draft, title), at)
    for title in draft.edits.hidden:
        _row(f"hid:{title}", f"{title}（不印）", [("恢复", Act("show", title))], draft)


def _asked(draft: Draft) -> None:
    pack = draft.composed
    stamp = len(pack.questions), draft.row.generation, draft.row.digest[:8]
    for label, name, text in (
        ("要回答的问题（每行一个）", "questions", "\n".join(pack.questions)),
        ("背景（原样写入材料）", "background", pack.background),
    ):
        key = f"{name}:{draft.row.id}:{stamp}"
        st.text_area(label, value=text, key=key, height=140, on_change=_typed,
                     args=(draft.row.id, draft.row.version, name, "", key))  # fmt: skip
    st.caption("改动后重新查找条文；已填写的内容不动。")


def _freezing(base: KnowledgeBase, draft: Draft) -> None:
    editions = base.people.editions.every(pack_id=draft.row.id)
    for row in editions:
        at = f"{row.at.astimezone():%Y-%m-%d %H:%M}"
        st.html(
            f'<div class="kb-row">{go(links.edition(row.id), e(f"{row.number} 第{row.edition}版"))}'
            f"<small>{e(at)}　{e(row.who)}</small></div>"
        )
    with st.form("freeze", border=False):
        number = ""
        reason = ""
        if editions:
            reason = st.text_area("改版说明（写入新版）", height=80)
        else:
            number = st.text_input("编号（不写则续编）", placeholder="参阅〔2026〕1号")
        if blanks := len(draft.open_fields):
            st.caption(f"还有 {blanks} 处待补；定稿后印作【待补】，供会上填写。")
        done = st.form_submit_button("定稿", type="primary", icon=":material/lock:")
    if done:
        with session.guarded():
            session.here().seat.allow(Action.COMPOSE, f"定稿 {draft.row.id}")
            row = freeze(
                base, base.people, session.scope(), draft.row.id, who=signed.name(),
                number=number, word=base.settings.pack_word, reason=reason,
                own_templates=own_templates(base.settings),
            )  # fmt: skip
            st.query_params.from_dict({state.EDITION: str(row.id)})
            st.rerun()


def _more(draft: Draft, key: str, left: Mapping[str, str]) -> None:
    _notes(draft, key)
    if left:
        st.selectbox(
            "换成", list(left), index=None, format_func=left.__getitem__, key=f"swap:{key}",
            placeholder="相近而未采用的条文", on_change=_swap,
            args=(draft.row.id, draft.row.version, key),
        )  # fmt: skip


def _row(
    key: str,
    says: str,
    acts: list[tuple[str, Act]],
    draft: Draft,
    more: Callable[[], None] | None = None,
    at: Place | None = None,
) -> None:
    """A line with its buttons; ``more`` draws what opens beside them, ``at`` its place among
    others."""
    with st.container(horizontal=True, vertical_alignment="center", key=f"item-{key}"):
        if at is not None:
            _place(draft, key, at)
        st.html(f'<div class="kb-row">{e(says)}</div>')
        for label, act in acts:
            st.button(label, key=f"{label}:{key}", type="tertiary", on_click=_do,
                      args=(draft.row.id, draft.row.version, act))  # fmt: skip
        if more is not None:
            with st.popover("说明", type="tertiary"):
                more()


def _place(draft: Draft, key: str, at: Place) -> None:
    """Its number in the order; another number typed and Enter, and it stands there.

    A number and not dragging: the one component for that (streamlit-sortables) is an alpha whose
    last release is of January 2025, cannot be worked by keyboard, and holds text only."""
    widget = f"place:{key}"
    # Set at each run: what stands elsewhere has moved as well.
    st.session_state[widget] = at.order.index(at.target) + 1
    st.number_input(
        f"{plain(at.says)}：第几位", 1, len(at.order), key=widget, label_visibility="collapsed",
        width=64, on_change=_moved, args=(draft.row.id, draft.row.version, widget, at),
    )  # fmt: skip


def _moved(pack_id: str, seen: int, widget: str, at: Place) -> None:
    others = [key for key in at.order if key != at.target]
    to = min(max(int(st.session_state[widget]), 1), len(at.order)) - 1
    before = others[to] if to < len(others) else ""
    if to != at.order.index(at.target):
        _do(pack_id, seen, Act(at.action, at.target, before))


def _do(pack_id: str, seen: int, act: Act) -> None:
    """One act; what goes wrong is told at the next run, for a callback cannot draw."""
    base = session.here().seat.composing(f"材料 {pack_id}")
    try:
        drafts.change(
            base, base.people, session.scope(), pack_id, act, who=signed.name(), based_on=seen,
            own_templates=own_templates(base.settings),
        )  # fmt: skip
    except EditConflict as error:
        st.session_state[state.CONFLICT] = (error, pack_id, act)
    except KbError as error:
        st.session_state[KEY] = str(error)


def _typed(pack_id: str, seen: int, action: str, target: str, widget: str) -> None:
    text = str(st.session_state.get(widget, ""))
    if action == "questions":
        act = Act(action, "", text.splitlines())
    elif action == "background":
        act = Act(action, "", text)
    elif action == "note":
        place, _, key = target.partition("\n")
        if not key and not text.strip():
            return
        act = Act(action, place, {"id": key or uuid4().hex[:12], "text": text})
    else:
        act = Act(action, target, text)
    _do(pack_id, seen, act)


def _swap(pack_id: str, seen: int, old: str) -> None:
    new = st.session_state.get(f"swap:{old}")
    if new:
        _do(pack_id, seen, Act("replace", old, new))


def _refresh(pack_id: str) -> None:
    base = session.here().seat.composing(f"材料 {pack_id}")
    try:
        told = drafts.refresh(
            base, base.people, session.scope(), pack_id, who=signed.name(),
            own_templates=own_templates(base.settings),
        )  # fmt: skip
        st.session_state[KEY] = "已更新：" + ("；".join(told.lines()) or "没有变化")
    except KbError as error:
        st.session_state[KEY] = str(error)


def _told() -> None:
    """What the last act had to say; words that met another's stand beside them."""
    if said := st.session_state.pop(KEY, None):
        st.info(said)
    held = st.session_state.get(state.CONFLICT)
    if held is None:
        return
    error, pack_id, act = held
    mine = act.value.get("text", "") if isinstance(act.value, dict) else act.value
    mine = "\n".join(mine) if isinstance(mine, list) else str(mine or "")
    st.warning(error.message, icon=":material/group:")
    st.html(
        f'<div class="kb-sides"><b>{e(error.who or "另一人")}写的（现已保存）</b><b>您写的</b>'
        f"{pair(error.theirs, mine)}</div>"
    )
    with st.container(horizontal=True):
        st.button("改用我写的", on_click=_insist, args=(pack_id, act))
        st.button("保留对方的", on_click=_yield_to)


def _insist(pack_id: str, act: Act) -> None:
    del st.session_state[state.CONFLICT]
    _do(pack_id, session.here().base.people.pack(pack_id).version, act)


def _yield_to() -> None:
    del st.session_state[state.CONFLICT]
