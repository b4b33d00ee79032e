"""every move is kept, so that a generation gone back to has its own

Revision: index_0005, after index_0004
"""

import sqlalchemy as sa
from alembic import op

revision = "index_0005"
down_revision = "index_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.rename_table("alias", "alias_before")
    if op.get_bind().dialect.name == "postgresql":
        # Names of constraints are one to a schema there.
        op.execute("ALTER TABLE alias_before RENAME CONSTRAINT pk_alias TO pk_alias_before")
    op.create_table(
        "alias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("old", sa.Text(), nullable=False),
        sa.Column("new", sa.Text(), nullable=False),
        sa.Column("born", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alias")),
    )
    with op.batch_alter_table("alias", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alias_old"), ["old"], unique=False)
    op.execute("INSERT INTO alias (old, new, born) SELECT old, new, born FROM alias_before")
    op.drop_table("alias_before")


def downgrade() -> None:
    op.drop_index("ix_alias_old", table_name="alias")
    op.rename_table("alias", "alias_after")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE alias_after RENAME CONSTRAINT pk_alias TO pk_alias_after")
    op.create_table(
        "alias",
        sa.Column("old", sa.Text(), nullable=False),
        sa.Column("new", sa.Text(), nullable=False),
        sa.Column("born", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("old", name=op.f("pk_alias")),
    )
    last = "SELECT max(id) FROM alias_after GROUP BY old"
    op.execute(
        f"INSERT INTO alias SELECT old, new, born FROM alias_after WHERE id IN ({last})"  # noqa: S608
    )
    op.drop_table("alias_after")
