"""known questions

Revision: people_0002, after people_0001
"""

import sqlalchemy as sa
from alembic import op

revision = "people_0002"
down_revision = "people_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "known",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("passage_id", sa.Text(), nullable=False),
        sa.Column("added", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known")),
        sa.UniqueConstraint("question", "passage_id", name=op.f("uq_known_question_passage_id")),
    )


def downgrade() -> None:

    op.drop_table("known")
