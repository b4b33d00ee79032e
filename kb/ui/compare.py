"""Two versions of one document side by side: article by article, and within an article."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from kb.model import Level, Node
from kb.ui.markup import e

SAME, MOVED, CHANGED, ADDED, GONE = "未变", "条次有变", "修改", "新增", "删去"
ALIKE = 0.5
"""Likeness from which two articles of different numbers are one article that was moved."""
_PIECE = re.compile(r"[一-鿿]|[A-Za-z0-9.]+|\s+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Pair:
    """An article in the older and in the newer version; None where it is not there."""

    old: Node | None
    new: Node | None

    @property
    def what(self) -> str:
        """`SAME`, `MOVED`, `CHANGED`, `ADDED` or `GONE`."""
        if self.old is None:
            return ADDED
        if self.new is None:
            return GONE
        if _bare(self.old.text) != _bare(self.new.text):
            return CHANGED
        return SAME if self.old.label == self.new.label else MOVED


def pairs(old: Sequence[Node], new: Sequence[Node]) -> list[Pair]:
    """Articles that belong together, in the order of the newer version; what is gone stands after
    the article that it stood after.

    First those with the same words, then those of the same number if they are at all alike, then
    the likeliest of what is left.
    """
    left = [n for n in old if n.level is Level.ARTICLE]
    right = [n for n in new if n.level is Level.ARTICLE]
    partner: dict[int, Node] = {}
    free = {n.ordinal: n for n in left}
    by_words: dict[str, list[Node]] = {}
    for node in left:
        by_words.setdefault(_bare(node.text), []).append(node)
    for node in right:
        if same := by_words.get(_bare(node.text)):
            partner[node.ordinal] = taken = same.pop(0)
            del free[taken.ordinal]
    for floor, by_label in ((0.3, True), (ALIKE, False)):
        for node in right:
            if node.ordinal in partner:
                continue
            wanted = [n for n in free.values() if not by_label or n.label == node.label]
            scored = [(_likeness(n.text, node.text, floor), -n.ordinal, n) for n in wanted]
            if scored and (best := max(scored, key=lambda s: s[:2]))[0] >= floor:
                partner[node.ordinal] = best[2]
                del free[best[2].ordinal]
    return _in_order(left, right, partner, free)


def _in_order(
    left: Sequence[Node], right: Sequence[Node], partner: dict[int, Node], free: dict[int, Node]
) -> list[Pair]:
    gone_after: dict[int | None, list[Node]] = {}
    before: int | None = None
    for node in left:
        if node.ordinal in free:
            gone_after.setdefault(before, []).append(node)
        else:
            before = node.ordinal
    made = [Pair(node, None) for node in gone_after.get(None, ())]
    for node in right:
        old = partner.get(node.ordinal)
        made.append(Pair(old, node))
        if old is not None:
            made += [Pair(gone, None) for gone in gone_after.get(old.ordinal, ())]
    return made


def _likeness(one: str, other: str, floor: float) -> float:
    a, b = _pieces(one), _pieces(other)
    if not a or not b or 2 * min(len(a), len(b)) / (len(a) + len(b)) < floor:
        return 0.0
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= floor else 0.0


def _bare(text: str) -> str:
    return "".join(text.split())


def _pieces(text: str) -> list[str]:
    return _PIECE.findall(text)


def sides(pair: Pair) -> tuple[str, str]:
    """Both texts as markup, what differs marked (``<del>``, ``<ins>``)."""
    old, new = (node.text if node else "" for node in (pair.old, pair.new))
    a, b = _pieces(old), _pieces(new)
    if pair.what != CHANGED:
        return e(old), e(new)
    left: list[str] = []
    right: list[str] = []
    for tag, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        was, now = e("".join(a[i:j])), e("".join(b[k:m]))
        same = tag == "equal"
        left.append(was if same or not was else f"<del>{was}</del>")
        right.append(now if same or not now else f"<ins>{now}</ins>")
    return "".join(left), "".join(right)


def table_html(found: Sequence[Pair], old_name: str, new_name: str, *, only_changes: bool) -> str:
    """Side by side, an article a row."""
    rows = "".join(
        f'<tr class="kb-diff-{_TONE[pair.what]}"><td>{_side(pair.old, left)}</td>'
        f"<td>{_side(pair.new, right)}</td>"
        f'<td class="kb-nowrap">{pair.what}</td></tr>'
        for pair in found
        if not only_changes or pair.what != SAME
        for left, right in (sides(pair),)
    )
    return (
        '<div class="kb-table kb-diff"><table><thead><tr>'
        f'<th scope="col">{e(old_name)}</th><th scope="col">{e(new_name)}</th>'
        f'<th scope="col">变化</th></tr></thead><tbody>{rows}</tbody></table></div>'
    )


_TONE = {SAME: "same", MOVED: "moved", CHANGED: "changed", ADDED: "added", GONE: "gone"}


def _side(node: Node | None, text: str) -> str:
    if node is None:
        return "—"
    return f"<b>{e(node.label)}</b>　{text.strip().replace(chr(10), '<br>')}"


def counted(found: Sequence[Pair]) -> str:
    """«修改 3 条，新增 1 条»."""
    counts = {what: sum(p.what == what for p in found) for what in (CHANGED, ADDED, GONE, MOVED)}
    said = [f"{what} {n} 条" for what, n in counts.items() if n]
    same = sum(p.what == SAME for p in found)
    return "，".join([*said, f"未变 {same} 条"]) if found else "两个版本都没有条文"
