"""Tables of what happens to decisions and tasks: one line for each thing that somebody did."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Column,
    Date,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from kb.catalogue.dialect import Moment
from kb.catalogue.tables import PEOPLE

happening = Table(
    "happening",
    PEOPLE,
    Column("id", Integer, primary_key=True),
    # «议题 2026-3» or «督办 12»; the ordinal counts from 1, so that of two people who write on
    # what they saw at once, one is told.
    Column("subject", String(60), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("day", Date, nullable=False),
    Column("who", Text, nullable=False),
    Column("action", String(20), nullable=False),
    Column("data", JSON, nullable=False),
    UniqueConstraint("subject", "ordinal"),
)

assignment = Table(
    "assignment",
    PEOPLE,
    # What a task of a decision is filed with; its course is in ``happening``.
    Column("task_id", ForeignKey("task.id"), primary_key=True),
    Column("decision_id", ForeignKey("decision.id"), index=True),
    Column("filed", Date, nullable=False),
    Column("partners", JSON, nullable=False),
    Column("standard", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("category", Text, nullable=False),
)

feed = Table(
    "feed",
    PEOPLE,
    # Whose dates an address shows that calendars fetch; of its secret only the digest is kept.
    Column("reader", String(120), primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("made", Moment, nullable=False),
)
