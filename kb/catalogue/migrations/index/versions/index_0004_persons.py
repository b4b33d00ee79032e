"""persons that a paper names

Revision: index_0004, after index_0003
"""

import sqlalchemy as sa
from alembic import op

revision = "index_0004"
down_revision = "index_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("persons", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("version", schema=None) as batch_op:
        batch_op.drop_column("persons")
