"""定稿: a draft with its number and date, for good; a correction is a new edition.

An edition keeps all that shapes it: the composed pack with every source's text, what people
wrote, the template's text. It can be printed again when base, template and draft have moved on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kb.decide.changes import Changes, compare, name_of
from kb.decide.codec import digest, from_json, to_json
from kb.decide.drafts import open_draft
from kb.decide.edits import clean
from kb.decide.model import Block, Fact, Fixed, Pack, Para, Section, Source, Words
from kb.decide.ports import Base
from kb.decide.render.fonts import log_used
from kb.decide.sections.context import place
from kb.decide.template import Template, parse, template_text
from kb.decide.verify import altered_sources
from kb.errors import NotFound, PackError
from kb.model import Scope, Tier

if TYPE_CHECKING:
    from kb.catalogue.editions import EditionRow
    from kb.catalogue.people import People

WORD = "参阅"
"""What a number begins with: 参阅〔2026〕3号."""

CHANGED = (
    "本版说明", "与上一版相比，新增引用{}处，不再引用{}处，引文有变化{}处。",
    "新增引用：", "不再引用：", "引文有变化：",
)  # fmt: skip
"""Title and texts of the section that a new edition begins with."""


def freeze(
    base: Base,
    people: People,
    scope: Scope,
    pack_id: str,
    *,
    who: str,
    number: str = "",
    word: str = WORD,
    reason: str = "",
    anyway: bool = False,
    own_templates: Path | None = None,
    at: datetime | None = None,
) -> EditionRow:
    """Freeze a draft as it stands.

    Args:
        number: of the first edition; else the next one of the year. Later editions keep it.
        reason: what was corrected, in a person's words; stands in the new edition.
        anyway: also where a quotation does not say any more what the base says now.

    Raises:
        PackError: quotations have changed since the draft was composed, nothing differs from the
            last edition, or the number is another paper's.
    """
    reason, who, number = clean(reason), clean(who), clean(number)
    draft = open_draft(people, pack_id, own_templates)
    shown = _marked(draft.shown, people.tier_of(pack_id))
    stale = [] if anyway else altered_sources(base, scope, shown)
    if stale:
        raise PackError(
            f"有 {len(stale)} 条引用已变化，不能定稿：{'；'.join(one.name for one in stale[:3])}",
            hint="先更新草稿（kb pack prepare，或网页中的“更新材料”），再定稿",
        )
    former = people.editions.every(pack_id=pack_id)
    moment = (at or datetime.now(UTC)).astimezone(UTC)
    edition = len(former) + 1
    changes = Changes({}, {}, (), (), ())
    if former:
        number = former[-1].number
        last = from_json(former[-1].body)
        if _substance(shown) == _substance(last):
            raise PackError(f"草稿与 {number} 第{edition - 1}版没有差别，不必再定稿")
        changes = compare(last, shown)
        shown = _with_changes(shown, last, changes, reason, who)
    else:
        number = number.strip() or next_number(people.editions.numbers(), word, moment.year)
        if number in people.editions.numbers():
            raise PackError(f"编号 {number} 已经用过", hint="换一个编号，或不写编号由程序续编")
    named = number if edition == 1 else f"{number}（第{edition}版）"
    pack = replace(shown, number=named, made=moment)
    log_used(f"定稿 {named}")
    words = [*draft.edits.words(), reason, f"（{who}）"]
    return people.editions.add(
        {
            "pack_id": pack_id,
            "number": number,
            "edition": edition,
            "at": moment,
            "who": who,
            "topic": pack.topic,
            "template": pack.template,
            "as_of": pack.as_of,
            "generation": pack.generation,
            "tier": pack.tier,
            "digest": digest(pack),
            "quotes": {source.passage_id: source.digest for source in pack.sources},
            "body": to_json(pack),
            "words": [text for text in words if text],
            "form": template_text(pack.template, own_templates),
            "reason": reason,
            "changes": changes.plain(),
        }
    )


def open_edition(row: EditionRow) -> tuple[Pack, Template]:
    """The frozen pack, and the template it was made with.

    Raises:
        PackError: what is stored is not what was frozen.
    """
    if row.changes.get("purged", {}).get("digest") == "":
        raise PackError(
            f"{row.number} 第{row.edition}版定稿后被改动过，又引用过已清除的文件，内容已全部清除",
            hint="从草稿另定一版",
        )
    pack = from_json(row.body)
    # What a quarantine took out is known by its digests (`kb.decide.purge`).
    purged = row.changes.get("purged", {})
    if digest(pack) != purged.get("digest", row.digest) or any(
        row.quotes.get(source.passage_id) != source.digest for source in pack.sources
    ):
        raise PackError(
            f"{row.number} 第{row.edition}版的内容与定稿时的校验码不一致", hint="请从备份恢复"
        )
    return pack, parse(row.template, row.form)


def find_edition(people: People, named: str) -> EditionRow:
    """The newest edition by number (参阅〔2026〕3号), draft id, or ``number@edition``.

    Raises:
        NotFound: there is none.
    """
    name, _, wanted = named.partition("@")
    rows = people.editions.every(number=name) or people.editions.every(pack_id=name)
    if wanted:
        rows = [row for row in rows if str(row.edition) == wanted]
    if not rows:
        raise NotFound(f"没有编号为 {named} 的定稿", hint="用 kb pack list 查看")
    return rows[-1]


def next_number(given: Sequence[str], word: str, year: int) -> str:
    """参阅〔2026〕4号, one after the highest of the year."""
    form = re.compile(rf"{re.escape(word)}〔{year}〕(\d+)号")
    last = max((int(m.group(1)) for text in given if (m := form.fullmatch(text))), default=0)
    return f"{word}〔{year}〕{last + 1}号"


def _marked(pack: Pack, tier: str) -> Pack:
    """With the tier that the agenda gives the matter now, where that is above what the draft was
    composed with: nothing is frozen below it."""
    if not tier or Tier(tier).rank <= Tier(pack.tier).rank:
        return pack
    return replace(pack, about=replace(pack.about, tier=tier))


def _substance(pack: Pack) -> tuple[object, ...]:
    sections = tuple(s for s in pack.sections if s.key != "edition")
    return sections, pack.tier, tuple((s.passage_id, s.digest, s.status) for s in pack.sources)


def _with_changes(pack: Pack, last: Pack, changes: Changes, reason: str, who: str) -> Pack:
    """The pack with a first section that tells what this edition changes."""
    title, counted, added, removed, altered = CHANGED
    blocks: list[Block] = [Para((Words(reason, who),))] if reason else []
    texts = [one for one in changes.altered if one.what != "status"]
    counts = (len(changes.added), len(changes.removed), len(texts))
    blocks.append(Para((Fixed(counted, counts),)))
    here = {source.passage_id: source for source in pack.sources}
    gone = {s.passage_id: replace(s, number=0) for s in last.sources if s.passage_id not in here}
    known = {s.passage_id for s in pack.left_out}
    for head, ids, of in (
        (added, changes.added, here),
        (removed, changes.removed, gone),
        (altered, {one.passage_id: "" for one in texts}, here),
    ):
        blocks += [Para((Fixed(head), *_named(of[key]))) for key in ids if key in of]
    left = (*pack.left_out, *(s for key, s in gone.items() if key not in known))
    left = tuple(gone.get(s.passage_id, s) for s in left)
    section = Section("edition", title, tuple(blocks))
    return replace(pack, sections=(section, *pack.sections), left_out=left)


def _named(source: Source) -> list[Fact | Fixed]:
    return [line for line in place(source) if isinstance(line, Fact | Fixed)]


__all__ = [
    "CHANGED", "WORD", "find_edition", "freeze", "name_of", "next_number", "open_edition",
]  # fmt: skip
