"""What people corrected in the description of papers; in the people's database."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, String, Table, Text

from kb.catalogue.dialect import Moment
from kb.catalogue.tables import PEOPLE

# Bound to the version's path as it was in `generation`; the last word on a field holds.
correction = Table(
    "correction",
    PEOPLE,
    Column("id", Integer, primary_key=True),
    Column("path", Text, nullable=False, index=True),
    Column("field", String(20), nullable=False),
    Column("before", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("who", Text, nullable=False),
    Column("note", Text, nullable=False),
    # Of the file as the person saw it: where it has changed since, the page says so.
    Column("digest", String(64), nullable=False),
    Column("generation", Integer, nullable=False),
    Column("at", Moment, nullable=False),
)
