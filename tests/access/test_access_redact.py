"""A pack of more than its reader may see: redacted for him where the setting says so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest

from kb import decide
from kb.access.policy import Identity, Role
from kb.access.visitor import Visitor
from kb.base import KnowledgeBase
from kb.catalogue import Catalogue
from kb.config import Settings, load_settings
from kb.decide.check import check
from kb.decide.check_read import read
from kb.decide.drafts import change, open_draft
from kb.decide.edits import Act, Edits
from kb.decide.freeze import freeze, open_edition
from kb.decide.template import load_template
from kb.errors import AccessDenied, ConfigError, NotFound
from kb.model import Scope, Tier
from kb.seat import Seat
from kb.ui.files import FROZEN, pack_bytes
from tests.support.canaries import canaries, forbidden
from tests.support.doors import everything

ANY = Scope.everything(as_of=date(2026, 11, 24))
CARL = Identity("carl", Role.READER, Tier.PUBLIC, frozenset({"办公室"}))
ALL = Identity("anna", Role.LEADER, Tier.SENSITIVE, None)


@contextmanager
def home(path: Path, setting: str) -> Iterator[tuple[KnowledgeBase, str, int]]:
    """The base with a pack of everything, its edition, and a remark on it."""
    Catalogue.doors(Settings(home=path)).close()  # the copy is without its log
    with KnowledgeBase.open(Settings(home=path, hidden_parts=setting)) as base:
        everyones = Seat(base, Visitor.owner(path, "试验"), quiet=True)
        # Made and filled by the owner: no reader could see all of these at once.
        asked = ["要几个工作日", "附什么"]
        edits = Edits(pinned=("制度/public-办公室.md#第二条",))
        pack = decide.make(everyones, ANY, topic="采购审批", questions=asked, edits=edits)
        decide.store(everyones.people, pack, edits=edits)
        hidden = next(s for s in pack.sources if "sensitive" in s.passage_id)
        for n, text in enumerate(("这一条要当面说明", hidden.text[:30])):
            act = Act("note", hidden.passage_id, {"id": str(n), "text": text})
            version = open_draft(everyones.people, pack.id).row.version
            change(
                everyones.as_base, everyones.people, ANY, pack.id, act, who="甲", based_on=version
            )
        row = freeze(everyones.as_base, everyones.people, ANY, pack.id, who="甲", anyway=True)
        [copy] = everyones.people.editions.deliver(row.id, ["卡尔"], "甲")
        everyones.people.editions.write(copy.id, hidden.text[:20], date.today(), "甲")
        yield base, pack.id, row.id


def seat_of(base: KnowledgeBase, who: Identity) -> Seat:
    return Seat(base, Visitor(who, who.name, who.name, "", "试验"))


def test_it_is_withheld_unless_the_setting_says_otherwise(aviary_copy: Path) -> None:
    with home(aviary_copy, "withhold") as (base, pack_id, edition_id):
        people = seat_of(base, CARL).people
        assert people.packs() == people.editions.every() == []
        with pytest.raises(NotFound):
            people.pack(pack_id)
        with pytest.raises(NotFound):
            people.editions.by_id(edition_id)


@pytest.fixture
def opened(aviary_copy: Path) -> Iterator[tuple[Seat, str, int]]:
    with home(aviary_copy, "redact") as (base, pack_id, edition_id):
        yield seat_of(base, CARL), pack_id, edition_id


def test_no_word_of_what_is_hidden_comes_by_any_way(opened: tuple[Seat, str, int]) -> None:
    seat, pack_id, edition_id = opened
    words = set(forbidden(canaries(), CARL))
    people = seat.people
    ways = {
        "list": everything(people.packs()),
        "row": everything(people.pack(pack_id)),
        "draft": everything(open_draft(people, pack_id)),
        "editions": everything(people.editions.every()),
        "edition": everything(open_edition(people.editions.by_id(edition_id))),
        "deliveries": everything(people.editions.deliveries()),
        "remarks": everything(people.editions.remarks()),
    }
    for form in ("html", "docx", "pdf"):
        for key in (pack_id, f"{FROZEN}{edition_id}"):
            data = pack_bytes(seat, key, form)
            ways[f"{form} {key}"] = "\n".join(read(data, form)) + data.decode("utf-8", "ignore")
    for way, said in ways.items():
        assert [w for w in words if w in said] == [], way
        assert "这一条要当面说明" not in said, way
    assert "隐去" in ways["draft"]
    assert ways["remarks"] == ""
    shown = open_draft(people, pack_id).shown
    assert shown.redacted
    assert [(s.path, s.tier) for s in shown.sources] == [("制度/public-办公室.md", "public")]
    assert shown.tier == "public"
    for form in ("html", "docx", "pdf"):
        data = decide.render_bytes(shown, form)
        assert check(data, form, shown, load_template(shown.template)) == []


def test_what_is_seen_in_part_is_not_changed_or_frozen(opened: tuple[Seat, str, int]) -> None:
    seat, pack_id, edition_id = opened
    people = seat.people
    act = Act("background", "", "我来写")
    with pytest.raises(AccessDenied, match="只能阅看"):
        change(seat.as_base, people, ANY, pack_id, act, who="卡尔", based_on=2)
    with pytest.raises(AccessDenied):
        people.drafts.history(pack_id)
    row = asdict(people.editions.by_id(edition_id))
    with pytest.raises(AccessDenied):
        people.editions.add({k: v for k, v in row.items() if k != "id"} | {"number": "另号"})
    # He reads and circles what was handed to him all the same.
    [copy] = people.editions.deliveries(recipient="卡尔")
    people.editions.mark(copy.id, circled=True)
    assert people.editions.deliveries(edition_id=edition_id)[0].circled


def test_who_may_see_all_sees_all(opened: tuple[Seat, str, int]) -> None:
    seat, pack_id, _ = opened
    named = Identity("anna", Role.LEADER, Tier.SENSITIVE, None)
    whole = open_draft(seat_of(seat._base, named).people, pack_id).shown
    assert not whole.redacted
    assert "这一条要当面说明" in {line.text for line in whole.lines()}


def test_nobody_else_sees_even_the_redacted(opened: tuple[Seat, str, int]) -> None:
    seat, _, _ = opened
    for role in (Role.ADMIN, Role.AUDITOR):
        other = seat_of(seat._base, Identity("watch", role, Tier.SENSITIVE, None))
        assert other.people.packs() == []


def test_the_log_says_that_it_was_redacted(opened: tuple[Seat, str, int]) -> None:
    from kb.catalogue.audit import Filter

    seat, pack_id, _ = opened
    seat.people.pack(pack_id)
    last = list(seat._base.audit.every(Filter(who="carl", action="view")))[-1]
    assert (last.allowed, last.subject) == (True, f"材料 {pack_id}")
    assert last.reason.startswith("隐去无权查看的部分")


def test_the_setting_has_two_values(tmp_path: Path) -> None:
    assert load_settings(tmp_path, env={"KB_HIDDEN_PARTS": "redact"}).hidden_parts == "redact"
    with pytest.raises(ConfigError, match="hidden_parts"):
        load_settings(tmp_path, env={"KB_HIDDEN_PARTS": "maybe"})
