"""Drafts: opened, changed by several people, composed anew without touching what they wrote."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.decide.changes import Changes, compare
from kb.decide.codec import digest, from_json
from kb.decide.edits import (
    COMPOSES,
    WRITES,
    Act,
    Edits,
    applied,
    before,
    subject,
)
from kb.decide.edits import from_json as read_edits
from kb.decide.edits import to_json as spelled
from kb.decide.model import About, Pack
from kb.decide.overlay import KEPT, Field, fields_of, overlaid, unplaced
from kb.decide.pack import columns, make
from kb.decide.ports import Base
from kb.decide.template import load_template
from kb.errors import EditConflict, NotFound, PackError
from kb.model import Scope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kb.catalogue.agenda import DecisionRow
    from kb.catalogue.people import PackRow, People

TRIES = 8
"""Times that an act is tried again on what somebody else wrote in the same moment."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A stored draft: what was composed, and what people did to it."""

    row: PackRow
    composed: Pack
    edits: Edits
    kept_title: str = KEPT

    @property
    def shown(self) -> Pack:
        """As people left it."""
        return overlaid(self.composed, self.edits, self.kept_title)

    @property
    def fields(self) -> list[Field]:
        """What a person may fill."""
        return fields_of(self.composed)

    @property
    def open_fields(self) -> list[Field]:
        """What nobody has filled yet."""
        return [field for field in self.fields if field.key not in self.edits.fields]

    @property
    def unplaced(self) -> list[str]:
        """Words that lost their place (they stand in a section of their own)."""
        return [said.text for said in unplaced(self.composed, self.edits)]


def open_draft(people: People, pack_id: str, own_templates: Path | None = None) -> Draft:
    """A stored draft.

    Raises:
        NotFound: there is none of this id. PackError: it was altered since it was stored.
    """
    row = people.pack(pack_id)
    pack = from_json(row.body)
    if digest(pack) != row.digest:
        raise PackError(f"参阅材料 {pack_id} 的内容与保存时不一致", hint="请从备份恢复，或重新生成")
    title = KEPT
    with suppress(PackError):
        # A template of the office's that is gone: the draft can be read all the same.
        title = load_template(row.template, own_templates).labels.get("kept", KEPT)
    return Draft(row, pack, read_edits(row.edits), title)


def change(
    base: Base,
    people: People,
    scope: Scope,
    pack_id: str,
    act: Act,
    *,
    who: str,
    based_on: int,
    own_templates: Path | None = None,
) -> Draft:
    """Do one act on a draft that was seen at version ``based_on``.

    What others did since stays; only where they wrote the very same words nothing is done.

    Raises:
        EditConflict: that is so (their words are in it). PackError: the act does not fit.
    """
    for _ in range(TRIES):
        draft = open_draft(people, pack_id, own_templates)
        _refuse_overwriting(people, draft, act, who, based_on)
        version = draft.row.version
        now = datetime.now(UTC).isoformat(timespec="seconds")
        edits = applied(draft.edits, act, who=who, at=now, version=version + 1)
        new: dict[str, Any] = {"edits": spelled(edits)}
        if act.action in COMPOSES:
            new |= columns(recomposed(base, scope, draft.composed, edits, own_templates))
        done = people.drafts.change(
            pack_id,
            version,
            new,
            who=who,
            action=act.action,
            target=act.target,
            value=act.value,
            before=before(draft.edits, act),
        )
        if done:
            return open_draft(people, pack_id, own_templates)
    raise PackError(f"参阅材料 {pack_id} 正被多人同时修改，这一处没有保存", hint="请再试一次")


def _refuse_overwriting(people: People, draft: Draft, act: Act, who: str, based_on: int) -> None:
    if act.action not in WRITES | {"unnote"} or draft.row.version == based_on:
        return
    mine = subject(act.action, act.target, act.value)
    for row in reversed(people.drafts.history(draft.row.id, based_on)):
        if subject(row.action, row.target, row.value) == mine and row.action in WRITES:
            if row.value == act.value:
                return
            theirs = row.value.get("text", "") if isinstance(row.value, dict) else row.value
            if isinstance(theirs, list):
                theirs = "\n".join(theirs)
            raise EditConflict(
                f"这一处刚由{row.who or '另一人'}改过，您的文字没有覆盖它",
                theirs=str(theirs or ""),
                who=row.who,
                hint="请对照后再保存",
            )


def about_of(decision: DecisionRow) -> About:
    """What the agenda says of a decision besides its words."""
    departments = (decision.department, *decision.partners)
    return About(decision.kind, tuple(d for d in departments if d), decision.tier)


def recomposed(
    base: Base,
    scope: Scope,
    pack: Pack,
    edits: Edits,
    own_templates: Path | None,
    decision: DecisionRow | None = None,
) -> Pack:
    """The same request on the base as it stands now, with people's choices. It keeps its id, and
    where nothing of substance changed also the moment of making. ``decision``: what the agenda
    says now of the matter goes before what the draft was first asked."""
    questions: Sequence[str] = decision.questions if decision else pack.questions
    questions = questions if edits.questions is None else edits.questions
    background = decision.background if decision else pack.background
    background = background if edits.background is None else edits.background
    new = make(
        base,
        scope,
        topic=decision.title if decision else pack.topic,
        questions=questions,
        background=background,
        as_of=(decision.day if decision else None) or pack.as_of,
        template=decision.template if decision else pack.template,
        maker=(decision.department if decision else "") or pack.maker,
        own_templates=own_templates,
        edits=edits,
        about=about_of(decision) if decision else pack.about,
    )
    same = replace(new, id=pack.id, made=pack.made)
    if same == replace(pack, generation=same.generation):
        return same
    return replace(new, id=pack.id)


def refresh(
    base: Base,
    people: People,
    scope: Scope,
    pack_id: str,
    *,
    who: str,
    own_templates: Path | None = None,
    decision: DecisionRow | None = None,
) -> Changes:
    """Compose a draft anew from the base as it stands; what people did is kept and done again.
    ``decision``: what the agenda says of it now; looked up where it is not given.

    Returns what is new against the draft as it was.
    """
    for _ in range(TRIES):
        draft = open_draft(people, pack_id, own_templates)
        if decision is None and draft.row.decision_id:
            with suppress(NotFound):
                decision = people.agenda.one(draft.row.decision_id)
        pack = recomposed(base, scope, draft.composed, draft.edits, own_templates, decision)
        told = compare(draft.composed, pack)
        if digest(pack) == draft.row.digest:
            return told
        done = people.drafts.change(
            pack_id,
            draft.row.version,
            columns(pack),
            who=who,
            action="refresh",
            target="",
            value=told.plain(),
            before=None,
        )
        if done:
            return told
    raise PackError(f"参阅材料 {pack_id} 正被多人同时修改，没有更新", hint="请稍后再试")
