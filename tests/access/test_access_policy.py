"""The policy: a table of who may what, and one rule read three ways (object, rows, index)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.access.policy import (
    DUTIES,
    Action,
    Identity,
    Marks,
    Role,
    judge,
    may,
    open_tiers_below,
    scope_of,
)
from kb.model import ALL_KINDS, Kind, Scope, Tier, audience

TODAY = date(2026, 11, 24)
ANNA = Identity("anna", Role.READER, Tier.INTERNAL, frozenset({"办公室"}))


def test_what_no_rule_allows_is_refused() -> None:
    assert not may(None, Action.SEARCH).allowed
    for role in Role:
        who = replace(ANNA, role=role)
        allowed = {a for a in Action if may(who, a).allowed}
        assert allowed == DUTIES[role]
        assert not {a for a in Action if may(replace(who, disabled=True), a).allowed}
        assert not {a for a in Action if may(replace(who, must_change=True), a).allowed}


def test_duties_are_separated() -> None:
    reading = {Action.SEARCH, Action.VIEW, Action.DOWNLOAD, Action.EXPORT}
    assert not DUTIES[Role.ADMIN] & (reading | {Action.AUDIT})
    assert not DUTIES[Role.AUDITOR] & (reading | {Action.ACCOUNTS})
    for role in (Role.READER, Role.LEADER, Role.EDITOR):
        assert not DUTIES[role] & {Action.ACCOUNTS, Action.AUDIT}


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR])
def test_who_reads_no_papers_has_an_empty_scope(role: Role) -> None:
    scope = scope_of(replace(ANNA, role=role, clearance=Tier.SENSITIVE, departments=None), TODAY)
    assert not any(scope.admits(t, audience(d)) for t in Tier for d in ("", "办公室"))
    assert scope.kinds == frozenset()


@pytest.mark.parametrize(
    ("marks", "allowed", "reason"),
    [
        (Marks(Kind.REGULATION, Tier.INTERNAL, "办公室"), True, "在可见范围内"),
        (Marks(Kind.REGULATION, Tier.INTERNAL, ""), True, "在可见范围内"),
        (Marks(Kind.REGULATION, Tier.SENSITIVE, "办公室"), False, "知悉范围"),
        (Marks(Kind.REGULATION, Tier.INTERNAL, "财务科"), False, "部门：财务科"),
        (Marks(Kind.REGULATION, Tier.PUBLIC, "财务科"), True, "在可见范围内"),
        (Marks(Kind.REGULATION, Tier.PUBLIC, "办公室", ("bert",)), False, "定向知悉"),
        (Marks(Kind.REGULATION, Tier.INTERNAL, "财务科", ("anna", "bert")), True, "在可见"),
        (Marks(Kind.REGULATION, Tier.SENSITIVE, "办公室", ("anna",)), False, "知悉范围"),
        (Marks(Kind.REGULATION, Tier.INTERNAL, "办公室", ("ann",)), False, "定向知悉"),
    ],
)
def test_each_refusal_says_why(marks: Marks, allowed: bool, reason: str) -> None:
    scope = scope_of(ANNA, TODAY, open_tiers=open_tiers_below(Tier.INTERNAL))
    found = judge(scope, marks)
    assert found.allowed is allowed
    assert reason in found.reason


def test_the_owner_of_the_home_sees_everything() -> None:
    scope = Scope.everything(as_of=None)
    assert scope.sees_all
    assert all(scope.admits(t, audience(d, p)) for t in Tier for d in "甲乙" for p in ((), ("x",)))


names = st.frozensets(st.sampled_from(["", "甲", "乙", "丙"]))
scopes = st.builds(
    Scope,
    reader=st.just("a"),
    as_of=st.none(),
    kinds=st.frozensets(st.sampled_from(Kind)),
    tiers=st.frozensets(st.sampled_from(Tier)),
    departments=st.none() | names,
    open_tiers=st.frozensets(st.sampled_from(Tier)),
    persons=st.none() | st.frozensets(st.sampled_from("abc")),
)


@given(scopes, scopes)
def test_narrowing_never_widens(one: Scope, other: Scope) -> None:
    both = one.within(other)
    for tier in Tier:
        for whom in (audience("甲"), audience(""), audience("乙", ("a",)), audience("丙", "bc")):
            if both.admits(tier, whom):
                assert one.admits(tier, whom)
                assert other.admits(tier, whom)
    assert both.kinds <= one.kinds & other.kinds


@given(scopes)
def test_everything_narrowed_to_a_scope_is_that_scope(scope: Scope) -> None:
    both = Scope.everything(as_of=None).within(scope)
    for tier in Tier:
        for whom in (audience("甲"), audience(""), audience("乙", ("a",)), audience("丙", "bc")):
            assert both.admits(tier, whom) == scope.admits(tier, whom)
    assert both.kinds == scope.kinds & ALL_KINDS
