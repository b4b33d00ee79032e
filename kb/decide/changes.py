"""What differs between two packs, or between a pack and the base as it stands now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from kb.decide.model import Pack, Source


@dataclass(frozen=True, slots=True)
class Altered:
    """A quoted provision, then and now. ``what``: text, status, or gone."""

    passage_id: str
    title: str
    place: str
    what: str
    old: str
    new: str

    @property
    def name(self) -> str:
        """《title》place."""
        return f"《{self.title}》{self.place}"


@dataclass(frozen=True, slots=True)
class Changes:
    """Differences: passages newly quoted or no longer quoted (id → name), those that read or
    stand otherwise, questions newly without or with a basis; ``asked``: what the agenda now says
    otherwise of the matter itself (`ASKED`)."""

    added: Mapping[str, str]
    removed: Mapping[str, str]
    altered: tuple[Altered, ...]
    opened: tuple[str, ...]
    closed: tuple[str, ...]
    asked: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        quoted = self.added or self.removed or self.altered
        return bool(quoted or self.opened or self.closed or self.asked)

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "added": dict(self.added),
            "removed": dict(self.removed),
            "altered": [asdict(one) for one in self.altered],
            "opened": list(self.opened),
            "closed": list(self.closed),
            "asked": list(self.asked),
        }

    def lines(self) -> list[str]:
        """In words, a line each."""
        told = [f"议题的{name}有变化" for name in self.asked]
        told += [f"新增引用：{name}" for name in self.added.values()]
        told += [f"不再引用：{name}" for name in self.removed.values()]
        told += [f"{WHAT[one.what]}：{one.name}" for one in self.altered]
        told += [f"新出现缺口：{question}" for question in self.opened]
        return told + [f"已找到依据：{question}" for question in self.closed]


ASKED = {"topic": "标题", "template": "模板", "maker": "主办单位", "as_of": "日期"}
"""Fields of a pack that the agenda decides → what an office calls them."""

WHAT = {"text": "条文有变化", "status": "效力有变化", "gone": "源文件已移除"}
"""How an alteration is called."""


def from_plain(body: Mapping[str, Any]) -> Changes:
    """What `Changes.plain` spelled; empty values where it has none."""
    return Changes(
        added=body.get("added", {}),
        removed=body.get("removed", {}),
        altered=tuple(Altered(**one) for one in body.get("altered", ())),
        opened=tuple(body.get("opened", ())),
        closed=tuple(body.get("closed", ())),
        asked=tuple(body.get("asked", ())),
    )


def compare(old: Pack, new: Pack) -> Changes:
    """From ``old`` to ``new``."""
    was = {source.passage_id: source for source in old.sources}
    now = {source.passage_id: source for source in new.sources}
    altered: list[Altered] = []
    for key, source in now.items():
        if key in was:
            altered += against(was[key], source.text, source.status)
    return Changes(
        added={key: name_of(source) for key, source in now.items() if key not in was},
        removed={key: name_of(source) for key, source in was.items() if key not in now},
        altered=tuple(altered),
        opened=tuple(q for q in new.gaps if q not in old.gaps),
        closed=tuple(q for q in old.gaps if q not in new.gaps and q in new.questions),
        asked=tuple(w for name, w in ASKED.items() if getattr(old, name) != getattr(new, name)),
    )


def against(source: Source, text: str | None, status: str) -> list[Altered]:
    """A source of a pack against its text and status now (None: it is not there any more)."""
    told = (source.passage_id, source.title, source.place)
    if text is None:
        return [Altered(*told, "gone", source.text, "")]
    found = []
    if text != source.text:
        found.append(Altered(*told, "text", source.text, text))
    if status != source.status:
        found.append(Altered(*told, "status", source.status, status))
    return found


def name_of(source: Source) -> str:
    """《title》place, as people call a provision."""
    return f"《{source.title}》{source.place}"
