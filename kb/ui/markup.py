"""Own markup: every piece of text that came from a paper or a person is escaped here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from kb.model import Kind, Status

STATUS_TONE: dict[Status, str] = {
    Status.IN_FORCE: "good",
    Status.PENDING: "wait",
    Status.DRAFT: "wait",
    Status.AMENDED: "warn",
    Status.PARTLY: "warn",
    Status.EXPIRED: "gone",
    Status.REPEALED: "gone",
    Status.UNVERIFIED: "plain",
}


def e(text: object) -> str:
    """Escaped for text and for attribute values."""
    return escape(str(text), quote=True)


_MARKDOWN = re.compile(r"([\\`*_\[\]$~<>!])")


def plain(text: object) -> str:
    """What people or papers wrote, for what Streamlit reads as Markdown (labels, captions,
    messages): an image there would be fetched, a link followed."""
    return _MARKDOWN.sub(r"\\\1", str(text))


def badge(status: Status | None, kind: Kind) -> str:
    """The status of a regulation; for other papers what kind they are."""
    if status is None:
        return f'<span class="kb-badge kb-plain">{e(kind.label)}</span>'
    return f'<span class="kb-badge kb-{STATUS_TONE[status]}">{e(status.value)}</span>'


def marked(
    text: str, spans: Sequence[tuple[int, int]], window: tuple[int, int] | None = None
) -> str:
    """``text`` (or a window of it) with the spans marked and line breaks kept.

    Args:
        spans: [start, end) offsets into ``text``, in order, not overlapping.
        window: [start, end) to show; what is left out is shown as «…».
    """
    begin, stop = window or (0, len(text))
    inner = stretch(text, spans, begin, stop).strip("\n").replace("\n", "<br>")
    return f"{'…' if begin > 0 else ''}{inner}{'…' if stop < len(text) else ''}"


def stretch(text: str, spans: Sequence[tuple[int, int]], begin: int, stop: int) -> str:
    """``text[begin:stop]``, escaped, with what the spans cover of it marked."""
    parts: list[str] = []
    at = begin
    for span in spans:
        start, end = max(span[0], at), min(span[1], stop)
        if start < end:
            parts += [e(text[at:start]), "<mark>", e(text[start:end]), "</mark>"]
            at = end
    return "".join([*parts, e(text[at:stop])])


@dataclass(frozen=True, slots=True)
class Anchor:
    """A stretch of a text that points somewhere. ``href`` empty: it could not be told where, and
    ``says`` why. ``jump``: within the page that is open. ``peek``: the id of what is previewed."""

    start: int
    end: int
    href: str
    peek: str = ""
    jump: bool = False
    says: str = ""


def woven(
    text: str,
    spans: Sequence[tuple[int, int]],
    anchors: Sequence[Anchor],
    begin: int,
    stop: int,
) -> str:
    """As `stretch`, with links; where two anchors overlap the first one holds."""
    parts: list[str] = []
    at = begin
    for anchor in anchors:
        start, end = max(anchor.start, at), min(anchor.end, stop)
        if anchor.start < at or start >= end:
            continue
        parts += [
            stretch(text, spans, at, start),
            _linked(anchor, stretch(text, spans, start, end)),
        ]
        at = end
    return "".join([*parts, stretch(text, spans, at, stop)])


def _linked(anchor: Anchor, inner: str) -> str:
    if not anchor.href:
        return f'<span class="kb-unsure" title="{e(anchor.says)}">{inner}</span>'
    says = f' title="{e(anchor.says)}"' if anchor.says else ""
    how = "data-jump" if anchor.jump else 'target="_self" data-go'
    peek = f' data-peek="{e(anchor.peek)}"' if anchor.peek else ""
    return f'<a class="kb-cite" href="{e(anchor.href)}" {how}{peek}{says}>{inner}</a>'


def go(href: str, content: str, *, name: str = "", title: str = "") -> str:
    """A link inside the page. ``content`` is markup; the script of the page follows it without
    loading everything anew, and without the script it is a plain link."""
    more = (f' class="{name}"' if name else "") + (f' title="{e(title)}"' if title else "")
    return f'<a href="{e(href)}" target="_self" data-go{more}>{content}</a>'


def table(head: Sequence[str], rows: Iterable[str], name: str = "") -> str:
    """A table. ``rows`` are markup, a ``<tr>`` each; ``name`` is one more class."""
    top = "".join(f'<th scope="col">{e(one)}</th>' for one in head)
    more = f" {name}" if name else ""
    return (
        f'<div class="kb-table{more}"><table><thead><tr>{top}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def copy_button(text: str, label: str = "复制引用") -> str:
    """A button that puts ``text`` on the clipboard."""
    return (
        f'<button type="button" class="kb-copy" data-copy="{e(text)}" title="{e(text)}">'
        f"{e(label)}</button>"
    )


def facts(pairs: Sequence[tuple[str, str]], name: str = "kb-facts") -> str:
    """Named values in a row; empty ones are left out."""
    shown = "".join(
        f"<span><b>{e(label)}</b>{e(value)}</span>" if label else f"<span>{e(value)}</span>"
        for label, value in pairs
        if value
    )
    return f'<div class="{name}">{shown}</div>' if shown else ""


def empty_state(title: str, says: str, code: Sequence[str] = (), after: str = "") -> str:
    """What to do where there is nothing to show."""
    lines = "".join(f"<code>{e(line)}</code>" for line in code)
    tail = f"<p>{e(after)}</p>" if after else ""
    return f'<section class="kb-empty"><h2>{e(title)}</h2><p>{e(says)}</p>{lines}{tail}</section>'
