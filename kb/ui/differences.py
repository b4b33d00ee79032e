"""Old and new text side by side, what differs marked."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from kb.decide.changes import WHAT, Altered
from kb.ui.markup import e


def sides_html(altered: Sequence[Altered], then: str = "定稿时", now: str = "现在") -> str:
    """A pair of texts for each altered provision."""
    return "".join(
        f'<div class="kb-sides"><h4>{e(WHAT[one.what])}：{e(one.name)}</h4>'
        f"<b>{e(then)}</b><b>{e(now)}</b>{pair(one.old, one.new)}</div>"
        for one in altered
    )


def pair(old: str, new: str) -> str:
    """Two paragraphs; what only one of them has is marked in it."""
    left: list[str] = []
    right: list[str] = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            left.append(e(old[a:b]))
            right.append(e(new[c:d]))
            continue
        left.append(f"<del>{e(old[a:b])}</del>" if a < b else "")
        right.append(f"<ins>{e(new[c:d])}</ins>" if c < d else "")
    return f"<p>{''.join(left) or '—'}</p><p>{''.join(right) or '—'}</p>"
