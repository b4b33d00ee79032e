"""阅件: what was handed to one person, as one file for a tablet that is not on any network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb.decide.freeze import open_edition
from kb.decide.model import Pack, day_in_words
from kb.decide.render.html import html, reading
from kb.decide.template import Template

if TYPE_CHECKING:
    from kb.catalogue.editions import DeliveryRow, EditionRow, RemarkRow
    from kb.catalogue.people import People


@dataclass(frozen=True, slots=True)
class Entry:
    """One paper on a reading list, with what its reader did with it."""

    row: EditionRow
    delivery: DeliveryRow
    pack: Pack
    template: Template
    remarks: tuple[RemarkRow, ...]

    @property
    def state(self) -> str:
        """未阅, 已阅 or 已圈阅; 已批示 where there is something written."""
        if self.remarks:
            return "已批示"
        if self.delivery.circled:
            return "已圈阅"
        return "已阅" if self.delivery.read else "未阅"


def entries(people: People, reader: str, *, everything: bool = False) -> list[Entry]:
    """What was handed to ``reader``, the newest edition of each paper: unread first, then by the
    time it came. What he has circled or written on is left out unless ``everything``."""
    found: dict[str, Entry] = {}
    for delivery in people.editions.deliveries(recipient=reader):
        row = people.editions.by_id(delivery.edition_id)
        pack, template = open_edition(row)
        remarks = tuple(people.editions.remarks([delivery.id]))
        found[row.number] = Entry(row, delivery, pack, template, remarks)
    kept = [e for e in found.values() if everything or not (e.delivery.circled or e.remarks)]
    return sorted(kept, key=lambda e: (e.delivery.read is not None, e.delivery.sent, e.row.id))


def large_print(pack: Pack, template: Template) -> bytes:
    """One paper in the letters of a reading list, as one HTML file."""
    return html(pack, template, large=True)


def reading_list(reader: str, papers: list[Entry]) -> bytes:
    """One HTML file: a list, and each paper with «next» and «previous»."""
    return reading(
        reader,
        [
            {
                "pack": entry.pack,
                "template": entry.template,
                "topic": entry.pack.topic,
                "number": entry.pack.number,
                "day": day_in_words(entry.row.at.astimezone().date()),
                "state": entry.state if entry.state != "未阅" else "",
                "remarks": [
                    {"text": r.text, "signed": f"{reader}　{day_in_words(r.day)}"}
                    for r in entry.remarks
                ],
            }
            for entry in papers
        ],
    )
