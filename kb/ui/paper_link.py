"""A paper or an article, as a link that names it."""

from __future__ import annotations

from kb.ui import links
from kb.ui.markup import e, go


def paper_link(ident: str, title: str) -> str:
    """``制度/甲.md`` or ``制度/甲.md#第三条`` → ``《甲》第三条``, leading there; markup.

    Args:
        ident: the path of a paper, or the id of a passage of it.
        title: of the paper, without 《》.
    """
    if "#" not in ident:
        return go(links.read(ident), e(f"《{title}》"), title=ident)
    path, label = links.place_of(ident)
    name = label.partition("~")[0].partition("@")[0]
    return go(links.read(path, at=label), e(f"《{title}》{name}"), title=path)
