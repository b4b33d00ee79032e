"""制度体检月报: the check-up as a pack, so that it prints, is marked and kept as packs are.

Every line is a fact of a paper, a quotation with its place, or fixed words around figures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from kb.catalogue.desk import AskedRow
from kb.catalogue.rows import PassageRow, VersionRow
from kb.decide.codec import digest
from kb.decide.model import Block, Cell, Fact, Fixed, Pack, Para, Quote, Section, Source, Table
from kb.decide.sections.context import source_of
from kb.decide.system.calendar import Due
from kb.decide.system.checkup import Checkup
from kb.decide.system.differ import Difference, Side
from kb.decide.system.inventory import FindingKind
from kb.decide.template import Template, parse
from kb.law.validity import status
from kb.model import Kind

_FORM = Path(__file__).with_name("report.toml")
MOST = 40
"""Rows of one table; how many more there are is said below it."""


@dataclass(frozen=True, slots=True)
class Extras:
    """What stands in the report beside the check-up itself; any of it may be empty."""

    differences: Sequence[Difference] = ()
    unanswered: Sequence[AskedRow] = ()
    read: Sequence[tuple[PassageRow, int]] = ()
    due: Sequence[Due] = ()


def form() -> Template:
    """The report's own template: no choice among those of packs."""
    return parse("制度体检", _FORM.read_text(encoding="utf-8"), str(_FORM))


def report(check: Checkup, extras: Extras, *, maker: str, made: datetime, generation: int) -> Pack:
    """The pack of one check-up.

    Raises:
        PackError: a quotation does not stand in its source.
    """
    writer = _Writer(check)
    sections = [
        Section("inventory", "制度概况", tuple(writer.overview())),
        *(
            Section(kind.name.lower(), kind.value, tuple(blocks))
            for kind in FindingKind
            if (blocks := writer.findings(kind))
        ),
        Section("differ", "同一事项规定不同（待研判）", tuple(writer.differ(extras.differences))),
        Section("coverage", "没有现行制度的领域", tuple(writer.coverage())),
        Section("overlaps", "可能由两个处室负责的事项", tuple(writer.overlaps())),
        Section("due", "近期到期的例行事项", tuple(writer.due(extras.due))),
        Section("asked", "查过而未找到依据的问题", tuple(writer.asked(extras.unanswered))),
        Section("read", "查阅较多的条文", tuple(writer.most_read(extras.read))),
    ]
    pack = Pack(
        id="",
        number="",
        topic=f"制度体检报告（{check.day.year}年{check.day.month}月）",
        background="",
        questions=(),
        as_of=check.day,
        template=form().name,
        made=made,
        maker=maker,
        generation=generation,
        sections=tuple(sections),
        sources=tuple(writer.sources.values()),
        gaps=(),
        plan=(),
    )
    return replace(pack, id=f"{made:%Y%m%d}-{digest(pack)[:10]}")


def _none(text: str = "无。") -> list[Block]:
    return [Para((Fixed(text),))]


class _Writer:
    """Blocks, and the sources that they quote."""

    def __init__(self, check: Checkup) -> None:
        self._check = check
        self._rows = {row.passage.id: row for row in check.passages}
        self._titles = {v.path: v.title for v in check.versions}
        self.sources: dict[str, Source] = {}

    def overview(self) -> list[Block]:
        own = [v for v in self._check.versions if v.kind is Kind.REGULATION]
        counts = Counter(
            (v.force.value, str(status(v.validity, self._check.day).value)) for v in own
        )
        rows = tuple(
            ((Fixed(force),), (Fixed(state),), (Fixed("{}", (n,)),))
            for (force, state), n in sorted(counts.items())
        )
        return [
            Para((Fixed("知识库中的制度和法规共 {} 件，按效力层级和状态：", (len(own),)),)),
            Table(("效力层级", "状态", "件数"), rows, (0.4, 0.35, 0.25)),
        ]

    def findings(self, kind: FindingKind) -> list[Block]:
        found = [one for one in self._check.findings if one.kind is kind]
        if not found:
            return []
        rows = tuple(
            (
                (Fixed(f"《{one.title}》" + (f"{_label(one.place)}" if "#" in one.place else "")),),
                (Fixed(one.why),),
            )
            for one in found[:MOST]
        )
        return [Table(("文件", "情况"), rows, (0.42, 0.58)), *_more(len(found))]

    def differ(self, found: Sequence[Difference]) -> list[Block]:
        if not found:
            return _none("没有发现。")
        rows = tuple(
            ((Fixed("、".join(one.about)),), self._side(one.one), self._side(one.other))
            for one in found[:MOST]
        )
        note = Fixed("下列各对条文写法不同，可能说的是同一件事，逐对请人研判，不作取舍：")
        return [Para((note,)), Table(("何处不同", "一处", "另一处"), rows, (0.12, 0.44, 0.44))]

    def coverage(self) -> list[Block]:
        bare = [one.field for one in self._check.coverage if not one.rules]
        return _none("、".join(bare) + "。" if bare else "对照清单，各领域都有现行制度。")

    def overlaps(self) -> list[Block]:
        if not self._check.overlaps:
            return _none("没有发现。")
        rows = []
        for one, other in self._check.overlaps[:MOST]:
            cells: list[Cell] = []
            for lead in (one, other):
                said = f"{lead.actor}{lead.duty.modality}{lead.duty.what}"
                cells.append((Fixed(f"{said}（《{lead.title}》{_label(lead.passage_id)}）"),))
            rows.append(tuple(cells))
        return [Table(("一处", "另一处"), tuple(rows), (0.5, 0.5))]

    def due(self, found: Sequence[Due]) -> list[Block]:
        if not found:
            return _none()
        rows = tuple(
            (
                (Fixed(f"{one.day.month}月{one.day.day}日"),),
                (Fixed(one.entry.actor),),
                (Fixed(one.entry.shown),),
                (Fixed(f"《{one.entry.title}》{one.entry.label}"),),
            )
            for one in found[:MOST]
        )
        return [Table(("期限", "责任主体", "应办事项", "依据"), rows, (0.13, 0.17, 0.4, 0.3))]

    def asked(self, found: Sequence[AskedRow]) -> list[Block]:
        rows = tuple(((Fixed(one.query),), (Fixed("{}", (one.times,)),)) for one in found[:MOST])
        return [Table(("问题", "次数"), rows, (0.8, 0.2))] if rows else _none()

    def most_read(self, found: Sequence[tuple[PassageRow, int]]) -> list[Block]:
        rows = []
        for row, times in found[:MOST]:
            source = self._source(row)
            place = (Fixed("《"), Fact.of(source, "short"), Fixed("》"), Fact.of(source, "place"))
            rows.append((place, (Fixed("{}", (times,)),)))
        return [Table(("条文", "次数"), tuple(rows), (0.8, 0.2))] if rows else _none()

    def _side(self, side: Side) -> Cell:
        source = self._source(side.row)
        return (
            Quote.of(source, side.start, side.end),
            Fixed("（《"),
            Fact.of(source, "short"),
            Fixed("》"),
            Fact.of(source, "place"),
            Fixed("）"),
        )

    def _source(self, row: PassageRow) -> Source:
        ident = row.passage.id
        if ident not in self.sources:
            state = status(row.version.validity, self._check.day)
            self.sources[ident] = source_of(
                row, _state(row.version, state.value), len(self.sources) + 1
            )
        return self.sources[ident]


def _state(version: VersionRow, state: str) -> str:
    return state if version.kind is Kind.REGULATION else version.kind.label


def _label(ident: str) -> str:
    return ident.rpartition("#")[2]


def _more(count: int) -> Iterable[Block]:
    return (
        [Para((Fixed("另有 {} 项，见“制度体检”页面。", (count - MOST,)),))] if count > MOST else []
    )
