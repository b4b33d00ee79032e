"""Make a pack, keep it, open it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.decide.codec import digest, to_json
from kb.decide.compose import compose
from kb.decide.edits import Edits, clean
from kb.decide.edits import to_json as spelled
from kb.decide.gather import NONE, gather
from kb.decide.model import UNSAID, About, Pack
from kb.decide.ports import Base
from kb.decide.sections.context import Request
from kb.decide.template import DEFAULT, load_template
from kb.errors import PackError
from kb.model import Scope

if TYPE_CHECKING:
    from kb.catalogue.people import People

MOST_QUESTIONS = 40
MOST_CHARACTERS = 20_000


def make(
    base: Base,
    scope: Scope,
    *,
    topic: str,
    questions: Sequence[str] = (),
    background: str = "",
    as_of: date | None = None,
    template: str = DEFAULT,
    maker: str = "",
    made: datetime | None = None,
    own_templates: Path | None = None,
    edits: Edits = NONE,
    about: About = UNSAID,
) -> Pack:
    """Gather and compose a pack within what ``scope`` lets its reader see.

    Args:
        edits: what people pinned, dropped and moved; their words are laid over it later.
        as_of: the day whose law holds; else the scope's, else today.
        made: the moment of making; the same moment and base give the same pack.
        own_templates: an office's own folder of templates.
        about: what the agenda says of the matter: kind and departments steer the plan of
            queries, the tier is the least that the pack gets.

    Raises:
        PackError: no topic, too much text, no such template.
    """
    topic = " ".join(clean(topic).split())
    asked = tuple(dict.fromkeys(q for q in (" ".join(clean(q).split()) for q in questions) if q))
    if not topic:
        raise PackError("没有写明议题", hint="用一句话写出议题，如“采购一批办公设备”")
    if len(asked) > MOST_QUESTIONS:
        raise PackError(f"问题有 {len(asked)} 个，超过 {MOST_QUESTIONS} 个", hint="请分成几份材料")
    background = clean(background)
    if sum(map(len, (topic, background, *asked))) > MOST_CHARACTERS:
        raise PackError(f"议题、背景和问题合计超过 {MOST_CHARACTERS} 字", hint="请精简后重试")
    form = load_template(template, own_templates)
    day = as_of or scope.as_of or date.today()
    about = replace(
        about,
        kind=" ".join(clean(about.kind).split()),
        departments=tuple(
            dict.fromkeys(d for one in about.departments if (d := clean(one).strip()))
        ),
    )
    request = Request(topic, asked, background, day, clean(maker), about)
    material = gather(
        base, scope, topic=topic, questions=asked, as_of=day, template=form, edits=edits,
        background=background, about=about,
    )  # fmt: skip
    moment = (made or datetime.now(UTC)).astimezone(UTC)
    return compose(base, scope, request=request, template=form, material=material, made=moment)


def store(
    people: People, pack: Pack, *, edits: Edits = NONE, decision_id: str | None = None
) -> None:
    """Keep a pack among people's work, as a draft."""
    people.save_pack(
        columns(pack)
        | {
            "id": pack.id,
            "topic": pack.topic,
            "maker": pack.maker,
            "template": pack.template,
            "edits": spelled(edits),
            "decision_id": decision_id,
        }
    )


def columns(pack: Pack) -> dict[str, Any]:
    """What a stored draft keeps of a composed pack, and takes anew when it is composed anew."""
    return {
        "as_of": pack.as_of,
        "generation": pack.generation,
        "digest": digest(pack),
        "body": to_json(pack),
        "tier": pack.tier,
    }


def load(people: People, pack_id: str, own_templates: Path | None = None) -> Pack:
    """A stored pack as people left it.

    Raises:
        NotFound: there is none of this id. PackError: it was altered since it was stored.
    """
    from kb.decide.drafts import open_draft

    return open_draft(people, pack_id, own_templates).shown
