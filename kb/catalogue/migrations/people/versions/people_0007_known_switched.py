"""who found an answer useful; known questions switched off

Revision: people_0007, after people_0006
"""

import sqlalchemy as sa
from alembic import op

revision = "people_0007"
down_revision = "people_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("known", schema=None) as batch_op:
        batch_op.add_column(sa.Column("who", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(
            sa.Column("off", sa.Boolean(), nullable=False, server_default=sa.false())
        )


def downgrade() -> None:
    with op.batch_alter_table("known", schema=None) as batch_op:
        batch_op.drop_column("off")
        batch_op.drop_column("who")
