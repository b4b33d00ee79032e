"""Decisions and tasks through seats: every change is in the log, in one's own name, within one's
tier; two at once lose nothing; no sequence reaches a state without what it needs."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.access.policy import Identity, Role
from kb.access.visitor import Visitor
from kb.base import KnowledgeBase
from kb.catalogue import Catalogue
from kb.catalogue.audit import Filter
from kb.config import Settings
from kb.decide.agenda import State, missing
from kb.decide.course import CourseAct, matter_of
from kb.decide.follow import Action, Draft, Event, TaskState
from kb.decide.freeze import freeze
from kb.decide.prepare import draft_of
from kb.errors import AccessDenied, KbError, NotFound, StepRefused
from kb.model import Tier
from kb.seat import Seat

TODAY = date.today()
ROW = {
    "title": "采购会议设备", "background": "", "questions": [], "kind": "", "meeting": "办公会",
    "day": TODAY + timedelta(days=9), "department": "办公室", "tier": "internal",
    "template": "简要说明", "state": State.IDEA.value,
}  # fmt: skip
DRAFT = Draft("完成验收", "办公室", ("财务处",), TODAY + timedelta(days=30), "验收单", "纪要")


@pytest.fixture
def base(aviary_copy: Path) -> Iterator[KnowledgeBase]:
    Catalogue.open(Settings(home=aviary_copy), create=True).close()
    with KnowledgeBase.open(Settings(home=aviary_copy)) as opened:
        yield opened


def seat(
    base: KnowledgeBase, name: str, role: Role = Role.READER, tier: Tier = Tier.INTERNAL
) -> Seat:
    who = Identity(name, role, tier, frozenset({"办公室"}))
    return Seat(base, Visitor(who, name, name, "", "试验"))


def say(of: Seat, key: str, what: CourseAct, **data: object) -> None:
    office = of.office()
    seen = office.decision(key).course.length
    office.act(key, what, data, who=of.visitor.reader, based_on=seen)


def do(of: Seat, key: int, action: Action, words: str = "有据", limit: date | None = None) -> None:
    office = of.office()
    event = Event(action, of.visitor.reader, TODAY, words, limit, progress=40)
    office.do(key, event, based_on=office.task(key).revision)


def logged(base: KnowledgeBase) -> list[tuple[str, str]]:
    return [(e.who, e.subject) for e in base.audit.every(Filter()) if e.action == "compose"]


def test_every_act_is_in_the_log_each_time(base: KnowledgeBase) -> None:
    """The whole of both state machines, act by act; also the same act again in one minute."""
    anna, bert = seat(base, "anna"), seat(base, "bert")
    key = anna.people.agenda.add(ROW, who="anna").id
    acts: list[tuple[CourseAct, dict[str, object]]] = [
        (CourseAct.MOVE, {}),
        (CourseAct.BACK, {"state": "酝酿", "words": "再议"}),
        (CourseAct.CHECKLIST, {"checklist": "collective-decision"}),
        (CourseAct.ANSWER, {"condition": "technical", "holds": False}),
        (CourseAct.MARK, {"step": "propose", "kind": "已完成", "words": "单"}),
        (CourseAct.UNMARK, {"step": "propose", "words": "登错"}),
        (CourseAct.OPINION, {"unit": "财务处", "words": "缓办", "dissent": True}),
        (CourseAct.OPINION, {"unit": "纪委", "words": "同意"}),
        (CourseAct.REPLY, {"opinion": 0, "words": "不采纳，因……"}),
        (CourseAct.OPTION, {"name": "方案一", "words": "买"}),
        (CourseAct.DROP_OPTION, {"name": "方案一", "words": "改租"}),
        (CourseAct.RESOLVE, {"words": "同意", "minutes": "纪要"}),
        (CourseAct.NO_TASKS, {"words": "当场办完"}),
        (CourseAct.EXPERIENCE, {"path": "甲.md"}),
        (CourseAct.NO_EXPERIENCE, {"words": "常规"}),
        (CourseAct.WITHDRAW, {"words": "不办了"}),
    ]
    assert {what for what, _ in acts} == set(CourseAct), "an act that nobody swept"
    before = len(logged(base))
    for what, data in acts:
        say(anna, key, what, **data)
    want = [("anna", f"议题 {key} {what}") for what, _ in acts]
    assert logged(base)[before:] == want

    task = int(anna.office().file(DRAFT, who="anna").id)
    later = DRAFT.limit + timedelta(days=5) if DRAFT.limit else None
    course = [
        (anna, Action.ASSIGN), (bert, Action.DISPUTE), (anna, Action.UPHOLD),
        (bert, Action.ACCEPT), (bert, Action.REPORT), (anna, Action.REMIND),
        (bert, Action.ASK_EXTENSION), (anna, Action.REFUSE_EXTENSION),
        (bert, Action.ASK_EXTENSION), (anna, Action.GRANT_EXTENSION), (bert, Action.SUBMIT),
        (anna, Action.RETURN), (bert, Action.SUBMIT), (anna, Action.CLOSE),
        (anna, Action.ARCHIVE), (anna, Action.REOPEN), (anna, Action.WITHDRAW),
    ]  # fmt: skip
    assert {action for _, action in course} == set(Action), "an action that nobody swept"
    before = len(logged(base))
    for who, action in course:
        do(who, task, action, limit=later if action is Action.ASK_EXTENSION else None)
    got = logged(base)
    want = [(who.visitor.reader, f"督办 {task} {action}") for who, action in course]
    assert got[before:] == want
    subjects = [subject for _, subject in got]
    assert "完成验收 立项" in subjects
    assert "议题 新增 采购会议设备" in subjects


def test_changes_of_fields_and_feeds_are_logged_too(base: KnowledgeBase) -> None:
    anna = seat(base, "anna")
    row = anna.people.agenda.add(ROW, who="anna")
    assert anna.people.agenda.change(row.id, 0, {"meeting": "党组会"}, "anna")
    assert not anna.people.agenda.change(row.id, 0, {"meeting": "办公会"}, "anna")
    anna.people.feeds.give()
    anna.people.feeds.take_back()
    subjects = [subject for _, subject in logged(base)]
    assert f"议题 {row.id} 修改 meeting" in subjects
    assert f"议题 {row.id} 修改（刚才有人先改了，没有保存）" in subjects
    assert {"日程订阅 开通", "日程订阅 停用"} <= set(subjects)
    assert anna.people.agenda.one(row.id).meeting == "党组会"


def test_nobody_signs_for_another(base: KnowledgeBase) -> None:
    anna = seat(base, "anna")
    key = anna.people.agenda.add(ROW, who="anna").id
    office = anna.office()
    for act in (
        lambda: anna.people.agenda.add(ROW, who="局长"),
        lambda: anna.people.agenda.change(key, 0, {"meeting": "x"}, "局长"),
        lambda: office.act(key, CourseAct.MOVE, {}, who="局长", based_on=0),
        lambda: office.file(DRAFT, who="局长"),
    ):
        with pytest.raises(AccessDenied, match="自己的名义"):
            act()
    assert anna.office().decision(key).lines == ()
    assert anna.office().tasks() == []


@pytest.mark.parametrize("parts", ["withhold", "redact"])
@pytest.mark.parametrize("raised", [False, True])
def test_who_may_not_read_its_tier_sees_no_pack_of_it(
    aviary_copy: Path, raised: bool, parts: str
) -> None:
    """Also where its papers are for all, and where the tier was raised after it was frozen."""
    Catalogue.open(Settings(home=aviary_copy), create=True).close()
    with KnowledgeBase.open(Settings(home=aviary_copy, hidden_parts=parts)) as base:
        high, low = seat(base, "anna", tier=Tier.SENSITIVE), seat(base, "bert", tier=Tier.PUBLIC)
        tier = {"tier": "public" if raised else "sensitive", "questions": ["采购由谁批准？"]}
        row = high.people.agenda.add(ROW | tier | {"title": "采购审批"}, who="anna")
        mine = low.composing("采购审批") if raised else high.composing("采购审批")
        key = draft_of(mine, mine.people, low.scope(TODAY), row, who=mine.visitor.reader)
        frozen = freeze(mine, mine.people, low.scope(TODAY), key, who=mine.visitor.reader)
        assert {s["tier"] for s in frozen.body["sources"]} <= {"public"}
        if raised:
            assert [p.id for p in low.people.packs()] == [key]
            assert low.people.pack_of(row.id) is not None
            assert [e.id for e in low.people.editions.every()] == [frozen.id]
            assert high.people.agenda.change(row.id, row.version, {"tier": "sensitive"}, "anna")
        assert low.people.packs() == low.people.editions.every() == []
        assert low.people.pack_of(row.id) is None
        assert low.people.tier_of(key) == ""
        for ask in (
            lambda: low.people.pack(key),
            lambda: low.people.editions.by_id(frozen.id),
            lambda: low.people.drafts.history(key),
        ):
            with pytest.raises(NotFound):
                ask()
        assert high.people.pack(key).id == key
        assert high.people.tier_of(key) == "sensitive"
        assert high.people.editions.by_id(frozen.id).id == frozen.id


def test_who_may_not_read_its_tier_sees_no_decision_and_no_task_of_it(base: KnowledgeBase) -> None:
    high, low = seat(base, "anna", tier=Tier.SENSITIVE), seat(base, "carl", tier=Tier.INTERNAL)
    key = high.people.agenda.add(ROW | {"tier": "sensitive"}, who="anna").id
    draft = Draft("密件验收", "办公室", (), None, "单", "纪要", decision_id=key)
    task = int(high.office().file(draft, who="anna").id)
    say(high, key, CourseAct.OPINION, unit="财务处", words="缓办")
    office = low.office()
    assert office.decisions() == []
    assert office.tasks() == []
    assert low.people.agenda.due(TODAY, TODAY + timedelta(days=30)) == []
    assert low.people.courses.lines(f"议题 {key}") == []
    for ask in (lambda: office.decision(key), lambda: office.task(task)):
        with pytest.raises(NotFound):
            ask()
    assert not low.people.courses.add(
        f"督办 {task}", 0, who="carl", day=TODAY, action="交办", data={}
    )
    with pytest.raises(AccessDenied, match="高于"):
        low.people.agenda.add(ROW | {"tier": "sensitive"}, who="carl")
    assert [one.row.id for one in high.office().decisions()] == [key]


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR])
def test_who_composes_nothing_acts_on_nothing(base: KnowledgeBase, role: Role) -> None:
    who = seat(base, "dora", role)
    for ask in (
        lambda: who.office().decisions(),
        lambda: who.office().tasks(),
        lambda: who.office().file(DRAFT, who="dora"),
        lambda: who.people.feeds.give(),
    ):
        with pytest.raises(AccessDenied):
            ask()


def test_two_at_once_lose_nothing(base: KnowledgeBase) -> None:
    """Eight people on one task and one decision: each line is there once, and the others know."""
    anna = seat(base, "anna")
    key = anna.people.agenda.add(ROW, who="anna").id
    task = int(anna.office().file(DRAFT, who="anna").id)
    do(anna, task, Action.ASSIGN)

    def rush(number: int) -> tuple[int, int]:
        own = seat(base, f"p{number}")
        done = [0, 0]
        for _ in range(3):
            for place, act in enumerate(
                (
                    lambda: say(own, key, CourseAct.OPINION, unit=f"{number}处", words="同意"),
                    lambda: do(own, task, Action.REMIND),
                )
            ):
                try:
                    act()
                    done[place] += 1
                except StepRefused as error:
                    assert "有人先改了" in error.message  # noqa: PT017
        return done[0], done[1]

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(rush, range(8)))
    office = anna.office()
    opinions, events = office.decision(key).course.opinions, office.task(task).events
    assert len(opinions) == sum(said for said, _ in done) > 0
    assert len(events) == 1 + sum(reminded for _, reminded in done) > 1
    for number, (said, reminded) in enumerate(done):
        assert sum(o.who == f"p{number}" for o in opinions) == said
        assert sum(e.who == f"p{number}" for e in events) == reminded


def test_a_remark_becomes_a_task_once_whoever_is_first(base: KnowledgeBase) -> None:
    from tests.support.office import remarked

    remark = remarked(base.people)
    owner = Seat(base, Visitor.demo("试验"))

    def file(who: str) -> str:
        try:
            owner.office().file(DRAFT, who=who, remark_id=remark)
        except StepRefused as error:
            return error.message
        return ""

    with ThreadPoolExecutor(4) as pool:
        told = sorted(pool.map(file, "甲乙丙丁"))
    assert told[0] == ""
    assert all("已由别人立项" in one for one in told[1:])
    assert len(owner.office().tasks()) == 1


ACTS = st.tuples(
    st.sampled_from(CourseAct),
    st.fixed_dictionaries(
        {
            "checklist": st.just("collective-decision"),
            "condition": st.sampled_from(["technical", "people"]),
            "holds": st.booleans(),
            "step": st.sampled_from(["propose", "options", "legality"]),
            "kind": st.sampled_from(["已完成", "不适用"]),
            "words": st.sampled_from(["", "有据"]),
            "name": st.sampled_from(["方案一", "方案二"]),
            "unit": st.just("财务处"),
            "dissent": st.booleans(),
            "opinion": st.integers(0, 2),
            "minutes": st.just("纪要"),
            "path": st.just("甲.md"),
            "state": st.sampled_from([state.value for state in State]),
        }
    ),
)
DEEDS = st.tuples(
    st.sampled_from(Action),
    st.sampled_from(["anna", "bert"]),
    st.sampled_from(["", "有据"]),
    st.none() | st.integers(0, 60).map(lambda n: TODAY + timedelta(days=n)),
)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ACTS, max_size=12), st.lists(DEEDS, max_size=15))
def test_no_sequence_through_a_seat_reaches_what_it_lacks(
    base: KnowledgeBase,
    acts: list[tuple[CourseAct, dict[str, object]]],
    deeds: list[tuple[Action, str, str, date | None]],
) -> None:
    people = {name: seat(base, name) for name in ("anna", "bert")}
    anna = people["anna"]
    key = anna.people.agenda.add(ROW, who="anna").id
    task = int(anna.office().file(DRAFT, who="anna").id)
    done, before = 0, len(logged(base))
    for what, data in acts:
        try:
            say(anna, key, what, **data)
        except KbError:
            continue
        done += 1
        now = anna.office().decision(key)
        if not now.withdrawn and what is CourseAct.MOVE:
            of = matter_of(
                now.row, now.course, plan=now.plan, editions=now.editions, tasks=now.tasks
            )
            assert missing(of, State(now.row.state)) == ()
    for action, who, words, limit in deeds:
        try:
            do(people[who], task, action, words, limit)
        except KbError:
            continue
        done += 1
        one = anna.office().task(task)
        if one.state in (TaskState.ASSIGNED, TaskState.ACCEPTED, TaskState.REVIEW):
            assert one.lead
            assert one.limit is not None
        if one.state in (TaskState.CLOSED, TaskState.ARCHIVED):
            assert [e for e in one.events if e.action is Action.SUBMIT][-1].words
    assert len(logged(base)) - before == done, "what was done is logged, what was refused is not"
