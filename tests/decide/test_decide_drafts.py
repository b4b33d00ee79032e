"""Drafts: people's choices and words, several editors, refreshing, freezing, verifying."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from support.decide import DAY, FakeBase, everything

from kb.catalogue import Catalogue
from kb.catalogue.people import People
from kb.config import Settings
from kb.decide import make, render_bytes, store
from kb.decide.check import check
from kb.decide.codec import digest
from kb.decide.drafts import change, open_draft, refresh
from kb.decide.edits import Act
from kb.decide.follow import Draft
from kb.decide.freeze import find_edition, freeze, open_edition
from kb.decide.model import Quote, Words, digest_of
from kb.decide.office import Office
from kb.decide.prepare import prepare
from kb.decide.template import load_template, names
from kb.decide.verify import verify
from kb.errors import EditConflict, NotFound, PackError, StepRefused
from tests.decide.conftest import ASKED

LOAN = "制度/印章管理办法.md#第四条"
RETURN = "制度/印章管理办法.md#第五条"
OTHER = "制度/工作规程.md#第八条"
SURVEY = "资料/调研.md#p1"


@pytest.fixture
def people(stored: Settings):
    with Catalogue.open(stored, create=True) as catalogue:
        yield catalogue.people


class Desk:
    """One draft and what people do to it."""

    def __init__(self, base: FakeBase, people: People, template: str = "完整参阅材料") -> None:
        self.base, self.people = base, people
        pack = make(base, everything(), **(ASKED | {"template": template}))
        store(people, pack)
        self.id = pack.id

    @property
    def draft(self):
        return open_draft(self.people, self.id)

    def does(self, action: str, target: str, value=None, *, who="甲", based_on=None):
        seen = self.draft.row.version if based_on is None else based_on
        return change(
            self.base, self.people, everything(), self.id, Act(action, target, value),
            who=who, based_on=seen,
        )  # fmt: skip

    def quoted(self) -> set[str]:
        return {line.passage_id for line in self.draft.shown.lines() if isinstance(line, Quote)}

    def said(self) -> list[str]:
        return [line.text for line in self.draft.shown.lines() if isinstance(line, Words)]

    def freeze(self, **options):
        return freeze(self.base, self.people, everything(), self.id, who="甲", **options)


@pytest.fixture
def desk(fake: FakeBase, people: People) -> Desk:
    return Desk(fake, people)


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("passage", [OTHER, SURVEY])
def test_what_is_pinned_is_quoted_as_a_source(fake, people, name, passage):
    desk = Desk(fake, people, name)
    desk.does("pin", passage)
    assert passage in desk.quoted()
    assert passage in {source.passage_id for source in desk.draft.shown.sources}


def test_dropped_and_brought_back(desk):
    assert LOAN in desk.quoted()
    desk.does("drop", LOAN)
    assert LOAN not in desk.quoted()
    desk.does("restore", LOAN)
    assert LOAN in desk.quoted()


def test_a_question_whose_only_answer_was_dropped_is_a_gap(fake, people):
    only = FakeBase().add("制度/甲.md", "某局甲办法", {"第一条": "外借公章的，由局长批准。"})
    desk = Desk(only, people)
    assert "外借公章由谁批准？" not in desk.draft.shown.gaps
    desk.does("drop", "制度/甲.md#第一条")
    assert "外借公章由谁批准？" in desk.draft.shown.gaps


def test_one_passage_takes_the_place_of_another(desk):
    before = [line.passage_id for line in rules(desk) if isinstance(line, Quote)]
    desk.does("replace", before[0], OTHER)
    after = [line.passage_id for line in rules(desk) if isinstance(line, Quote)]
    assert after[0] == OTHER
    assert before[0] not in after


def rules(desk):
    section = next(s for s in desk.draft.shown.sections if s.key == "rules")
    return [line for block in section.blocks for line in block.lines]


def test_moved_to_the_front(desk):
    before = list(dict.fromkeys(x.passage_id for x in rules(desk) if isinstance(x, Quote)))
    desk.does("move", before[-1], before[0])
    after = list(dict.fromkeys(x.passage_id for x in rules(desk) if isinstance(x, Quote)))
    assert after == [before[-1], *before[:-1]]


def test_a_field_is_filled_and_emptied(desk):
    field = next(f for f in desk.draft.fields if "主要风险" in f.prompt)
    desk.does("field", field.key, "印章可能遗失，\n须两人同行。")
    assert "印章可能遗失，\n须两人同行。" in desk.said()
    assert field.key not in [f.key for f in desk.draft.open_fields]
    desk.does("field", field.key, "  ")
    assert field.key in [f.key for f in desk.draft.open_fields]


def test_notes_stand_below_what_they_are_about_in_their_order(desk):
    desk.does("note", LOAN, {"id": "a", "text": "先例只借一天。"})
    desk.does("note", LOAN, {"id": "b", "text": "银行可以上门。"}, who="乙")
    lines = rules(desk)
    at = next(n for n, x in enumerate(lines) if isinstance(x, Quote) and x.passage_id == LOAN)
    said = [(x.text, x.person) for x in lines[at:] if isinstance(x, Words)]
    assert said == [("先例只借一天。", "甲"), ("银行可以上门。", "乙")]
    desk.does("unnote", "a")
    assert "先例只借一天。" not in desk.said()


def test_words_whose_place_is_gone_are_kept(desk):
    desk.does("note", LOAN, {"id": "a", "text": "先例只借一天。"})
    desk.does("drop", LOAN)
    assert desk.draft.unplaced == ["先例只借一天。"]
    assert desk.draft.shown.sections[-3].title == "其他说明" or any(
        s.title == "其他说明" for s in desk.draft.shown.sections
    )
    assert "先例只借一天。" in desk.said()


def test_sections_are_hidden_and_moved(desk):
    titles = [s.title for s in desk.draft.shown.sections]
    desk.does("hide", "方案比较")
    assert "方案比较" not in [s.title for s in desk.draft.shown.sections]
    desk.does("show", "方案比较")
    desk.does("section", "缺口", titles[0])
    assert [s.title for s in desk.draft.shown.sections][:2] == ["缺口", titles[0]]


def test_two_editors_lose_nothing(desk):
    fields = [f.key for f in desk.draft.fields][:2]
    seen = desk.draft.row.version
    desk.does("field", fields[0], "甲写的", who="甲", based_on=seen)
    desk.does("field", fields[1], "乙写的", who="乙", based_on=seen)
    desk.does("drop", RETURN, who="乙", based_on=seen)
    assert {"甲写的", "乙写的"} <= set(desk.said())
    with pytest.raises(EditConflict) as told:
        desk.does("field", fields[0], "乙改写", who="乙", based_on=seen)
    assert (told.value.theirs, told.value.who) == ("甲写的", "甲")
    assert "甲写的" in desk.said()
    desk.does("field", fields[0], "乙改写", who="乙")
    history = desk.people.drafts.history(desk.id)
    assert [(h.version, h.who, h.action) for h in history] == [
        (1, "甲", "field"), (2, "乙", "field"), (3, "乙", "drop"), (4, "乙", "field"),
    ]  # fmt: skip
    assert history[-1].before["text"] == "甲写的"


def test_a_race_is_retried(desk, monkeypatch):
    field = desk.draft.fields[0].key
    drafts = type(desk.people.drafts)
    real, raced = drafts.change, []

    def late(self, pack_id, based_on, columns, **told):
        if not raced:
            raced.append(True)
            desk.does("drop", RETURN, who="乙")
        return real(self, pack_id, based_on, columns, **told)

    monkeypatch.setattr(drafts, "change", late)
    desk.does("field", field, "甲写的")
    assert "甲写的" in desk.said()
    assert RETURN not in desk.quoted()


def test_an_act_that_is_none_and_words_without_end(desk):
    with pytest.raises(PackError, match="没有“涂改”"):
        desk.does("涂改", "x")
    with pytest.raises(PackError, match="超过"):
        desk.does("field", desk.draft.fields[0].key, "长" * 20_001)


def edit(base: FakeBase, passage_id: str, old: str, new: str) -> None:
    from dataclasses import replace

    for at, row in enumerate(base.rows):
        if row.passage.id == passage_id:
            text = row.passage.text.replace(old, new)
            assert text != row.passage.text
            base.rows[at] = replace(row, passage=replace(row.passage, text=text))


def test_refreshing_keeps_what_people_wrote(desk):
    field = desk.draft.fields[0].key
    desk.does("field", field, "甲写的")
    desk.does("note", LOAN, {"id": "a", "text": "先例只借一天。"})
    edit(desk.base, LOAN, "2个工作日", "1个工作日")
    desk.base.generation += 1
    told = refresh(desk.base, desk.people, everything(), desk.id, who="定时")
    assert [(a.passage_id, a.what) for a in told.altered] == [(LOAN, "text")]
    assert "1个工作日" in "".join(x.text for x in rules(desk))
    assert {"甲写的", "先例只借一天。"} <= set(desk.said())
    assert not refresh(desk.base, desk.people, everything(), desk.id, who="定时")


@pytest.mark.parametrize("fmt", ["docx", "pdf", "html"])
def test_what_people_wrote_is_traced_and_nothing_else(desk, fmt):
    desk.does("field", desk.draft.fields[0].key, "议题由银行来函引起。")
    desk.does("note", LOAN, {"id": "a", "text": "先例只借一天。"})
    desk.does("drop", RETURN)
    pack = desk.draft.shown
    template = load_template(pack.template)
    content = render_bytes(pack, fmt)
    words = desk.draft.edits.words()
    assert check(content, fmt, pack, template, words=words) == []
    assert check(content, fmt, pack, template, words=[w for w in words if "先例" not in w])


def test_frozen_for_good(desk):
    row = desk.freeze(at=datetime(2025, 5, 2, 9, tzinfo=UTC))
    assert (row.number, row.edition) == ("参阅〔2025〕1号", 1)
    assert row.quotes == {s.passage_id: s.digest for s in desk.draft.shown.sources}
    pack, template = open_edition(row)
    first = {fmt: render_bytes(pack, fmt, template=template) for fmt in ("docx", "pdf", "html")}
    desk.does("drop", LOAN)
    edit(desk.base, RETURN, "1日", "3日")
    again, template = open_edition(find_edition(desk.people, "参阅〔2025〕1号"))
    assert {f: render_bytes(again, f, template=template) for f in first} == first
    from sqlalchemy import delete, update
    from sqlalchemy.exc import DBAPIError

    from kb.catalogue.tables_decide import edition

    for statement in (update(edition).values(topic="别的"), delete(edition)):
        with pytest.raises(DBAPIError), desk.people._engine.begin() as connection:
            connection.execute(statement)


def test_a_correction_is_a_new_edition_with_the_differences(desk):
    first = desk.freeze(at=datetime(2025, 5, 2, tzinfo=UTC))
    with pytest.raises(PackError, match="没有差别"):
        desk.freeze()
    desk.does("drop", RETURN)
    edit(desk.base, LOAN, "2个工作日", "1个工作日")
    refresh(desk.base, desk.people, everything(), desk.id, who="甲")
    second = desk.freeze(reason="借期已改。", at=datetime(2025, 5, 3, tzinfo=UTC))
    assert (second.number, second.edition) == (first.number, 2)
    assert list(second.changes["removed"]) == [RETURN]
    assert [a["passage_id"] for a in second.changes["altered"]] == [LOAN]
    pack, template = open_edition(second)
    told = "".join(line.text for block in pack.sections[0].blocks for line in block.lines)
    assert "借期已改。" in told
    assert "引文有变化1处" in told
    for fmt in ("docx", "pdf", "html"):
        content = render_bytes(pack, fmt, template=template)
        assert check(content, fmt, pack, template, words=second.words) == []
    assert find_edition(desk.people, f"{first.number}@1").id == first.id
    with pytest.raises(NotFound):
        find_edition(desk.people, "参阅〔1999〕1号")


def test_an_edition_says_of_which_day_by_whom_from_what_and_with_which_digests(desk):
    moment = datetime(2025, 5, 2, 9, tzinfo=UTC)
    row = desk.freeze(at=moment)
    pack, _ = open_edition(row)
    assert (row.number, row.edition, row.who, row.at) == ("参阅〔2025〕1号", 1, "甲", moment)
    assert row.as_of == pack.as_of == DAY
    assert row.generation == pack.generation == desk.base.generation == 3
    assert row.digest == digest(pack)
    assert row.quotes == {s.passage_id: digest_of(s.text) for s in pack.sources}
    assert (row.topic, row.template, row.tier) == (pack.topic, pack.template, pack.tier)
    assert (pack.number, pack.made) == (row.number, moment)
    one = replace(row, digest="0" * 64)
    with pytest.raises(PackError, match="校验码不一致"):
        open_edition(one)
    quote = {next(iter(row.quotes)): "0" * 64}
    with pytest.raises(PackError, match="校验码不一致"):
        open_edition(replace(row, quotes=row.quotes | quote))


def test_what_has_changed_since_is_not_frozen(desk):
    edit(desk.base, LOAN, "2个工作日", "1个工作日")
    with pytest.raises(PackError, match="1 条引用已变化"):
        desk.freeze()
    assert desk.freeze(anyway=True).edition == 1


def test_numbers_follow_one_another(fake, people):
    one, two = Desk(fake, people), None
    moment = datetime(2025, 5, 2, tzinfo=UTC)
    assert one.freeze(at=moment).number == "参阅〔2025〕1号"
    pack = make(fake, everything(), **(ASKED | {"topic": "外借公章归还"}))
    store(people, pack)
    two = freeze(fake, people, everything(), pack.id, who="乙", at=moment)
    assert two.number == "参阅〔2025〕2号"


def test_verify_tells_what_changed(desk):
    row = desk.freeze(at=datetime(2025, 5, 2, tzinfo=UTC))
    assert not verify(desk.base, everything(), row).altered
    edit(desk.base, LOAN, "2个工作日", "1个工作日")
    desk.base.rows = [r for r in desk.base.rows if r.passage.id != RETURN]
    seen = verify(desk.base, everything(), row)
    assert {(a.passage_id, a.what) for a in seen.altered} == {(LOAN, "text"), (RETURN, "gone")}
    (text,) = (a for a in seen.altered if a.what == "text")
    assert ("2个工作日" in text.old, "1个工作日" in text.new) == (True, True)
    assert seen.says == "2 条引用已变化"


def decided(people: People, **more):
    values = {
        "title": "外借公章", "background": "", "questions": ["外借公章由谁批准？"], "kind": "",
        "meeting": "局长办公会", "day": DAY, "department": "办公室", "tier": "internal",
        "template": "简要说明",
    }  # fmt: skip
    return people.agenda.add(values | more, who="甲")


def test_prepare_makes_refreshes_and_leaves_frozen_ones(fake, people):
    decided(people)
    decided(people, title="后天的事", day=date(2025, 6, 30))
    decided(people, title="没有模板", template="没有这个")

    def run():
        done = prepare(fake, people, everything(), first=DAY, days=7)
        return {p.decision.title: p for p in done}

    first = run()
    assert {k: v.did for k, v in first.items()} == {"外借公章": "新做", "没有模板": "失败"}
    assert run()["外借公章"].did == "未变"
    key = first["外借公章"].draft.row.id
    seen = open_draft(people, key)
    field = seen.open_fields[0].key
    change(fake, people, everything(), key, Act("field", field, "甲写的"), who="甲",
           based_on=seen.row.version)  # fmt: skip
    edit(fake, LOAN, "2个工作日", "1个工作日")
    again = run()["外借公章"]
    assert again.did == "更新"
    assert any("条文有变化" in line for line in again.changes.lines())
    assert open_draft(people, key).edits.fields[field].text == "甲写的"
    freeze(fake, people, everything(), key, who="甲")
    assert run()["外借公章"].did == "已定稿"
    edit(fake, LOAN, "1个工作日", "3个工作日")
    frozen = run()["外借公章"]
    assert frozen.did == "已定稿"
    assert [a.passage_id for a in frozen.changes.altered] == [LOAN]


def test_a_draft_follows_what_the_agenda_says_now(fake, people):
    decision = decided(people)

    def run():
        (done,) = prepare(fake, people, everything(), first=DAY, days=7)
        return done

    key = run().draft.row.id
    seen = open_draft(people, key)
    field = seen.open_fields[0].key
    change(fake, people, everything(), key, Act("field", field, "甲写的"), who="甲",
           based_on=seen.row.version)  # fmt: skip
    edited = {"title": "外借公章和合同章", "template": "汇报", "department": "财务处"}
    assert people.agenda.change(decision.id, decision.version, edited, "甲")
    again = run()
    assert again.did == "更新"
    assert again.changes.asked == ("标题", "模板", "主办单位")
    assert again.changes.lines()[0] == "议题的标题有变化"
    now = open_draft(people, key)
    assert (now.composed.topic, now.composed.template) == ("外借公章和合同章", "汇报")
    assert now.composed.maker == "财务处"
    assert now.edits.fields[field].text == "甲写的"
    assert run().did == "未变"


def test_papers_are_handed_over_read_circled_and_written_on(desk):
    row = desk.freeze()
    kept = desk.people.editions
    one, two = kept.deliver(row.id, ["王局长", "李副局长"], "甲")
    assert (one.copy, two.copy) == (1, 2)
    assert [d.copy for d in kept.deliver(row.id, ["李副局长", "赵主任"], "甲")] == [1, 2, 3]
    kept.mark(two.id, circled=True)
    remark = kept.write(one.id, "同意，请办公室落实两人同行。", DAY, "王局长")
    now = {d.recipient: d for d in kept.deliveries(edition_id=row.id)}
    assert now["李副局长"].circled is not None
    assert now["李副局长"].read is not None
    assert now["王局长"].read is not None
    assert now["赵主任"].read is None
    (said,) = kept.remarks([one.id])
    assert (said.text, said.day, said.typed_by) == ("同意，请办公室落实两人同行。", DAY, "王局长")
    office = Office(desk.people, None, today=DAY)
    made = office.file(Draft(said.text, "办公室", (), DAY, "", "批示"), who="甲", remark_id=remark)
    with pytest.raises(StepRefused, match="已由别人立项"):
        office.file(Draft(said.text, "", (), None, "", "批示"), who="乙", remark_id=remark)
    assert [(str(t.id), t.state) for t in kept.tasks()] == [(made.id, "已立项")]
