"""What stands around a paper, as people read it: bases, repeals, citations both ways."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kb.base import status_on
from kb.catalogue.rows import VersionRow
from kb.law.kin import Citing, Kin, Named
from kb.model import Scope
from kb.ui import links
from kb.ui.markup import badge, e, go

MOST = 40
"""Places of one paper that are named; a long code may be cited hundreds of times by one."""


def lineage_html(found: Kin, version: VersionRow, scope: Scope) -> str:
    """依据 and 废止, both ways."""
    ended = found.ended_by
    parts = [
        _section("制定依据", _tree(found.bases, scope), "文中没有写明依据的文件"),
        _section(
            "以本文件为依据的文件",
            _papers(found.based_on_it, scope),
            "库中没有以本文件为依据的文件",
        ),
        _section("废止的文件", _tree(found.repeals, scope), "没有写明废止其他文件"),
        _section("修改的文件", _tree(found.amends, scope), ""),
        _section(
            f"本文件自 {version.validity.end} 起失去效力，原因" if version.validity.end else "失效",
            _tree([ended], scope) if ended else "",
            "",
        ),
    ]
    return f'<div class="kb-kin">{"".join(parts)}</div>'


def citations_html(found: Kin, scope: Scope) -> str:
    """引用 and 被引用, by paper; what could not be told, with the reason."""
    unsure = "".join(f"<li>{e(why)}<small>{n} 处</small></li>" for why, n in found.unsure)
    parts = [
        _section("被引用", _citing(found.cited_by, scope, theirs=True), "库中没有文件引用本文件"),
        _section("引用", _citing(found.cites, scope, theirs=False), "没有引用库中其他文件"),
        _section("未能确定的引用", f"<ul>{unsure}</ul>" if unsure else "", ""),
    ]
    return f'<div class="kb-kin">{"".join(parts)}</div>'


def _section(name: str, inner: str, empty: str) -> str:
    if not inner and not empty:
        return ""
    return f"<section><h2>{e(name)}</h2>{inner or f'<p>{e(empty)}</p>'}</section>"


def _tree(named: Sequence[Named], scope: Scope) -> str:
    items = "".join(f"<li>{_one(n, scope)}{_tree(n.below, scope)}</li>" for n in named)
    return f"<ul>{items}</ul>" if items else ""


def _one(named: Named, scope: Scope) -> str:
    if named.version is not None:
        return _paper(named.version, scope.as_of, scope)
    number = f"（{e(named.number)}）" if named.number else ""
    return f"《{e(named.title)}》{number}<small>库中没有，或有几份同名</small>"


def _papers(versions: Sequence[VersionRow], scope: Scope) -> str:
    items = "".join(f"<li>{_paper(v, scope.as_of, scope)}</li>" for v in versions)
    return f"<ul>{items}</ul>" if items else ""


def _paper(version: VersionRow, day: date | None, scope: Scope) -> str:
    name = go(links.read(version.path, day=day), f"《{e(version.title)}》")
    number = f"<small>{e(version.number)}</small>" if version.number else ""
    return f"{name} {badge(status_on(version, scope), version.kind)}{number}"


def _citing(papers: Sequence[Citing], scope: Scope, *, theirs: bool) -> str:
    items = []
    for one in papers:
        places = dict.fromkeys(f"{link.label}{link.locator}" for link in one.links if link.label)
        target = "本文件" if theirs else ""
        shown = [
            go(links.read(one.version.path, at=place.partition("款")[0]), e(place))
            if not theirs and place
            else e(target + place)
            for place in list(places)[:MOST]
        ]
        more = f" 等 {len(places)} 处" if len(places) > MOST else ""
        where = f'<div class="kb-places">{"、".join(shown)}{more}</div>' if shown else ""
        items.append(
            f"<li>{_paper(one.version, scope.as_of, scope)}<small>{len(one.links)} 处</small>"
            f"{where}</li>"
        )
    return f"<ul>{''.join(items)}</ul>" if items else ""
