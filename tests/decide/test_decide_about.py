"""What the agenda says of a matter reaches its pack: tier, kind, departments."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.decide import DAY, FakeBase, everything

from kb.catalogue import Catalogue
from kb.catalogue.people import People
from kb.config import Settings
from kb.decide import make, render_bytes, store
from kb.decide.check import check
from kb.decide.check_read import read
from kb.decide.codec import from_json, to_json
from kb.decide.drafts import change, open_draft, refresh
from kb.decide.edits import Act
from kb.decide.freeze import freeze, open_edition
from kb.decide.gather import gather
from kb.decide.model import UNSAID, About
from kb.decide.prepare import draft_of
from kb.decide.queries import plan, telling
from kb.decide.template import load_template, names
from kb.model import Tier
from tests.decide.conftest import ASKED

FULL = load_template("完整参阅材料")
MAJOR = "制度/集体决策制度.md#第八条"
ABOUT = About("大额资金使用", ("财务处", "办公室"), "sensitive")


@pytest.fixture
def people(stored: Settings) -> Iterator[People]:
    with Catalogue.open(stored, create=True) as catalogue:
        yield catalogue.people


def decided(people: People, **more):
    values = {
        "title": "外借公章", "background": "", "questions": ["外借公章由谁批准？"], "kind": "",
        "meeting": "局长办公会", "day": DAY, "department": "办公室", "tier": "internal",
        "template": "简要说明",
    }  # fmt: skip
    return people.agenda.add(values | more, who="甲")


@pytest.mark.parametrize(
    ("papers", "own", "wanted"),
    [
        ("internal", "", "internal"),
        ("internal", "sensitive", "sensitive"),
        ("sensitive", "public", "sensitive"),
        ("public", "internal", "internal"),
        ("public", "public", "public"),
    ],
)
def test_a_pack_has_the_highest_tier_of_its_parts_and_of_its_matter(packed, papers, own, wanted):
    base = FakeBase().add(
        "制度/甲.md", "某局印章管理办法", {"第一条": "外借公章由局长批准。"}, tier=Tier(papers)
    )
    pack = packed(base=base, about=About(tier=own))
    assert pack.sources
    assert pack.tier == wanted
    assert from_json(to_json(pack)) == pack


def test_the_tier_of_the_matter_is_printed(packed):
    said = "".join(read(render_bytes(packed(template="简要说明", about=ABOUT), "html"), "html"))
    assert "限定人员使用" in said
    assert "内部使用" not in said


def test_a_pack_of_before_keeps_its_digest(packed):
    assert "about" not in to_json(packed())
    assert packed().about == UNSAID


def test_a_draft_and_its_edition_follow_the_tier_on_the_agenda(fake, people):
    row = decided(people, tier="public")
    key = draft_of(fake, people, everything(), row, who="甲")
    assert people.pack(key).tier == "internal"  # its papers are
    assert people.agenda.change(row.id, row.version, {"tier": "sensitive"}, "甲")
    # A person edits and freezes before anything is refreshed: nothing is frozen below the tier.
    act = Act("field", open_draft(people, key).fields[0].key, "同意。")
    change(fake, people, everything(), key, act, who="甲", based_on=0)
    frozen = freeze(fake, people, everything(), key, who="甲")
    assert frozen.tier == open_edition(frozen)[0].tier == "sensitive"
    refresh(fake, people, everything(), key, who="甲")
    assert (people.pack(key).tier, open_draft(people, key).composed.tier) == ("sensitive",) * 2


def test_a_tier_raised_since_is_a_difference_worth_an_edition(fake, people):
    row = decided(people)
    key = draft_of(fake, people, everything(), row, who="甲")
    freeze(fake, people, everything(), key, who="甲")
    assert people.agenda.change(row.id, row.version, {"tier": "sensitive"}, "甲")
    again = freeze(fake, people, everything(), key, who="甲")
    assert (again.edition, again.tier) == (2, "sensitive")


def test_the_plan_holds_kind_departments_and_what_the_background_tells():
    background = "现将情况报告如下。银行来函办理账户变更，须带公章。外借公章。"
    queries = plan("外借公章", [], FULL, background, ABOUT)
    steered = [(q.purpose, q.text) for q in queries if q.purpose in ("类别", "处室", "背景")]
    assert steered == [
        ("类别", "大额资金使用"),
        ("处室", "外借公章 财务处"),
        ("处室", "外借公章 办公室"),
        ("背景", "外借公章 现将情况报告如下"),
        ("背景", "外借公章 银行来函办理账户变更，须带公章"),
    ]
    assert all(q.weight < 1 for q in queries if q.purpose in ("类别", "处室", "背景"))
    assert plan("外借公章", [], FULL) == queries[: len(queries) - len(steered)]


def test_a_long_background_makes_few_and_short_queries():
    told = telling("外借公章", "银行账户变更" * 2000 + "。\n" + "财务。" * 500)
    assert len(told) <= 2
    assert max(map(len, told)) <= 60


def gathered(base: FakeBase, **about):
    return gather(
        base, everything(), topic="外借公章", questions=(), as_of=DAY, template=FULL, **about
    )


def test_the_rule_on_the_kind_is_added_and_puts_nothing_out(fake):
    fake.add("制度/集体决策制度.md", "某局集体决策制度", {
        "第一条": "为规范大额资金使用，制定本制度。",
        "第八条": "大额资金使用应当提交局党组会集体研究决定。",
    })  # fmt: skip
    before = gathered(fake)
    after = gathered(fake, about=About("大额资金使用"))
    assert MAJOR not in {c.key for c in before.chosen}
    assert [c.key for c in after.rules] == [*(c.key for c in before.rules), MAJOR]
    assert [c.key for c in after.policy] == [c.key for c in before.policy]
    told = {asked.query: asked for asked in after.plan if asked.purpose == "类别"}
    assert told["大额资金使用"].used >= 1


@pytest.mark.parametrize("fmt", ["docx", "pdf", "html"])
def test_what_steered_is_shown_and_traced(packed, fmt):
    pack = packed(about=ABOUT)
    content = render_bytes(pack, fmt)
    said = "".join("".join(read(content, fmt)).split())
    for words in ("大额资金使用", "财务处", "类别", "处室", "背景"):
        assert words in said
    assert check(content, fmt, pack, FULL) == []


@pytest.mark.parametrize("name", names())
def test_the_agenda_hands_all_of_it_on(fake, people, name):
    row = decided(people, kind="大额资金使用", tier="sensitive", partners=["财务处"], template=name)
    key = draft_of(fake, people, everything(), row, who="甲")
    pack = open_draft(people, key).composed
    assert pack.about == About("大额资金使用", ("办公室", "财务处"), "sensitive")
    assert {a.purpose for a in pack.plan} >= {"类别", "处室"}


def test_a_stored_pack_of_no_matter_has_no_tier_of_one(fake, people):
    pack = make(fake, everything(), **ASKED)
    store(people, pack)
    assert people.tier_of(pack.id) == people.tier_of("没有") == ""
