"""来源清单 and 检索说明: where everything came from, and what was searched and left out."""

from __future__ import annotations

from kb.decide.model import Block, Fact, Fixed, Heading, Line, Para, Source, Table, Words
from kb.decide.sections.context import Context, source_of, status_of
from kb.decide.template import Spec

STYLES = {"plain": "source", "short": "source-small"}
"""Style of a list without a table → that of its paragraphs."""

TOLD = ("reference", "status", "passage_id", "version", "digest")
"""What a line of such a list tells of a source beside its title, date and place; a text of the
template by the same name stands before it."""


def sources(spec: Spec, context: Context) -> list[Block]:
    """Every source by its number, with id, version, date and digest: a table, or (``style`` plain
    or, in smaller type, short) a line each."""
    listed = sorted(context.sources.values(), key=lambda s: s.number)
    if not listed:
        return []
    style = spec.texts.get("style")
    if style in STYLES:
        return [Para(_line(source, spec), STYLES[style]) for source in listed]
    rows = tuple(_row(source, spec) for source in listed)
    anchors = tuple(source.number for source in listed)
    return [Table(spec.lists["columns"], rows, (0.08, 0.39, 0.235, 0.115, 0.18), anchors)]


def _named(field: str, source: Source, spec: Spec) -> list[Line]:
    """A fact, what the template calls it before it."""
    return [*([Fixed(spec.texts[field])] if field in spec.texts else []), Fact.of(source, field)]


def _row(source: Source, spec: Spec) -> tuple[tuple[Line, ...], ...]:
    where: tuple[Line, ...] = (Fixed("《"), Fact.of(source, "title"), Fixed("》"))
    if source.place:
        where += (Fact.of(source, "place"),)
    where += (Fixed("\n"), Fact.of(source, "passage_id"))
    return (
        (Fact.of(source, "number"),),
        where,
        _dated(source),
        (Fact.of(source, "status"),),
        (*_named("version", source, spec), Fixed("\n"), *_named("digest", source, spec)),
    )


def _dated(source: Source) -> tuple[Line, ...]:
    lines: list[Line] = []
    if source.reference:
        lines.append(Fact.of(source, "reference"))
    if day := _day(source, "施行"):
        lines += [Fixed("\n")] if lines else []
        lines += day
    return tuple(lines) or (Fixed("—"),)


def _day(source: Source, effective: str) -> list[Line]:
    """The day that tells one version from another: of entry into force, else of issue."""
    for field, word in (("effective", effective), ("issued", "印发")):
        fact = Fact.of(source, field)
        if fact.text:
            # A note or a report was not issued (印发) but written on that day.
            said = field == "effective" or bool(source.reference)
            return [fact, Fixed(word)] if said else [fact]
    return []


def _line(source: Source, spec: Spec) -> tuple[Line, ...]:
    lines: list[Line] = [Fixed("["), Fact.of(source, "number"), Fixed("]　《")]
    lines += [Fact.of(source, "title"), Fixed("》")]
    if day := _day(source, "起施行"):
        lines += [Fixed("（"), *day, Fixed("）")]
    if source.place:
        lines.append(Fact.of(source, "place"))
    for field in TOLD:
        if Fact.of(source, field).text:
            lines += [Fixed("　"), *_named(field, source, spec)]
    return tuple(lines)


def plan(spec: Spec, context: Context) -> list[Block]:
    """The queries with what came of them, and near articles that were not taken."""
    request = context.request
    rows: list[tuple[tuple[Line, ...], ...]] = []
    for asked in context.material.plan:
        query: list[Line] = [Words(asked.query)]
        if asked.purpose == "换词":
            # The other word comes from a list of ours: what a person typed is shown.
            query = [Words(request.topic)]
        elif asked.query not in (request.topic, request.about.kind, *request.questions):
            rest = asked.query.removeprefix(f"{request.topic} ")
            known = rest in context.template.facets
            query = [Words(request.topic), Fixed(" "), Fixed(rest) if known else Words(rest)]
        weak = Fixed(spec.texts["weak"]) if asked.weak and "weak" in spec.texts else Fixed("—")
        rows.append(
            (
                tuple(query),
                (Fixed(asked.purpose),),
                (Fixed(asked.within),),
                (Fixed("{}", (asked.found,)),),
                (Fixed("{}", (asked.used,)),),
                (weak,),
            )
        )
    blocks: list[Block] = [
        Table(spec.lists["columns"], tuple(rows), (0.41, 0.11, 0.11, 0.1, 0.1, 0.17))
    ]
    left = left_out(context)
    if left and "left" in spec.texts:
        blocks.append(Heading(2, (Fixed(spec.texts["left"]),)))
        rows = [
            (
                (Fact.of(source, "title"),),
                (Fact.of(source, "place"),),
                (Fact.of(source, "status"),),
            )
            for source in left
        ]
        blocks.append(Table(spec.lists["left_columns"], tuple(rows), (0.6, 0.2, 0.2)))
    return blocks


def left_out(context: Context) -> list[Source]:
    """All that came near and is quoted nowhere, best first."""
    near = sorted(context.material.left_out, key=lambda c: (-c.relevance, c.key))
    kept = [c for c in near if c.key not in context.sources]
    return [source_of(c.row, status_of(c), 0) for c in kept]
