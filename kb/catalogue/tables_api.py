"""Tokens of other programs; in the people's database."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Integer, String, Table, Text

from kb.catalogue.dialect import Moment
from kb.catalogue.tables import PEOPLE

api_token = Table(
    "api_token",
    PEOPLE,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("account_id", ForeignKey("account.id"), nullable=False, index=True),
    # SHA-256 of the secret: who reads the database cannot come in by it.
    Column("digest", String(64), nullable=False, unique=True),
    # What it may see less than its account; NULL: as much.
    Column("clearance", String(20)),
    Column("departments", JSON),
    Column("kinds", JSON),
    Column("made", Moment, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("expires", Moment),
    Column("seen", Moment),
    # Kept, so that the list tells what there was.
    Column("revoked", Moment),
)
