"""The tables of the three databases.

``INDEX`` is what the indexer derived from files: rows carry the generations in which they are
``born`` and ``died`` (exclusive), and a reader pins one. ``PEOPLE`` is what people made; it refers
to passages by id and digest only, so that no rollback of the index touches it. ``AUDIT`` is
append-only. They are three files (in PostgreSQL three schemas), because a long indexing run must
not hold up the other two.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from kb.catalogue.dialect import Moment

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

INDEX = MetaData(naming_convention=NAMING)
PEOPLE = MetaData(naming_convention=NAMING)
AUDIT = MetaData(naming_convention=NAMING)

source = Table(
    "source",
    INDEX,
    Column("id", Integer, primary_key=True),
    Column("root", Text, nullable=False),
    # Stands before a path of this source that another source took first.
    Column("name", Text, nullable=False),
    Column("born", Integer, nullable=False),
    Column("died", Integer),
)

generation = Table(
    "generation",
    INDEX,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("made", Moment, nullable=False),
    Column("report", JSON, nullable=False),
)

file = Table(
    "file",
    INDEX,
    Column("id", Integer, primary_key=True),
    Column("source_id", ForeignKey("source.id"), nullable=False, index=True),
    Column("path", Text, nullable=False, index=True),
    # Below the root of its source; `path` differs from it where another source took that first.
    Column("relative", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    # Digest of what a manifest says of this file: a change there is a change of the paper.
    Column("overrides", String(64), nullable=False),
    # Why nothing of this file is indexed; "" where it was read.
    Column("failure", Text, nullable=False),
    Column("hint", Text, nullable=False, server_default=""),
    # `kb.model.Mark`: what mark of secrecy it bears; "" for none. No text of it is kept anywhere.
    Column("mark", String(10), nullable=False, server_default=""),
    Column("born", Integer, nullable=False),
    Column("died", Integer),
)

document = Table(
    "document",
    INDEX,
    Column("id", Integer, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
)

version = Table(
    "version",
    INDEX,
    Column("id", Integer, primary_key=True),
    Column("document_id", ForeignKey("document.id"), nullable=False, index=True),
    Column("file_id", ForeignKey("file.id"), nullable=False, index=True),
    Column("path", Text, nullable=False, index=True),
    Column("digest", String(64), nullable=False),
    Column("format", String(20), nullable=False),
    Column("pages", Integer),
    Column("title", Text, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("number", Text, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("force", String(20), nullable=False),
    Column("tier", String(20), nullable=False),
    # Accounts that the paper is for, as ``|甲|乙|``; "" where it names nobody.
    Column("persons", Text, nullable=False, server_default=""),
    Column("issued", Date),
    Column("effective", Date),
    Column("expires", Date),
    Column("review", Date),
    Column("origin", Text, nullable=False),
    # bases, repeals, amends, abbreviations, replaces, facts: read whole, never queried by part.
    Column("described", JSON, nullable=False),
    Column("report", JSON, nullable=False),
    Column("born", Integer, nullable=False),
    Column("died", Integer),
)

validity = Table(
    "validity",
    INDEX,
    Column("id", Integer, primary_key=True),
    Column("version_id", ForeignKey("version.id"), nullable=False, index=True),
    Column("start", Date),
    Column("end", Date),
    Column("ended_as", String(20), nullable=False),
    Column("ended_by", Text, nullable=False),
    Column("born", Integer, nullable=False),
    Column("died", Integer),
)

node = Table(
    "node",
    INDEX,
    Column("version_id", ForeignKey("version.id"), primary_key=True),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("level", String(10), nullable=False),
    Column("label", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("heading", JSON, nullable=False),
    Column("page", Integer),
    Column("spans", JSON, nullable=False),
)

passage = Table(
    "passage",
    INDEX,
    Column("version_id", ForeignKey("version.id"), primary_key=True),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False, index=True),
    Column("node", Integer, nullable=False),
    Column("label", Text, nullable=False),
    # NULL where the passage is its node's whole text (most are): not stored twice.
    Column("text", Text),
    Column("lead", Text, nullable=False),
    Column("page", Integer),
)

citation = Table(
    "citation",
    INDEX,
    Column("version_id", ForeignKey("version.id"), primary_key=True),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("node", Integer, nullable=False),
    # Offsets in the node's text.
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    # The document as named, a 简称 written out; "" for the paper's own places.
    Column("title", Text, nullable=False),
    # `kb.law.names.title_key` of it: who cites a paper is found by this.
    Column("key", Text, nullable=False, index=True),
    Column("label", Text, nullable=False),
    Column("paragraph", Integer),
    Column("item", Integer),
    Column("point", Integer),
    Column("relative", String(10), nullable=False),
    Column("steps", Integer, nullable=False),
    Column("loose", Boolean, nullable=False),
)

seal = Table(
    "seal",
    INDEX,
    Column("version_id", ForeignKey("version.id"), primary_key=True),
    # Of the version's own row, nodes, passages and citations (see `kb.catalogue.seal`).
    Column("digest", String(32), nullable=False),
)

alias = Table(
    "alias",
    INDEX,
    Column("id", Integer, primary_key=True),
    # Added to, never changed: a generation that is gone back to has its own.
    Column("old", Text, nullable=False, index=True),
    Column("new", Text, nullable=False),
    Column("born", Integer, nullable=False),
)

pack = Table(
    "pack",
    PEOPLE,
    Column("id", String(40), primary_key=True),
    Column("topic", Text, nullable=False),
    Column("made", Moment, nullable=False),
    Column("maker", Text, nullable=False),
    Column("as_of", Date),
    Column("template", String(60), nullable=False),
    Column("generation", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    # The pack as composed: sections, lines, sources with their digests.
    Column("body", JSON, nullable=False),
    Column("decision_id", String(40), index=True),
    # What people did to it (kb.decide.edits), and the count of their changes.
    Column("edits", JSON, nullable=False, server_default="{}"),
    Column("version", Integer, nullable=False, server_default="0"),
    Column("changed", Moment),
    Column("changed_by", Text, nullable=False, server_default=""),
    Column("tier", String(20), nullable=False, server_default="internal"),
    # [kind, tier, audience] of each paper it quotes: who may see all of them may see the pack.
    Column("audience", JSON),
)

account = Table(
    "account",
    PEOPLE,
    Column("id", Integer, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    # As shown to people, and the staff number (工号): both stand in the watermark.
    Column("shown", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("role", String(20), nullable=False),
    Column("clearance", String(20), nullable=False),
    # NULL: every department, every kind.
    Column("departments", JSON),
    Column("kinds", JSON),
    # argon2id in PHC form; "" where the person signs in elsewhere only (`subject`).
    Column("secret", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("must_change", Boolean, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("locked_until", Moment),
    Column("made", Moment, nullable=False),
    Column("seen", Moment),
)

login = Table(
    "login",
    PEOPLE,
    # SHA-256 of the token in the cookie: who reads the database cannot take a session over.
    Column("digest", String(64), primary_key=True),
    Column("account_id", ForeignKey("account.id"), nullable=False, index=True),
    Column("origin", Text, nullable=False),
    Column("made", Moment, nullable=False),
    Column("seen", Moment, nullable=False),
)

export = Table(
    "export",
    PEOPLE,
    # What the watermark of the file says.
    Column("id", String(20), primary_key=True),
    Column("pack_id", String(40), nullable=False, index=True),
    Column("copy", Integer, nullable=False),
    Column("form", String(10), nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("pack_id", "copy"),
)

basket = Table(
    "basket",
    PEOPLE,
    Column("id", Integer, primary_key=True),
    Column("owner", Text, nullable=False, index=True),
    Column("passage_id", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("note", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("added", Moment, nullable=False),
    UniqueConstraint("owner", "passage_id"),
)

known = Table(
    "known",
    PEOPLE,
    Column("id", Integer, primary_key=True),
    Column("question", Text, nullable=False),
    Column("passage_id", Text, nullable=False),
    Column("added", Moment, nullable=False),
    # Who found it useful in the page; "" where it was added by a command.
    Column("who", Text, nullable=False, server_default=""),
    Column("off", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("question", "passage_id"),
)

# What a person decided about a file with a doubtful mark of secrecy. Bound to the content: a
# changed file is asked about again; the last one of a digest holds.
mark_decision = Table(
    "mark_decision",
    PEOPLE,
    Column("id", Integer, primary_key=True),
    Column("digest", String(64), nullable=False, index=True),
    Column("path", Text, nullable=False),
    Column("decision", String(10), nullable=False),
    Column("who", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

saved_search = Table(
    "saved_search",
    PEOPLE,
    Column("id", Integer, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("name", Text, nullable=False),
    # The search's address in the page, with all its filters.
    Column("address", Text, nullable=False),
    Column("added", Moment, nullable=False),
    # Articles that it found (id → digest) when it was last looked at in a generation, and what
    # was different then; NULL: never looked at.
    Column("generation", Integer),
    Column("found", JSON),
    Column("news", JSON, nullable=False, server_default="[]"),
    UniqueConstraint("owner", "address"),
)

# One row a person and question: for suggestions, and for the report on what was not found.
asked = Table(
    "asked",
    PEOPLE,
    Column("id", Integer, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("query", Text, nullable=False),
    Column("times", Integer, nullable=False),
    Column("hits", Integer, nullable=False),
    Column("weak", Boolean, nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("owner", "query"),
)

feedback = Table(
    "feedback",
    PEOPLE,
    Column("id", Integer, primary_key=True),
    Column("who", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("what", String(20), nullable=False),
    Column("query", Text, nullable=False),
    # "" where nothing was found; the digest is that of the text which the person saw.
    Column("passage_id", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("says", Text, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("done", Moment),
    Column("done_by", Text, nullable=False),
)

event = Table(
    "event",
    AUDIT,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("who", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", Text, nullable=False),
    Column("allowed", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("generation", Integer),
    # Each row's digest covers the one before it: removal and reordering show.
    Column("previous", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
)

archive = Table(
    "archive",
    AUDIT,
    # Events taken out of `event` into a file; the chain goes on through it.
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("file", Text, nullable=False),
    Column("first_id", Integer, nullable=False),
    Column("last_id", Integer, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("last", String(64), nullable=False),
    Column("sha256", String(64), nullable=False),
)

Index("ix_event_at", event.c.at)
Index("ix_version_live", version.c.born, version.c.died)
Index("ix_validity_live", validity.c.version_id, validity.c.born, validity.c.died)

DATABASES: dict[str, MetaData] = {"index": INDEX, "people": PEOPLE, "audit": AUDIT}
