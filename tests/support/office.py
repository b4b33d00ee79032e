"""Rows that other parts of the program leave behind, for tests of what comes after them."""

from __future__ import annotations

from datetime import UTC, datetime

from kb.catalogue.people import People


def frozen_pack(people: People, decision_id: str) -> None:
    """A pack of a decision and its first edition."""
    pack = f"P{decision_id}"
    shared = {
        "topic": "采购会议设备",
        "as_of": None,
        "template": "full",
        "generation": 1,
        "digest": "0" * 64,
        "body": {},
    }
    people.save_pack(shared | {"id": pack, "maker": "办公室", "decision_id": decision_id})
    people.editions.add(
        shared
        | {
            "pack_id": pack,
            "number": "材料〔2026〕1号",
            "edition": 1,
            "at": datetime(2026, 3, 2, tzinfo=UTC),
            "who": "王敏",
            "tier": "internal",
            "quotes": {},
            "words": [],
            "form": "",
            "reason": "",
            "changes": {},
        }
    )


def remarked(people: People) -> int:
    """A 批示 on an edition that was handed over; its id."""
    frozen_pack(people, "2026-1")
    edition = people.editions.every()[-1]
    (delivery,) = people.editions.deliver(edition.id, ["王局长"], "王敏")
    return people.editions.write(delivery.id, "请办公室落实。", edition.at.date(), "王局长")
