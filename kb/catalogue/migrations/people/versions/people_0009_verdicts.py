"""what people say of duties that were read

Revision: people_0009, after people_0008
"""

import sqlalchemy as sa
from alembic import op

revision = "people_0009"
down_revision = "people_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "duty_verdict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("passage_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("mark", sa.String(length=16), nullable=False),
        sa.Column("verdict", sa.String(length=12), nullable=False),
        sa.Column("read", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("time_limit", sa.Text(), nullable=False),
        sa.Column("trigger_", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_verdict")),
    )
    op.create_index("ix_duty_verdict_passage_id", "duty_verdict", ["passage_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_duty_verdict_passage_id", table_name="duty_verdict")
    op.drop_table("duty_verdict")
