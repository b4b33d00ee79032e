"""Tables of what people say of what was read from the regulations."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table, Text

from kb.catalogue.dialect import Moment
from kb.catalogue.tables import PEOPLE

duty_verdict = Table(
    "duty_verdict",
    PEOPLE,
    Column("id", Integer, primary_key=True),
    # The provision, as it stood: a verdict counts while its digest is that of the text.
    Column("passage_id", Text, nullable=False, index=True),
    Column("digest", String(64), nullable=False),
    # Which duty of the provision: a digest of its words as they were read.
    Column("mark", String(16), nullable=False),
    Column("verdict", String(12), nullable=False),
    # As read, and as corrected where the verdict is «corrected» (empty otherwise).
    Column("read", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("time_limit", Text, nullable=False),
    Column("trigger_", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Moment, nullable=False),
)
