"""岗责与时限 as a table: each duty at its place, whose unit it is, and what a person said of it.

A program reads, a person confirms. What he said stays with the provision as it stood (id and
digest of its text): a re-index changes nothing, a changed text asks anew (条文已变).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256

from kb.catalogue.rows import PassageRow
from kb.catalogue.verdicts import CONFIRMED, CORRECTED, REJECTED, VerdictRow
from kb.decide.model import digest_of
from kb.law.duties import Duty, duties

UNNAMED = "未写明"
"""The actor of a duty whose sentence names nobody."""
GENERAL = "全体或泛指"
"""The unit of actors that are no unit or post of this office."""
UNPLACED = "未写明归属的岗位"
"""The unit of posts of which no paper says where they belong."""
_MAY = frozenset(("可以", "有权"))


class State(StrEnum):
    """What a person said of a duty; the value is shown."""

    UNSEEN = "待确认"
    CONFIRMED = "已确认"
    CORRECTED = "已更正"
    REJECTED = "不是职责"
    CHANGED = "条文已变"


_STATES = {
    CONFIRMED: State.CONFIRMED,
    CORRECTED: State.CORRECTED,
    REJECTED: State.REJECTED,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A duty at its place. ``actor`` … ``trigger`` are a person's words where he corrected them;
    ``read`` is how it was read; ``items`` what its list says, where it leads one."""

    passage_id: str
    digest: str
    mark: str
    title: str
    path: str
    label: str
    actor: str
    unit: str
    modality: str
    action: str
    limit: str
    trigger: str
    items: str
    state: State
    read: str
    who: str = ""
    day: str = ""
    note: str = ""

    @property
    def shown(self) -> str:
        """What must be done, in one line."""
        word = ""
        if self.modality in ("应当", "必须", "须", "应", "不得", "禁止", "严禁"):
            word = self.modality
        return word + self.action


def mark_of(duty: Duty) -> str:
    """Which duty of its provision: 16 hex digits of its words as read."""
    words = "\n".join((duty.actor, duty.modality, duty.what))
    return sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def said_of(duty: Duty) -> str:
    """A duty as it was read, in one line, to be kept beside a verdict."""
    parts = (duty.actor, duty.modality, duty.what, duty.limit, duty.trigger)
    return "｜".join(parts)


def entries(rows: Iterable[PassageRow]) -> list[Entry]:
    """Every duty of the rows in reading order, as read; permissions and rights are left out."""
    kept = list(rows)
    homes = units(kept)
    found: list[Entry] = []
    for row in kept:
        text = row.passage.text
        digest = digest_of(text)
        for duty in duties(text):
            if duty.modality in _MAY:
                continue
            found.append(
                Entry(
                    passage_id=row.passage.id,
                    digest=digest,
                    mark=mark_of(duty),
                    title=row.version.title,
                    path=row.version.path,
                    label=row.passage.label,
                    actor=duty.actor or UNNAMED,
                    unit=unit_of(duty.actor, homes),
                    modality=duty.modality,
                    action=duty.what,
                    limit=duty.limit,
                    trigger=duty.trigger,
                    items=_items(text, duty),
                    state=State.UNSEEN,
                    read=said_of(duty),
                )
            )
    return found


def judged(
    found: Iterable[Entry],
    verdicts: Mapping[tuple[str, str], VerdictRow],
    homes: Mapping[str, str],
) -> list[Entry]:
    """The same duties with what people said of them. ``homes``: as `units`."""
    made = []
    for entry in found:
        said = verdicts.get((entry.passage_id, entry.mark))
        made.append(entry if said is None else _with(entry, said, homes))
    return made


def _with(entry: Entry, said: VerdictRow, homes: Mapping[str, str]) -> Entry:
    state = _STATES[said.verdict] if said.digest == entry.digest else State.CHANGED
    told = replace(entry, state=state, who=said.who, day=f"{said.at:%Y-%m-%d}", note=said.note)
    if state is not State.CORRECTED:
        return told
    actor = said.actor or entry.actor
    return replace(
        told,
        actor=actor,
        unit=unit_of("" if actor == UNNAMED else actor, homes),
        action=said.action or entry.action,
        limit=said.limit,
        trigger=said.trigger,
    )


_ITEM = re.compile(r"[（(][一二三四五六七八九十]+[）)]|\d{1,2}[.．、]")


def _items(text: str, duty: Duty) -> str:
    """The list that a duty leads, cut from the text; empty where it leads none."""
    if text[duty.end : duty.end + 1] not in "：:" or not text[duty.end :].strip("：: \n"):
        return ""
    lines = []
    for line in text[duty.end + 1 :].strip("\n").split("\n"):
        if not _ITEM.match(line.strip()):
            break
        lines.append(line.strip())
    return "\n".join(lines)


_SETS = re.compile(
    r"(?P<unit>[\u4e00-\u9fff]{1,8}?(?:处|办公室|室|中心|科|纪委))(?:是[^，。；]{2,30}，|[^，。；]{0,12}，)?"
    r"设(?:立|置)?(?P<posts>[^，。；设]{2,20}?(?:岗|专员|员))(?=[，。；])"
)
_UNIT = re.compile(
    r"[\u4e00-\u9fff]{0,8}(?:处(?!室)|办公室|督查室|纪委|中心|科|工会|党组|办公会|党组会)$"
)
_HEAD = re.compile(
    r"^(?P<unit>[\u4e00-\u9fff]{0,8}?(?:处(?!室)|办公室|督查室|中心|纪委))(?:负责人|主任|处长|书记|副职)$"
)


def units(rows: Iterable[PassageRow]) -> dict[str, str]:
    """Post → its unit, where a paper says so («办公室设文书岗»)."""
    found: dict[str, str] = {}
    for row in rows:
        for match in _SETS.finditer(row.passage.text):
            for post in re.split(r"[、和与]", match["posts"]):
                found.setdefault(post, match["unit"])
    return found


def unit_of(actor: str, homes: Mapping[str, str]) -> str:
    """The unit of an actor: itself, the one that its post was set up in, or that it heads."""
    if not actor:
        return UNNAMED
    if actor in homes:
        return homes[actor]
    if head := _HEAD.match(actor):
        return head["unit"]
    for post, unit in homes.items():
        if actor == unit + post:
            return unit
    if re.search(r"[、和与及或]", actor) or actor.startswith(("任何", "各", "有关", "本", "同一")):
        return GENERAL
    if _UNIT.fullmatch(actor):
        return actor
    return UNPLACED if re.search(r"(?:岗|专员|联络员|驾驶员|值班长|经办人)$", actor) else GENERAL
