"""What a checklist is, and how one is read from TOML.

The program ships examples; an office puts its own into ``checklists/`` of the home. One of the same
``id`` takes the place of a shipped one.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb.errors import ConfigError
from kb.law.workdays import UNITS

_SHIPPED = Path(__file__).with_name("data")
EVENT = "上会"
"""The event that every other term is counted back from: the day of the meeting."""
DECISION = "决定"
"""The event that terms after the meeting run from."""


@dataclass(frozen=True, slots=True)
class Lead:
    """How long before what a step must be done: ``count`` ``unit``s before ``before``, which is
    `EVENT` or the id of another step. ``after`` is true for a term that runs from `DECISION`."""

    count: int
    unit: str
    before: str
    after: bool = False
    word: str = "需"

    @property
    def text(self) -> str:
        """«7个工作日», «3日»."""
        return f"{self.count}{'个' if self.unit in ('工作日', '月', '季度') else ''}{self.unit}"


@dataclass(frozen=True, slots=True)
class Condition:
    """When a step is needed: a yes/no question about the matter, answered by a person."""

    id: str
    question: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step. ``place`` is what rules it («第二十五条»), ``proof`` what shows that it was done,
    ``hand`` what the step hands over («送审»), ``when`` the `Condition` ids of which one must be
    true (none: always needed), ``waive`` the reason for which a person may leave it out (empty:
    never), ``gate`` the state of the decision that cannot be reached without it."""

    id: str
    name: str
    text: str
    place: str
    proof: str
    gate: str
    lead: Lead | None = None
    hand: str = "完成"
    when: tuple[str, ...] = ()
    waive: str = ""


@dataclass(frozen=True, slots=True)
class Checklist:
    """An ordered list of steps by one rule. ``title`` is the rule's, ``binds`` whom it binds."""

    id: str
    name: str
    title: str
    binds: str
    conditions: tuple[Condition, ...]
    steps: tuple[Step, ...]

    def step(self, step_id: str) -> Step:
        """The step of this id.

        Raises:
            KeyError: there is none.
        """
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)


def checklists(home: Path | None = None) -> dict[str, Checklist]:
    """Every checklist by id: the shipped ones, those of the home in their place.

    Raises:
        ConfigError: a file cannot be read; it names the file and the entry.
    """
    found: dict[str, Checklist] = {}
    folders = [_SHIPPED, *([home / "checklists"] if home is not None else [])]
    for folder in folders:
        for path in sorted(folder.glob("*.toml")) if folder.is_dir() else []:
            try:
                text = path.read_text(encoding="utf-8-sig")
            except (OSError, UnicodeDecodeError) as error:
                raise ConfigError(f"读不了 {path}：{error}", hint="请存为 UTF-8 文本") from error
            one = parse(text, path.name)
            found[one.id] = one
    return found


def parse(text: str, name: str) -> Checklist:
    """A checklist from TOML.

    Args:
        text: the file's content.
        name: what the file is called in errors.

    Raises:
        ConfigError: it is no TOML, an entry is missing, or a step names one that is not there.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{name} 不是正确的 TOML：{error}", hint="请按出错位置修改") from error
    conditions = tuple(
        Condition(_text(entry, "id", name), _text(entry, "question", name))
        for entry in data.get("condition", [])
    )
    steps = tuple(_step(entry, name) for entry in data.get("step", []))
    if not steps:
        raise ConfigError(f"{name} 里没有步骤", hint="至少写一个 [[step]]")
    one = Checklist(
        _text(data, "id", name),
        _text(data, "name", name),
        _text(data, "title", name),
        str(data.get("binds", "")),
        conditions,
        steps,
    )
    _check(one, name)
    return one


def _step(entry: Mapping[str, Any], name: str) -> Step:
    where = f"{name} 的步骤 {entry.get('id', '?')}"
    return Step(
        id=_text(entry, "id", where),
        name=_text(entry, "name", where),
        text=_text(entry, "text", where),
        place=_text(entry, "place", where),
        proof=_text(entry, "proof", where),
        gate=_text(entry, "gate", where),
        lead=_lead(entry["lead"], where) if "lead" in entry else None,
        hand=str(entry.get("hand", "完成")),
        when=tuple(entry.get("when", ())),
        waive=str(entry.get("waive", "")),
    )


def _lead(entry: Any, where: str) -> Lead:
    if not isinstance(entry, Mapping):
        raise ConfigError(f"{where}：lead 应为 {{ count = 7, unit = '工作日', before = '上会' }}")
    count, unit = entry.get("count"), entry.get("unit")
    if not isinstance(count, int) or isinstance(count, bool) or count < 0 or unit not in UNITS:
        raise ConfigError(
            f"{where}：期限读不懂", hint=f"count 为整数，unit 为{'、'.join(UNITS)}之一"
        )
    after = "after" in entry
    if after and entry["after"] != DECISION:
        raise ConfigError(f"{where}：after 只能是“{DECISION}”")
    other = DECISION if after else str(entry.get("before", EVENT))
    return Lead(count, str(unit), other, after, str(entry.get("word", "需")))


def _text(entry: Mapping[str, Any], key: str, where: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ConfigError(f"{where}：缺少 {key}", hint=f"请补上 {key} = '…'")
    return value.strip()


def _check(one: Checklist, name: str) -> None:
    ids = [step.id for step in one.steps]
    if len(set(ids)) != len(ids):
        raise ConfigError(f"{name} 有两个步骤用了同一个 id", hint="每个 id 只用一次")
    known = {condition.id for condition in one.conditions}
    for step in one.steps:
        strange = [key for key in step.when if key not in known]
        if strange:
            raise ConfigError(f"{name} 的步骤 {step.id}：没有条件 {strange[0]}")
        seen = {step.id}
        lead = step.lead
        while lead is not None and not lead.after and lead.before != EVENT:
            if lead.before not in ids:
                raise ConfigError(f"{name} 的步骤 {step.id}：没有步骤 {lead.before}")
            if lead.before in seen:
                raise ConfigError(f"{name} 的步骤 {step.id}：期限互相等待，成了一圈")
            seen.add(lead.before)
            lead = one.step(lead.before).lead
