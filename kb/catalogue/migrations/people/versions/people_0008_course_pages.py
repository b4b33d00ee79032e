"""partners and papers of decisions; feeds of dates; what a kept search found when last looked at

Revision: people_0008, after people_0007
"""

import sqlalchemy as sa
from alembic import op

revision = "people_0008"
down_revision = "people_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.add_column(sa.Column("partners", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("papers", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("saved_search", schema=None) as batch_op:
        batch_op.add_column(sa.Column("generation", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("found", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("news", sa.JSON(), nullable=False, server_default="[]"))
    op.create_table(
        "feed",
        sa.Column("reader", sa.String(length=120), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("reader", name=op.f("pk_feed")),
        sa.UniqueConstraint("digest", name=op.f("uq_feed_digest")),
    )
    # Tasks made of remarks before there was a course of tasks: they are filed, and no more.
    op.execute("UPDATE task SET state = '已立项' WHERE state = '待办'")


def downgrade() -> None:
    op.drop_table("feed")
    with op.batch_alter_table("saved_search", schema=None) as batch_op:
        batch_op.drop_column("news")
        batch_op.drop_column("found")
        batch_op.drop_column("generation")
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.drop_column("papers")
        batch_op.drop_column("partners")
