"""Whose copy this is and how widely it may be known, behind the text of a paper."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from kb.model import Tier
from kb.ui.markup import e


def watermark(tier: Tier, reader: str, now: datetime | None = None) -> str:
    """A ``style`` attribute; empty for what anybody may know. The picture is made of nothing but
    these words, and stands in the attribute itself."""
    if tier is Tier.PUBLIC:
        return ""
    at = (now or datetime.now().astimezone()).strftime("%Y-%m-%d %H:%M")
    words = e(f"{tier.label}　{reader or '本机'}　{at}")
    # A middle grey that is faint on white and on black.
    picture = (
        "<svg xmlns='http://www.w3.org/2000/svg' width='440' height='260'>"
        "<text x='20' y='200' transform='rotate(-22 20 200)' font-size='17' fill='#808080'"
        f" fill-opacity='0.16' font-family='sans-serif'>{words}</text></svg>"
    )
    return f' style="background-image:url(data:image/svg+xml,{quote(picture)})"'


def layer(text: str) -> str:
    """A layer over the page that lets clicks through. Not for the ear of a screen reader."""
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="420" height="220">'
        '<text x="20" y="150" transform="rotate(-22 210 110)" font-size="15" '
        f'fill="#7f8894" fill-opacity="0.16" font-family="sans-serif">{e(text)}</text></svg>'
    )
    return (
        '<div class="kb-watermark" aria-hidden="true" '
        f"style=\"background-image:url('data:image/svg+xml,{quote(drawing)}')\"></div>"
    )
