"""A pack as JSON and back: what the catalogue keeps in ``pack.body``."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any

from kb.decide.model import (
    UNSAID,
    About,
    Asked,
    Blank,
    Block,
    Fact,
    Fixed,
    Heading,
    Line,
    Pack,
    Para,
    Quote,
    Section,
    Source,
    Table,
    Words,
    digest_of,
)
from kb.errors import PackError

FORMAT = 1
"""Of the body; raised when an old pack could no longer be read as it is."""

LINES: dict[str, type[Any]] = {
    "quote": Quote, "fact": Fact, "words": Words, "blank": Blank, "fixed": Fixed,
}  # fmt: skip
BLOCKS: dict[str, type[Any]] = {"heading": Heading, "para": Para, "table": Table}
_NAMES = {kind: name for name, kind in (LINES | BLOCKS).items()}


def to_json(pack: Pack) -> dict[str, Any]:
    """The pack as plain values; `from_json` gives an equal pack back."""
    plain = _plain(pack)
    if pack.about == UNSAID:
        # Packs of before had no such part: their digests must stay what they are.
        del plain["about"]
    return {"format": FORMAT, **plain}


def digest(pack: Pack) -> str:
    """SHA-256 over the whole pack: two packs are the same exactly where it is."""
    return digest_of(json.dumps(to_json(pack), ensure_ascii=False, sort_keys=True))


def from_json(body: dict[str, Any]) -> Pack:
    """The pack that `to_json` spelled, checked again against its own sources.

    Raises:
        PackError: not a pack, of a newer format, or altered.
    """
    if body.get("format") != FORMAT:
        raise PackError(
            f"参阅材料的存储格式为 {body.get('format')!r}，本程序只认 {FORMAT}",
            hint="用保存它的那一版程序打开",
        )
    try:
        return Pack(
            **{k: body[k] for k in ("id", "number", "topic", "background", "template", "maker")},
            questions=tuple(body["questions"]),
            as_of=_day(body["as_of"]),
            made=datetime.fromisoformat(body["made"]),
            generation=body["generation"],
            sections=tuple(_section(s) for s in body["sections"]),
            sources=tuple(_source(s) for s in body["sources"]),
            gaps=tuple(body["gaps"]),
            plan=tuple(Asked(**a) for a in body["plan"]),
            left_out=tuple(_source(s) for s in body["left_out"]),
            about=_about(body.get("about", {})),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise PackError(f"参阅材料的内容不完整：{error}") from error


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        plain = {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
        name = _NAMES.get(type(value))
        return {"is": name, **plain} if name else plain
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return value


def _section(body: dict[str, Any]) -> Section:
    return Section(
        body["key"], body["title"], tuple(_block(b) for b in body["blocks"]), body["annex"]
    )


def _block(body: dict[str, Any]) -> Block:
    match body["is"]:
        case "heading":
            return Heading(body["level"], _cell(body["lines"]))
        case "para":
            return Para(_cell(body["lines"]), body["style"])
        case "table":
            return Table(
                columns=tuple(body["columns"]),
                rows=tuple(tuple(_cell(cell) for cell in row) for row in body["rows"]),
                widths=tuple(body["widths"]),
                anchors=tuple(body["anchors"]),
            )
    raise PackError(f"参阅材料中有不认识的内容：{body['is']}")


def _cell(lines: list[dict[str, Any]]) -> tuple[Line, ...]:
    return tuple(_line(line) for line in lines)


def _line(body: dict[str, Any]) -> Line:
    values = {k: v for k, v in body.items() if k != "is"}
    if values.get("at"):
        values["at"] = datetime.fromisoformat(values["at"])
    if "counts" in values:
        values["counts"] = tuple(values["counts"])
    line: Line = LINES[body["is"]](**values)
    return line


def _about(body: dict[str, Any]) -> About:
    return About(**(body | {"departments": tuple(body.get("departments", ()))}))


def _source(body: dict[str, Any]) -> Source:
    dated = {k: _day(body[k]) for k in ("issued", "effective")}
    return Source(**(body | dated | {"heading": tuple(body["heading"])}))


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
