"""How a question was read, above its results: what was wrong, what filters, what may be meant."""

from __future__ import annotations

from dataclasses import replace

from kb.retrieve import How
from kb.retrieve.reading import Mode, Reading
from kb.ui.asked import Asked
from kb.ui.markup import e, go


def reading_html(reading: Reading, asked: Asked) -> str:
    """Each thing with a link that takes it back; empty where there is nothing to say."""
    lines = [f"检索式{e(fault.shown)}" for fault in reading.faults]
    if reading.mode is Mode.LANGUAGE:
        plain = replace(asked, how=How(plain=True, without=asked.how.without))
        lines.append(f"按检索式查找　{go(plain.link, '按普通词语查找')}")
    elif reading.mode is Mode.WORDS:
        lines.append("没有与检索式相符的内容，以下按普通词语查找")
    for one in reading.filters:
        without = asked.how.without | {one.name}
        link = replace(asked, how=How(plain=asked.how.plain, without=without)).link
        lines.append(e(one.in_words()) + (f"　{go(link, '不这样筛选')}" if one.applied else ""))
    if reading.suggestions:
        meant = "　".join(
            go(replace(asked, query=s, how=How()).link, e(s)) for s in reading.suggestions
        )
        lines.append(f"您是不是要找：{meant}")
    if asked.how.plain or asked.how.without:
        lines.append(go(replace(asked, how=How()).link, "恢复自动识别日期、状态和检索式"))
    return f'<div class="kb-read-as">{"<br>".join(lines)}</div>' if lines else ""
