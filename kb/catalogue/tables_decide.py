"""Tables of people's work around decisions: the agenda, drafts' history, frozen packs, 呈送."""

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

decision = Table(
    "decision",
    PEOPLE,
    Column("id", String(40), primary_key=True),
    Column("title", Text, nullable=False),
    Column("background", Text, nullable=False),
    Column("questions", JSON, nullable=False),
    Column("kind", Text, nullable=False),
    Column("meeting", Text, nullable=False),
    # The day of the meeting; without one a decision is not on the agenda yet.
    Column("day", Date, index=True),
    Column("department", Text, nullable=False),
    # Units that work with the one in charge, and papers that go to the meeting (ids or words).
    Column("partners", JSON, nullable=False, server_default="[]"),
    Column("papers", JSON, nullable=False, server_default="[]"),
    Column("tier", String(20), nullable=False),
    Column("template", String(60), nullable=False),
    Column("state", String(20), nullable=False),
    Column("version", Integer, nullable=False),
    Column("created", Moment, nullable=False),
    Column("creator", Text, nullable=False),
    Column("changed", Moment, nullable=False),
    Column("changed_by", Text, nullable=False),
)

pack_edit = Table(
    "pack_edit",
    PEOPLE,
    Column("id", Integer, primary_key=True),
    Column("pack_id", String(40), nullable=False),
    # The draft's version after this change: what was based on an older one is seen by it.
    Column("version", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("who", Text, nullable=False),
    Column("action", String(20), nullable=False),
    Column("target", Text, nullable=False),
    Column("value", JSON, nullable=False),
    Column("before", JSON, nullable=False),
    UniqueConstraint("pack_id", "version"),
)

edition = Table(
    "edition",
    PEOPLE,
    Column("id", Integer, primary_key=True),
    Column("pack_id", String(40), nullable=False, index=True),
    Column("number", String(60), nullable=False),
    Column("edition", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("who", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("template", String(60), nullable=False),
    Column("as_of", Date),
    Column("generation", Integer, nullable=False),
    Column("tier", String(20), nullable=False),
    # Of the whole, and of each quoted provision (passage id → digest).
    Column("digest", String(64), nullable=False),
    Column("quotes", JSON, nullable=False),
    Column("body", JSON, nullable=False),
    # What people wrote in it, and the template's text: nothing outside this row shapes it.
    Column("words", JSON, nullable=False),
    Column("form", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("changes", JSON, nullable=False),
    UniqueConstraint("number", "edition"),
)

delivery = Table(
    "delivery",
    PEOPLE,
    Column("id", Integer, primary_key=True),
    Column("edition_id", ForeignKey("edition.id"), nullable=False),
    Column("recipient", Text, nullable=False, index=True),
    Column("copy", Integer, nullable=False),
    Column("sent", Moment, nullable=False),
    Column("sent_by", Text, nullable=False),
    Column("read", Moment),
    Column("circled", Moment),
    UniqueConstraint("edition_id", "recipient"),
)

remark = Table(
    "remark",
    PEOPLE,
    Column("id", Integer, primary_key=True),
    Column("delivery_id", ForeignKey("delivery.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("day", Date, nullable=False),
    # Who typed it in: the leader himself, or whoever took it down.
    Column("typed_by", Text, nullable=False),
    Column("text", Text, nullable=False),
)

task = Table(
    "task",
    PEOPLE,
    Column("id", Integer, primary_key=True),
    Column("remark_id", ForeignKey("remark.id"), unique=True),
    Column("what", Text, nullable=False),
    Column("lead", Text, nullable=False),
    Column("due", Date),
    Column("state", String(20), nullable=False),
    Column("created", Moment, nullable=False),
    Column("creator", Text, nullable=False),
    Column("closed", Moment),
)
