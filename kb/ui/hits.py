"""Hits as people read them: grouped by document, with what speaks for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from kb.catalogue.rows import VersionRow
from kb.model import Force, Kind
from kb.retrieve import Hit, Similar
from kb.ui import links
from kb.ui.cite import citation, place
from kb.ui.markup import badge, copy_button, e, facts, go, marked

NEAR = 5
"""Hits shown where none is a direct basis."""


@dataclass(frozen=True, slots=True)
class Group:
    """The hits in one document, best first; never empty."""

    version: VersionRow
    hits: tuple[Hit, ...]


def relevant(hits: Iterable[Hit], *, weak: bool) -> list[Hit]:
    """Hits worth showing (`Hit.relevant`); ``weak`` (no direct basis): the nearest few, whatever
    they are."""
    kept = list(hits)
    return kept[:NEAR] if weak else [hit for hit in kept if hit.relevant]


def grouped(hits: Iterable[Hit]) -> list[Group]:
    """By document, in order of each one's best hit."""
    found: dict[str, list[Hit]] = {}
    for hit in hits:
        found.setdefault(hit.version.path, []).append(hit)
    return [Group(some[0].version, tuple(some)) for some in found.values()]


def kind_counts(hits: Iterable[Hit]) -> dict[Kind, int]:
    """How many hits of each kind, every kind named."""
    counted = Counter(hit.version.kind for hit in hits)
    return {kind: counted[kind] for kind in Kind}


def heading_html(group: Group, hit: Hit, query: str, day: date | None) -> str:
    """Title and standing of the document that a hit is in."""
    version = group.version
    href = links.read(version.path, at=links.place_of(hit.id)[1], query=query, day=day)
    shown = place(hit.label) or hit.label
    label = f'<span class="kb-label">{e(shown)}</span>' if shown else ""
    return (
        f'<div class="kb-hit-title">{go(href, e(version.title) + label)}'
        f"{badge(hit.status, version.kind)}</div>" + facts(standing(version), "kb-standing")
    )


def standing(version: VersionRow) -> list[tuple[str, str]]:
    """Level of force, number, issuer and dates."""
    force = version.force.value if version.force is not Force.NONE else ""
    dates = (
        ("施行", f"{version.effective}")
        if version.effective
        else ("印发", f"{version.issued}" if version.issued else "")
    )
    return [("", force), ("", version.number), ("", version.issuer), dates]


def body_html(hit: Hit) -> str:
    """Where it stands, the highlighted passage, why it was found."""
    path = " › ".join(hit.heading)
    where = f'<div class="kb-path">{e(path)}</div>' if path else ""
    text = marked(hit.text, hit.highlights, hit.snippet)
    page = f"　第 {hit.page} 页" if hit.page else ""
    return (
        f'{ended_html(hit)}{where}<p class="kb-snippet">{text}</p>'
        f'<div class="kb-why">命中原因：{e(hit.why.in_words())}{page}</div>'
    )


def actions_html(hit: Hit, query: str, day: date | None) -> str:
    """Open and copy; what the page itself must do (the basket) is a Streamlit button beside."""
    href = links.read(hit.version.path, at=links.place_of(hit.id)[1], query=query, day=day)
    return (
        f'<div class="kb-actions">{go(href, "在原文中打开", name="kb-open")}'
        f"{copy_button(citation(hit.version, hit.label))}</div>"
    )


def other_html(hit: Hit, query: str, day: date | None) -> str:
    """A further hit in the same document, in short."""
    href = links.read(hit.version.path, at=links.place_of(hit.id)[1], query=query, day=day)
    label = place(hit.label) or hit.label or "本段"
    return (
        f'<div class="kb-other">{go(href, e(label), name="kb-other-label")}'
        f'<p class="kb-snippet">{marked(hit.text, hit.highlights, hit.snippet)}</p></div>'
    )


def same_html(hit: Hit, query: str, day: date | None) -> str:
    """Where else the same words stand; empty where nowhere."""
    if not hit.same:
        return ""
    places = "、".join(
        go(
            links.read(links.place_of(s.id)[0], at=links.place_of(s.id)[1], query=query, day=day),
            e(s.shown),
        )
        for s in hit.same
    )
    return f'<div class="kb-same">另有 {len(hit.same)} 处文字相同：{places}</div>'


def ended_html(hit: Hit) -> str:
    """«2022-06-01 起被《…》废止»; empty for what was not ended."""
    if hit.ended is None or hit.status is None:
        return ""
    since = f"{hit.ended.day} 起" if hit.ended.day else ""
    verb = hit.status.value.removeprefix("已")
    if not hit.ended.title:
        return f'<div class="kb-ended">{e(since + hit.status.value)}</div>'
    name = f"《{hit.ended.title}》"
    by = go(links.read(hit.ended.path), e(name)) if hit.ended.path else e(name)
    return f'<div class="kb-ended">{e(since)}被{by}{e(verb)}</div>'


def summary(shown: Sequence[Hit], groups: Sequence[Group], took_ms: float) -> str:
    """One line over the results."""
    return f"{len(groups)} 件文件中的 {len(shown)} 处　用时 {took_ms / 1000:.3f} 秒"


BY_LEVEL = "force"
"""The order that sets hits under their level of force."""


def level_of(version: VersionRow) -> str:
    """The heading a paper stands under; every paper has one, so that none is hidden."""
    if version.force is not Force.NONE:
        return version.force.value
    return (
        f"{version.kind.label}（不作依据）" if version.kind is not Kind.REGULATION else "层级不明"
    )


def ended_summary(hits: Sequence[Hit]) -> str:
    """«另有 3 条已废止、1 条尚未生效»."""
    counted = Counter(hit.status.value for hit in hits if hit.status is not None)
    return f"另有 {'、'.join(f'{n} 条{status}' for status, n in counted.items())}"


def also_html(found: Sequence[Similar], day: date | None, title: str = "") -> str:
    """Provisions of other papers that are near, as links; empty where there is none."""
    head = f"<h2>{e(title)}</h2>" if title else ""
    items = "".join(
        "<li>"
        + go(
            links.read(links.place_of(one.id)[0], at=links.place_of(one.id)[1], day=day),
            e(citation(one.row.version, one.row.passage.label, number=False)),
        )
        + ("<small>文字相同</small>" if one.same else "")
        + f"<p>{e(one.row.passage.text[:80])}{'……' if len(one.row.passage.text) > 80 else ''}</p>"
        "</li>"
        for one in found
    )
    return f'<section class="kb-also">{head}<ul>{items}</ul></section>' if items else ""
