"""what mark of secrecy a file bears

Revision: index_0003, after index_0002
"""

import sqlalchemy as sa
from alembic import op

revision = "index_0003"
down_revision = "index_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:

    with op.batch_alter_table("file", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("mark", sa.String(length=10), server_default="", nullable=False)
        )


def downgrade() -> None:

    with op.batch_alter_table("file", schema=None) as batch_op:
        batch_op.drop_column("mark")
