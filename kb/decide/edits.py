"""What people do to a draft, as data: small acts that can be applied again to a newer draft.

An act names its target (a passage, a section, a field), never a line number: the draft below may
be composed anew from another generation, and what a person did still finds its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from kb.errors import PackError

_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]")

LONGEST = 20_000
"""Characters of one field or note."""


@dataclass(frozen=True, slots=True)
class Said:
    """A person's words: in a field, or (with ``place``: a passage id or a section's title) a note.
    ``at`` is ISO 8601, ``version`` the draft's when they were written."""

    text: str
    who: str
    at: str
    version: int
    place: str = ""


@dataclass(frozen=True, slots=True)
class Edits:
    """The sum of all acts. ``moves``/``sections``: (what, before what), done in this order;
    before "" is the end. ``questions``/``background`` None: as first asked."""

    pinned: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    moves: tuple[tuple[str, str], ...] = ()
    sections: tuple[tuple[str, str], ...] = ()
    hidden: tuple[str, ...] = ()
    fields: Mapping[str, Said] = field(default_factory=dict)
    notes: Mapping[str, Said] = field(default_factory=dict)
    questions: tuple[str, ...] | None = None
    background: str | None = None

    def words(self) -> list[str]:
        """Everything that people typed, with their names: what a checker lets pass."""
        told = [*self.fields.values(), *self.notes.values()]
        return [*(s.text for s in told), *(f"（{s.who}）" for s in told if s.who)]


@dataclass(frozen=True, slots=True)
class Act:
    """One act: `ACTS` says which there are."""

    action: str
    target: str
    value: Any = None


def to_json(edits: Edits) -> dict[str, Any]:
    """As plain values; what is empty is left out."""
    return {name: value for name, value in asdict(edits).items() if value not in ((), {}, None)}


def from_json(body: Mapping[str, Any]) -> Edits:
    """What `to_json` spelled.

    Raises:
        PackError: it is something else.
    """
    try:
        return Edits(
            pinned=tuple(body.get("pinned", ())),
            dropped=tuple(body.get("dropped", ())),
            moves=tuple((a, b) for a, b in body.get("moves", ())),
            sections=tuple((a, b) for a, b in body.get("sections", ())),
            hidden=tuple(body.get("hidden", ())),
            fields={k: Said(**v) for k, v in body.get("fields", {}).items()},
            notes={k: Said(**v) for k, v in body.get("notes", {}).items()},
            questions=tuple(q) if (q := body.get("questions")) is not None else None,
            background=body.get("background"),
        )
    except (TypeError, ValueError, AttributeError) as error:
        raise PackError(f"草稿的修改记录不完整：{error}") from error


def applied(edits: Edits, act: Act, *, who: str, at: str, version: int) -> Edits:
    """The sum with one act more.

    Raises:
        PackError: there is no such act, or its value does not fit.
    """
    if act.action not in ACTS:
        raise PackError(f"没有“{act.action}”这种修改", hint=f"可用：{'、'.join(ACTS)}")
    if isinstance(act.value, str) and len(act.value) > LONGEST:
        raise PackError(f"一处文字超过 {LONGEST} 字", hint="请精简，或分成几处")
    text = clean(act.value) if isinstance(act.value, str) else ""
    return ACTS[act.action](edits, act, Said(text, clean(who), at, version, act.target))


def before(edits: Edits, act: Act) -> Any:
    """What stood where the act puts something; None where nothing did."""
    if act.action in ("field", "note", "unnote"):
        held = edits.fields if act.action == "field" else edits.notes
        key = act.target if act.action != "note" else str(act.value.get("id", ""))
        return asdict(held[key]) if key in held else None
    if act.action in ("questions", "background"):
        return getattr(edits, act.action)
    return None


def subject(action: str, target: str, value: Any) -> tuple[str, str]:
    """What an act writes over: two acts on one subject cannot both stand."""
    if action == "note":
        return "note", str((value or {}).get("id", ""))
    return ("note" if action == "unnote" else action), target


WRITES = frozenset(("field", "note", "questions", "background"))
"""Acts that put a person's words: of two at once neither may be lost silently."""

COMPOSES = frozenset(
    ("pin", "unpin", "drop", "restore", "replace", "move", "questions", "background")
)
"""Acts after which the draft is composed anew; the others are laid over it."""


def _pin(edits: Edits, act: Act, _: Said) -> Edits:
    pinned = (*without(edits.pinned, act.target), act.target)
    return replace(edits, pinned=pinned, dropped=without(edits.dropped, act.target))


def _unpin(edits: Edits, act: Act, _: Said) -> Edits:
    return replace(edits, pinned=without(edits.pinned, act.target))


def _drop(edits: Edits, act: Act, _: Said) -> Edits:
    dropped = (*without(edits.dropped, act.target), act.target)
    return replace(edits, dropped=dropped, pinned=without(edits.pinned, act.target))


def _restore(edits: Edits, act: Act, _: Said) -> Edits:
    return replace(edits, dropped=without(edits.dropped, act.target))


def _replace(edits: Edits, act: Act, said: Said) -> Edits:
    """``value`` is the passage that takes the place of the target."""
    new = str(act.value)
    moved = (*edits.moves, (new, act.target))
    put = _pin(replace(edits, moves=moved), Act("pin", new), said)
    return _drop(put, act, said)


def _move(edits: Edits, act: Act, _: Said) -> Edits:
    kept = tuple(m for m in edits.moves if m[0] != act.target)
    return replace(edits, moves=(*kept, (act.target, str(act.value or ""))))


def _section(edits: Edits, act: Act, _: Said) -> Edits:
    kept = tuple(m for m in edits.sections if m[0] != act.target)
    return replace(edits, sections=(*kept, (act.target, str(act.value or ""))))


def _hide(edits: Edits, act: Act, _: Said) -> Edits:
    return replace(edits, hidden=(*without(edits.hidden, act.target), act.target))


def _show(edits: Edits, act: Act, _: Said) -> Edits:
    return replace(edits, hidden=without(edits.hidden, act.target))


def _field(edits: Edits, act: Act, said: Said) -> Edits:
    return replace(edits, fields=_put(edits.fields, act.target, replace(said, place="")))


def _note(edits: Edits, act: Act, said: Said) -> Edits:
    """``value``: {"id", "text"}; the target is the place."""
    text = clean(str(act.value["text"]))
    if len(text) > LONGEST:
        raise PackError(f"一处文字超过 {LONGEST} 字", hint="请精简，或分成几处")
    return replace(edits, notes=_put(edits.notes, str(act.value["id"]), replace(said, text=text)))


def _unnote(edits: Edits, act: Act, _: Said) -> Edits:
    return replace(edits, notes={k: v for k, v in edits.notes.items() if k != act.target})


def _questions(edits: Edits, act: Act, _: Said) -> Edits:
    asked = (" ".join(clean(str(q)).split()) for q in act.value or ())
    return replace(edits, questions=tuple(dict.fromkeys(q for q in asked if q)))


def _background(edits: Edits, _: Act, said: Said) -> Edits:
    return replace(edits, background=said.text)


def _put(held: Mapping[str, Said], key: str, said: Said) -> dict[str, Said]:
    """Empty words are none."""
    rest = {k: v for k, v in held.items() if k != key}
    return rest | {key: said} if said.text.strip() else rest


def clean(text: str) -> str:
    """A person's words without what no page can show: control and direction characters."""
    return _UNSEEN.sub("", text).strip()


def without(items: tuple[str, ...], item: str) -> tuple[str, ...]:
    """The others."""
    return tuple(i for i in items if i != item)


def reordered(names: list[str], moves: tuple[tuple[str, str], ...]) -> list[str]:
    """The names after all moves; a move of or before what is not there is passed over."""
    order = list(names)
    for name, next_one in moves:
        if name in order and name != next_one and (not next_one or next_one in order):
            order.remove(name)
            order.insert(order.index(next_one) if next_one else len(order), name)
    return order


ACTS: dict[str, Callable[[Edits, Act, Said], Edits]] = {
    "pin": _pin,
    "unpin": _unpin,
    "drop": _drop,
    "restore": _restore,
    "replace": _replace,
    "move": _move,
    "section": _section,
    "hide": _hide,
    "show": _show,
    "field": _field,
    "note": _note,
    "unnote": _unnote,
    "questions": _questions,
    "background": _background,
}
"""Act → what it does to the sum."""
