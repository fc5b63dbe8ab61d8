"""Know staff by a name of their administrator's choice, and since when"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("staff") as staff:
        staff.add_column(sa.Column("label", sa.String(), nullable=True))
        staff.add_column(sa.Column("since", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("invite") as invite:
        invite.add_column(sa.Column("label", sa.String(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("invite") as invite:
        invite.drop_column("label")
    with op.batch_alter_table("staff") as staff:
        staff.drop_column("since")
        staff.drop_column("label")
