"""政策依据, 现行规定, 先例与教训, 参考资料: articles in full, under their documents."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.decide.asked import read_question
from kb.decide.gather import Candidate
from kb.decide.model import Block, Fact, Fixed, Heading, Line, Para, Quote, Source
from kb.decide.sections.context import Context, by_document, excerpt, place, source_of, status_of
from kb.decide.template import Spec
from kb.errors import NotFound
from kb.model import Kind

NAMED = 4
"""Documents, the nearest first, whose bases are named."""

REFERENCE_EXCERPT = 220
"""Characters taken of each window of a reference paper: it informs, it binds nobody."""


def policy(spec: Spec, context: Context) -> list[Block]:
    """Rules from above, highest force first; and the bases that our own rules name."""
    blocks = _documents("policy", context)
    named = _named_bases(context)
    if named and "named" in spec.texts:
        if not blocks and "none" in spec.texts:
            blocks.append(Para((Fixed(spec.texts["none"]),)))
        blocks.append(Para((Fixed(spec.texts["named"]),)))
        blocks += named
    return blocks


def rules(spec: Spec, context: Context) -> list[Block]:
    """Our own regulations in force."""
    return _documents("rules", context)


def precedents(spec: Spec, context: Context) -> list[Block]:
    """Experience notes: what was found, and the parts that the template wants (做法, 教训)."""
    blocks: list[Block] = []
    for group in _groups("precedents", context):
        chosen = [context.source_of(c) for c in group]
        chosen += _parts(spec.lists.get("parts", ()), group, context)
        blocks += head(chosen[0])
        seen: set[str] = set()
        if "precedents" not in context.material.ordered:
            chosen.sort(key=lambda s: _position(s.passage_id))
        for source in chosen:
            if source.passage_id not in seen:
                seen.add(source.passage_id)
                blocks.append(_article(source, [Quote.of(source)]))
    return blocks


def references(spec: Spec, context: Context) -> list[Block]:
    """Reference papers, the sentences that bear on the topic."""
    blocks: list[Block] = []
    for group in _groups("references", context):
        sources = [context.source_of(c) for c in group]
        blocks += head(sources[0])
        for source in sources:
            about = context.request.text
            blocks.append(_article(source, excerpt(source, about, REFERENCE_EXCERPT)))
    return blocks


def _groups(part: str, context: Context) -> list[list[Candidate]]:
    """A part by documents, in people's order where they gave one."""
    candidates: tuple[Candidate, ...] = getattr(context.material, part)
    as_given = part in context.material.ordered
    if part == "policy" and not as_given:
        candidates = tuple(sorted(candidates, key=lambda c: c.row.version.force.rank))
    return by_document(candidates, as_given=as_given)


def _documents(part: str, context: Context) -> list[Block]:
    blocks: list[Block] = []
    limit = context.template.budget.excerpt
    request = context.request
    asked = [read_question(text, request.topic) for text in (request.topic, *request.questions)]

    def fits(piece: str) -> float:
        # Of the steps of one article only that answers whose threshold covers the sum asked.
        return 0.8 * max(question.fits(piece) for question in asked)

    for group in _groups(part, context):
        sources = [context.source_of(c) for c in group]
        blocks += head(sources[0])
        for source in sources:
            blocks.append(_article(source, excerpt(source, request.text, limit, fits)))
    return blocks


def head(source: Source) -> list[Block]:
    """The document's title, and a line of its facts."""
    title = Heading(2, (Fixed("《"), Fact.of(source, "title"), Fixed("》")))
    facts: list[list[Line]] = []
    if source.reference:
        facts.append([Fact.of(source, "reference")])
    if source.effective:
        facts.append([Fact.of(source, "effective"), Fixed("施行")])
    elif source.issued:
        # A note or a report was not issued (印发) but written on that day.
        verb = [Fixed("印发")] if source.reference else []
        facts.append([Fact.of(source, "issued"), *verb])
    if source.kind == Kind.REGULATION.label:
        facts.append([Fact.of(source, "status")])
        facts.append([Fact.of(source, "force")])
    else:
        facts.append([Fact.of(source, "kind")])
    lines: list[Line] = []
    for fact in facts:
        lines += [Fixed("　"), *fact] if lines else fact
    return [title, Para(tuple(lines), "caption")]


def _article(source: Source, lines: list[Line]) -> Para:
    label: list[Line] = [Fact.of(source, "place"), Fixed("　")] if source.place else []
    return Para((*label, *lines), "article")


def _parts(wanted: Sequence[str], group: Sequence[Candidate], context: Context) -> list[Source]:
    first = group[0]
    try:
        opened = context.base.document(first.row.version.path, context.scope)
    except NotFound:
        return []
    return [
        context.source(row, status_of(first))
        for row in opened.passages
        if row.passage.id not in context.material.dropped
        and any(part in heading for part in wanted for heading in row.passage.heading[-1:])
    ]


def _named_bases(context: Context) -> list[Block]:
    """「根据《…》」 as the chosen regulations say it, each upper rule once."""
    blocks: list[Block] = []
    seen: set[str] = set()
    for group in by_document(context.material.rules)[:NAMED]:
        version = group[0].row.version
        titles = [m.title.strip("《》") for m in version.mentions("bases")]
        titles = [t for t in titles if t not in seen]
        if not titles:
            continue
        try:
            passages = context.base.document(version.path, context.scope).passages
        except NotFound:
            continue
        for row in passages:
            clause = _basis(row.passage.text)
            gone = row.passage.id in context.material.dropped
            if clause is not None and not gone and any(t in row.passage.text for t in titles):
                draft = source_of(row, status_of(group[0]), 0)
                if draft.text[slice(*clause)].strip():
                    source = context.source(row, status_of(group[0]))
                    lines = (Quote.of(source, *clause), Fixed("（"), *place(source), Fixed("）"))
                    blocks.append(Para(lines))
                    seen.update(titles)
                break
    return blocks


_BASIS = re.compile(
    r"(?:根据|依据|按照|为(?:了)?(?:贯彻|落实|实施|执行))[^，。；\n]*《[^。；\n]*?(?=，|。|；|\n)"
)


def _basis(text: str) -> tuple[int, int] | None:
    found = _BASIS.search(text)
    return found.span() if found else None


def _position(passage_id: str) -> tuple[int, str]:
    digits = re.search(r"#p?(\d+)", passage_id)
    return (int(digits.group(1)) if digits else 0, passage_id)
