"""A paper's fields with how each came, and how well it was read, as tables."""

from __future__ import annotations

from collections.abc import Sequence

from kb.law.described import Field
from kb.law.readings import FileReading
from kb.ui.markup import e, table

FORMATS = {
    "markdown": "Markdown 文本",
    "text": "纯文本",
    "html": "网页",
    "image": "图片",
    "eml": "邮件",
    "csv": "CSV 表格",
}
"""Formats whose name is not how people call them."""


def format_name(name: str) -> str:
    """A format as people call it."""
    return FORMATS.get(name, name.upper())


def fields_html(fields: Sequence[Field]) -> str:
    """Field, value, how it came, the words it rests on."""
    rows = (
        f'<tr><th scope="row" class="kb-nowrap">{e(f.name)}</th><td>{e(f.value)}</td>'
        f'<td class="kb-nowrap">{e(f.source)}</td><td>{e(f.evidence)}</td></tr>'
        for f in fields
    )
    return table(("项目", "内容", "怎样得来", "所据原文"), rows)


def reading_html(reading: FileReading) -> str:
    """What was read, what not, and how sure we are."""
    said: list[tuple[str, str]] = [
        ("格式", format_name(reading.format)),
        ("字数", str(reading.characters)),
        ("页数", str(reading.pages or "")),
        ("条文", f"{reading.articles} 条" if reading.articles else ""),
        ("表格", f"{reading.tables} 个" if reading.tables else ""),
        ("检索单元", f"{reading.passages} 个"),
        ("无法辨认的字", f"{reading.unreadable:.2%}" if reading.unreadable else "无"),
        (
            "文字识别置信度",
            "" if reading.confidence is None else f"{reading.confidence:.0%}（扫描或图片）",
        ),
        ("条文序号", "；".join(reading.gaps) or ("连续" if reading.articles else "")),
        ("自动编号不明", f"{reading.unresolved} 段" if reading.unresolved else ""),
        ("读取时记下的", "；".join(reading.notes)),
        ("人工改正", "；".join(reading.corrected)),
        ("条款引用", cited(reading)),
        (
            "文件引用",
            f"{reading.documents} 处，库中有的 {reading.documents_resolved} 处"
            if reading.documents
            else "",
        ),
    ]
    rows = "".join(
        f'<tr><th scope="row" class="kb-nowrap">{e(name)}</th><td>{e(value)}</td></tr>'
        for name, value in said
        if value
    )
    doubts = "".join(f"<li>{e(doubt)}</li>" for doubt in reading.doubts)
    warning = (
        f'<div class="kb-weak" role="status"><b>请对照原件核对</b><ul>{doubts}</ul></div>'
        if doubts
        else ""
    )
    return f'{warning}<div class="kb-table"><table><tbody>{rows}</tbody></table></div>'


def cited(reading: FileReading) -> str:
    """«12 处，确定 10 处；未能确定：库中没有《…》2 处»."""
    count = reading.resolved + reading.abstained
    if not count:
        return ""
    why = "；".join(f"{reason} {n} 处" for reason, n in reading.reasons.items())
    return f"{count} 处，确定 {reading.resolved} 处" + (f"；未能确定：{why}" if why else "")
