"""Which rows a generation sees, and which of them a reader may see."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    case,
    false,
    or_,
    select,
)

from kb.catalogue import codec
from kb.catalogue.dialect import Holds
from kb.catalogue.tables import validity, version
from kb.model import ALL_KINDS, ALL_TIERS, Scope


def live(table: FromClause, generation: int) -> ColumnElement[bool]:
    """Rows that generation sees."""
    return and_(table.c.born <= generation, or_(table.c.died.is_(None), table.c.died > generation))


def visible(scope: Scope, of: FromClause = version) -> list[ColumnElement[bool]]:
    """What a reader may see of ``version``, or of an alias of it. The day decides the status shown,
    not what is seen: an old version that somebody opens by its address is his to read."""
    rules: list[ColumnElement[bool]] = []
    if scope.kinds != ALL_KINDS:
        rules.append(of.c.kind.in_(sorted(k.value for k in scope.kinds)))
    if scope.tiers != ALL_TIERS:
        rules.append(of.c.tier.in_(sorted(t.value for t in scope.tiers)))
    if scope.departments is not None or scope.persons is not None:
        rules.append(or_(_for_all(scope, of), _by_name(scope, of)))
    return rules


def _for_all(scope: Scope, of: FromClause) -> ColumnElement[bool]:
    """Papers that name nobody, of the reader's departments."""
    nobody = of.c.persons == ""
    if scope.departments is None:
        return nobody
    mine = of.c.department.in_(sorted(scope.departments))
    open_ = of.c.tier.in_(sorted(t.value for t in scope.open_tiers))
    return and_(nobody, or_(mine, open_))


def _by_name(scope: Scope, of: FromClause) -> ColumnElement[bool]:
    """Papers that name the reader."""
    if scope.persons is None:
        return of.c.persons != ""
    named = [
        Holds(of.c.persons, f"{codec.PERSON_MARK}{p}{codec.PERSON_MARK}")
        for p in sorted(scope.persons)
    ]
    return or_(false(), *named)


def named(scope: Scope, generation: int) -> Select[Any]:
    """What the versions within a scope are called and when they hold, for `codec.to_named`."""
    dated = and_(validity.c.version_id == version.c.id, live(validity, generation))
    return (
        select(
            *(version.c[name] for name in codec.NAMED),
            *(validity.c.start, validity.c.end, validity.c.ended_as),
            ended_by(scope, generation),
        )
        .select_from(version.outerjoin(validity, dated))
        .where(live(version, generation), *visible(scope))
    )


def marks_at(
    connection: Connection, path: str, generation: int, scope: Scope
) -> tuple[str, str, str, tuple[str, ...]] | None:
    """Kind, tier, department and persons of what lies at a path within the scope. Four columns and
    no more: a look that decoded the whole row would take longer where there is one."""
    found = connection.execute(
        select(version.c.kind, version.c.tier, version.c.department, version.c.persons)
        .where(version.c.path == path, live(version, generation), *visible(scope))
        .limit(1)
    ).first()
    if found is None:
        return None
    persons = tuple(p for p in found.persons.split(codec.PERSON_MARK) if p)
    return found.kind, found.tier, found.department, persons


def ended_by(scope: Scope, generation: int) -> ColumnElement[str]:
    """The title that ended a version, where the reader may see a paper of that title: what he
    may not see is not told by what it did to another."""
    if scope.sees_all:
        return validity.c.ended_by
    ending = version.alias("ending")
    # Not correlated: SQLite lists these titles once a statement, never where nothing ended.
    titles = select(ending.c.title).where(live(ending, generation), *visible(scope, ending))
    told = and_(validity.c.ended_by != "", validity.c.ended_by.in_(titles))
    return case((told, validity.c.ended_by), else_="").label("ended_by")
