"""Decisions and tasks over a real database: a whole life, refusals, two people at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from kb.catalogue import Catalogue
from kb.catalogue.courses import of_decision, of_task
from kb.catalogue.people import People
from kb.config import Settings
from kb.decide.agenda import State, missing
from kb.decide.course import CourseAct, matter_of
from kb.decide.follow import Action, Draft, Event, FollowRules, TaskState
from kb.decide.office import Decision, Office
from kb.errors import NotFound, StepRefused
from tests.support.office import frozen_pack

MEETING = date(2026, 3, 16)
TODAY = date(2026, 3, 2)
DRAFT = Draft("完成验收", "办公室", ("财务处",), date(2026, 4, 30), "验收单", "纪要第三项")


@pytest.fixture
def people(stored: Settings) -> Iterator[People]:
    with Catalogue.open(stored, create=True) as catalogue:
        yield catalogue.people


@pytest.fixture
def office(people: People) -> Office:
    return Office(people, None, today=TODAY)


def new(people: People, **changes: object) -> str:
    row = {
        "title": "采购会议设备",
        "background": "",
        "questions": [],
        "kind": "",
        "meeting": "局长办公会",
        "day": MEETING,
        "department": "办公室",
        "tier": "internal",
        "template": "full",
        "state": State.IDEA.value,
    }
    return people.agenda.add(row | changes, who="王敏").id


def say(office: Office, key: str, what: CourseAct, **data: object) -> Decision:
    seen = office.decision(key).course.length
    return office.act(key, what, data, who="王敏", based_on=seen)


def test_a_whole_life_from_the_idea_to_the_archive(people: People, office: Office) -> None:
    key = new(people)
    assert office.decision(key).next is State.PREPARING
    say(office, key, CourseAct.MOVE)
    say(office, key, CourseAct.OPINION, unit="财务处", words="建议分期", dissent=True)
    with pytest.raises(StepRefused, match="财务处的不同意见"):
        say(office, key, CourseAct.MOVE)
    say(office, key, CourseAct.REPLY, opinion=0, words="已按两期安排")
    frozen_pack(people, key)
    assert say(office, key, CourseAct.MOVE).row.state == State.MEETING
    office.today = MEETING
    say(office, key, CourseAct.RESOLVE, words="原则同意", minutes="第3次办公会纪要")
    say(office, key, CourseAct.MOVE)
    task = office.file(Draft(**_fields(DRAFT) | {"decision_id": key}), who="督查")
    say(office, key, CourseAct.MOVE)
    with pytest.raises(StepRefused, match="还是“已立项”"):
        say(office, key, CourseAct.MOVE)
    finish(office, int(task.id))
    say(office, key, CourseAct.MOVE)
    say(office, key, CourseAct.EXPERIENCE, path="经验/采购会议设备.md")
    done = say(office, key, CourseAct.MOVE)
    assert done.row.state == State.ARCHIVED
    with pytest.raises(StepRefused, match="已归档"):
        say(office, key, CourseAct.OPINION, unit="财务处", words="再议")
    assert [line.action for line in done.lines][:2] == ["推进", "录入意见"]
    assert people.agenda.one(key).state == State.ARCHIVED


def finish(office: Office, key: int) -> None:
    steps = [
        (Action.ASSIGN, "督查", ""),
        (Action.ACCEPT, "办公室", ""),
        (Action.SUBMIT, "办公室", "验收单附后"),
        (Action.CLOSE, "督查", ""),
    ]
    for action, who, words in steps:
        seen = office.task(key).revision
        office.do(key, Event(action, who, office.today, words), based_on=seen)


def _fields(draft: Draft) -> dict[str, object]:
    return {name: getattr(draft, name) for name in Draft.__dataclass_fields__}


def test_a_task_comes_back_from_the_database_as_it_was(people: People, office: Office) -> None:
    key = int(office.file(DRAFT, who="督查").id)
    office.do(key, Event(Action.ASSIGN, "督查", TODAY), based_on=0)
    office.do(key, Event(Action.ACCEPT, "办公室", TODAY), based_on=1)
    after = office.do(
        key,
        Event(Action.ASK_EXTENSION, "办公室", TODAY, "待货", date(2026, 5, 10)),
        based_on=2,
    )
    again = Office(people, None, today=TODAY).task(key)
    assert again == after
    assert again.pending is not None


def test_of_two_people_at_once_one_is_told_and_nothing_is_lost(
    people: People, office: Office
) -> None:
    key = new(people)

    def speak(unit: str) -> str:
        try:
            office.act(
                key, CourseAct.OPINION, {"unit": unit, "words": "同意"}, who=unit, based_on=0
            )
        except StepRefused as error:
            return error.message
        return ""

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(speak, "甲乙丙丁"))
    assert sorted(told)[0] == ""
    assert len([one for one in told if one]) == 3
    assert len(office.decision(key).course.opinions) == 1
    task = int(office.file(DRAFT, who="督查").id)
    office.do(task, Event(Action.ASSIGN, "督查", TODAY), based_on=0)
    with pytest.raises(StepRefused, match="有人先改了"):
        office.do(task, Event(Action.WITHDRAW, "督查", TODAY, "重复"), based_on=0)
    assert office.task(task).state is TaskState.ASSIGNED


def test_what_the_log_refuses_is_not_done(people: People) -> None:
    def refuse(what: str, subject: str) -> None:
        raise StepRefused("审计日志写不进去")

    key = new(people)
    office = Office(people, None, today=TODAY, notice=refuse)
    with pytest.raises(StepRefused, match="审计日志"):
        office.act(key, CourseAct.MOVE, {}, who="王敏", based_on=0)
    assert people.agenda.one(key).state == State.IDEA
    assert people.courses.lines(of_decision(key)) == []
    with pytest.raises(StepRefused, match="审计日志"):
        office.file(DRAFT, who="督查")
    assert office.tasks() == []


def test_steps_of_the_checklist_are_marked_waived_and_taken_back(
    people: People, office: Office
) -> None:
    key = new(people)
    with pytest.raises(StepRefused, match="没有选定"):
        say(office, key, CourseAct.MARK, step="legality", kind="已完成", words="意见书")
    with pytest.raises(StepRefused, match="没有清单"):
        say(office, key, CourseAct.CHECKLIST, checklist="nowhere")
    say(office, key, CourseAct.CHECKLIST, checklist="major-decision")
    with pytest.raises(StepRefused, match="不能省略"):
        say(office, key, CourseAct.MARK, step="legality", kind="不适用", words="小事")
    with pytest.raises(StepRefused, match="凭据"):
        say(office, key, CourseAct.MARK, step="legality", kind="已完成", words=" ")
    with pytest.raises(StepRefused, match="没有步骤"):
        say(office, key, CourseAct.MARK, step="lunch", kind="已完成", words="有")
    with pytest.raises(StepRefused, match="没有条件"):
        say(office, key, CourseAct.ANSWER, condition="rain", holds=True)
    say(office, key, CourseAct.ANSWER, condition="technical", holds=False)
    done = say(office, key, CourseAct.MARK, step="lead", kind="已完成", words="批示")
    assert done.course.marks["lead"].words == "批示"
    back = say(office, key, CourseAct.UNMARK, step="lead", words="登错了")
    assert "lead" not in back.course.marks
    assert len(back.lines) == 4, "what was taken back is still there to be read"
    assert "明确承办单位（待办）" in {lack.what for lack in back.lacks}


def test_going_back_and_withdrawing_need_a_reason(people: People, office: Office) -> None:
    key = new(people)
    say(office, key, CourseAct.MOVE)
    with pytest.raises(StepRefused, match="理由"):
        say(office, key, CourseAct.BACK, state="酝酿")
    with pytest.raises(StepRefused, match="只能退回"):
        say(office, key, CourseAct.BACK, state="上会", words="x")
    with pytest.raises(StepRefused, match="没有状态"):
        say(office, key, CourseAct.BACK, state="下会", words="x")
    assert say(office, key, CourseAct.BACK, state="酝酿", words="再议").row.state == State.IDEA
    gone = say(office, key, CourseAct.WITHDRAW, words="不再需要")
    assert gone.withdrawn
    assert gone.next is None
    with pytest.raises(StepRefused, match="已撤回"):
        say(office, key, CourseAct.MOVE)


def test_what_was_done_cannot_be_unwritten(people: People, office: Office) -> None:
    key = new(people)
    say(office, key, CourseAct.MOVE)
    for statement in ("UPDATE happening SET who = 'x'", "DELETE FROM happening"):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            people._engine.begin() as connection,
        ):
            connection.execute(text(statement))


def test_a_task_that_is_not_there_is_named(office: Office) -> None:
    with pytest.raises(NotFound, match="第 7 号"):
        office.do(7, Event(Action.ASSIGN, "督查", TODAY), based_on=0)
    with pytest.raises(StepRefused, match="没有写明来源"):
        office.file(Draft("甲", "乙", (), None, "", ""), who="督查")
    with pytest.raises(NotFound):
        office.file(Draft("甲", "乙", (), None, "", "丙", decision_id="2026-9"), who="督查")


def test_tightened_rules_leave_old_tasks_readable(people: People, office: Office) -> None:
    key = int(office.file(DRAFT, who="督查").id)
    office.do(key, Event(Action.ASSIGN, "督查", TODAY), based_on=0)
    office.do(key, Event(Action.ACCEPT, "办公室", TODAY), based_on=1)
    late = DRAFT.limit or TODAY
    office.do(
        key,
        Event(Action.ASK_EXTENSION, "办公室", late, "待货", late + timedelta(days=9)),
        based_on=2,
    )
    strict = Office(people, None, today=TODAY, rules=FollowRules(extensions=0, ask_before=10))
    assert strict.task(key).pending is not None
    assert people.courses.lines(of_task(key))[-1].data["limit"] == "2026-05-09"


ACTS = st.tuples(
    st.sampled_from(CourseAct),
    st.fixed_dictionaries(
        {
            "checklist": st.just("collective-decision"),
            "condition": st.sampled_from(["technical", "public", "stability", "people"]),
            "holds": st.booleans(),
            "step": st.sampled_from(["propose", "options", "legality", "submit", "deliver"]),
            "kind": st.sampled_from(["已完成", "不适用"]),
            "words": st.sampled_from(["", "有据"]),
            "unit": st.just("财务处"),
            "dissent": st.booleans(),
            "opinion": st.integers(0, 2),
            "minutes": st.just("纪要"),
            "path": st.just("经验/甲.md"),
            "state": st.sampled_from([state.value for state in State]),
        }
    ),
)


@settings(max_examples=10, deadline=None)
@given(st.lists(ACTS, max_size=25))
def test_no_sequence_of_acts_reaches_a_state_that_lacks_something(
    acts: list[tuple[CourseAct, dict[str, object]]],
) -> None:
    with (
        TemporaryDirectory() as folder,
        Catalogue.open(Settings(home=Path(folder)), create=True) as catalogue,
    ):
        office = Office(catalogue.people, None, today=MEETING)
        key = new(catalogue.people)
        for what, data in acts:
            try:
                now = say(office, key, what, **data)
            except StepRefused:
                continue
            if what is CourseAct.MOVE:
                matter = matter_of(
                    now.row, now.course, plan=now.plan, editions=now.editions, tasks=now.tasks
                )
                assert missing(matter, State(now.row.state)) == ()
