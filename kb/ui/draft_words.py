"""What the page of a draft shows of it: its articles by section, its plan, its history."""

from __future__ import annotations

from collections.abc import Sequence

from kb.catalogue.drafts import EditRow
from kb.decide.changes import from_plain
from kb.decide.model import Heading, Pack, Para, Quote, Source
from kb.ui.markup import e, table

PARTS = frozenset(("policy", "rules", "precedents", "references", "keys"))
"""Sections whose articles people choose."""

DID = {
    "pin": "指定引用", "unpin": "取消指定", "drop": "不用", "restore": "恢复", "replace": "替换",
    "move": "移动", "section": "移动章节", "hide": "不印章节", "show": "恢复章节",
    "field": "填写", "note": "写说明", "unnote": "删说明", "questions": "改问题",
    "background": "改背景", "refresh": "更新材料",
}  # fmt: skip
"""An act as the history tells it."""


def items_of(pack: Pack) -> list[tuple[str, str, list[Source]]]:
    """Sections (key, title) with the sources that they quote, in the order shown."""
    by_id = {source.passage_id: source for source in pack.sources}
    found = []
    for section in pack.sections:
        if section.key in PARTS:
            ids = [
                line.passage_id
                for block in section.blocks
                if isinstance(block, Para | Heading)
                for line in block.lines
                if isinstance(line, Quote)
            ]
            found.append((section.key, section.title, [by_id[key] for key in dict.fromkeys(ids)]))
    return [one for one in found if one[2]]


def plan_html(pack: Pack) -> str:
    """What was searched, and what came of it."""
    rows = (
        f"<tr><td>{e(a.query)}</td><td>{e(a.purpose)}</td><td>{e(a.within)}</td>"
        f"<td>{a.found}</td><td>{a.used}{'　无直接依据' if a.weak else ''}</td></tr>"
        for a in pack.plan
    )
    left = f"<p>相近而未采用的条文（{len(pack.left_out)}）：</p>" if pack.left_out else ""
    return table(("检索词", "用途", "范围", "找到", "采用"), rows) + left


def log_html(rows: Sequence[EditRow]) -> str:
    """Who did what, the latest first."""
    if not rows:
        return '<p class="kb-summary">还没有人改过。</p>'
    items = "".join(
        f"<li><time>{e(f'{row.at.astimezone():%Y-%m-%d %H:%M}')}</time>"
        f"<b>{e(row.who or '未署名')}</b>　{e(DID.get(row.action, row.action))}"
        f"　{e(_about(row))}</li>"
        for row in reversed(rows)
    )
    return f'<ul class="kb-log">{items}</ul>'


def _about(row: EditRow) -> str:
    if row.action == "refresh":
        return "；".join(from_plain(row.value).lines()) or "没有变化"
    text = row.value.get("text", "") if isinstance(row.value, dict) else row.value
    if row.action in ("field", "note") and text:
        short = str(text)[:40] + ("……" if len(str(text)) > 40 else "")
        return f"{row.target}：{short}"
    return row.target or (str(text or "")[:40] if not isinstance(text, list) else "；".join(text))
