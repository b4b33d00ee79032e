"""what happens to decisions and tasks

Revision: people_0006, after people_0005
"""

import sqlalchemy as sa
from alembic import op

from kb.catalogue.append_only import append_only

revision = "people_0006"
down_revision = "people_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "happening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_happening")),
        sa.UniqueConstraint("subject", "ordinal", name=op.f("uq_happening_subject_ordinal")),
    )
    op.create_table(
        "assignment",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.String(length=40), nullable=True),
        sa.Column("filed", sa.Date(), nullable=False),
        sa.Column("partners", sa.JSON(), nullable=False),
        sa.Column("standard", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_assignment_task_id")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_assignment_decision_id")
        ),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_assignment")),
    )
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_assignment_decision_id"), ["decision_id"], unique=False
        )
    # What somebody did is never unwritten: the database itself says so.
    for statement in append_only("happening", op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assignment_decision_id"))
    op.drop_table("assignment")
    op.drop_table("happening")
