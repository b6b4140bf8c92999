"""Tasks that carry a form: which one, the cycle that its answers stand in, and forms that are asked once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("form", sa.Column("one_off", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("cycle", sa.Column("task_id", sa.Uuid(), nullable=True))
    op.create_unique_constraint(op.f("uq_cycle_county_id_task_id"), "cycle", ["county_id", "task_id"])
    op.add_column("task", sa.Column("form_version_id", sa.Uuid(), nullable=True))
    op.add_column("task", sa.Column("cycle_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_task_county_id_form_version_id"),
        "task",
        "form_version",
        ["county_id", "form_version_id"],
        ["county_id", "id"],
    )
    op.create_foreign_key(
        op.f("fk_task_county_id_cycle_id"), "task", "cycle", ["county_id", "cycle_id"], ["county_id", "id"]
    )
