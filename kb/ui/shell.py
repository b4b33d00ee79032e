"""The HTML page that carries everything: Streamlit's own, in Chinese and with our style."""

from __future__ import annotations

import html
from functools import cache
from pathlib import Path

from streamlit import file_util

from kb.ui import assets
from kb.ui.words import NAME, SUBTITLE


@cache
def shell() -> str:
    """Streamlit's page with our language, name, style and script, and without what it would load
    for nothing (a Latin font that no text of ours uses)."""
    index = Path(file_util.get_static_dir()) / "index.html"
    text = index.read_text(encoding="utf-8")
    text = text.replace('<html lang="en">', '<html lang="zh-CN">')
    text = text.replace(
        "<title>Streamlit</title>",
        f"<title>{html.escape(f'{NAME} · {SUBTITLE}')}</title>\n"
        f'    <link rel="stylesheet" href="/kb/{assets.STYLE}" />\n'
        f'    <link rel="stylesheet" href="/kb/{assets.DOOR}" />\n'
        f'    <script defer src="/kb/{assets.SCRIPT}"></script>\n'
        f'    <script defer src="/kb/{assets.DOOR_SCRIPT}"></script>',
    )
    text = text.replace('href="./favicon.png"', 'href="/kb/icon.svg"')
    text = _without(text, '<link\n      rel="preload"', "/>")
    body = "<noscript><p>本页面需要启用 JavaScript 才能使用。</p></noscript>"
    return _without(text, "<noscript>", "</noscript>", body)


def notice(title: str, says: str) -> str:
    """A whole page that says one thing and leads back."""
    return (
        f'<!DOCTYPE html><html lang="zh-CN"><meta charset="utf-8"><title>{html.escape(title)}'
        f' · {NAME}</title><link rel="stylesheet" href="/kb/{assets.STYLE}">'
        f'<body class="kb-notice-page"><section class="kb-empty"><h2>{html.escape(title)}</h2>'
        f'<p>{html.escape(says)}</p><p><a href="/">回到首页</a></p></section></body></html>'
    )


def _without(text: str, start: str, end: str, instead: str = "") -> str:
    """``text`` less its first stretch from ``start`` to ``end``; as it is where there is none."""
    begin = text.find(start)
    stop = text.find(end, begin)
    return text[:begin] + instead + text[stop + len(end) :] if 0 <= begin < stop else text
