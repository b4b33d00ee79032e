"""a digest of each version's rows

Revision: index_0006, after index_0005
"""

import sqlalchemy as sa
from alembic import op

revision = "index_0006"
down_revision = "index_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "seal",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=op.f("fk_seal_version_id")),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_seal")),
    )


def downgrade() -> None:
    op.drop_table("seal")
