"""What was printed: print jobs with their badges, codes that are no longer valid, own labels, printers.

Badges that were marked as printed before this step become a job each moment, so that the mark can still be undone.
"""

import sqlalchemy as sa
from alembic import op

from server.persistence.base import UtcDateTime, new_uid

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "own_stocks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=16), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("page_w", sa.Float(), nullable=False),
        sa.Column("page_h", sa.Float(), nullable=False),
        sa.Column("cols", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("label_w", sa.Float(), nullable=False),
        sa.Column("label_h", sa.Float(), nullable=False),
        sa.Column("left", sa.Float(), nullable=False),
        sa.Column("top", sa.Float(), nullable=False),
        sa.Column("gap_x", sa.Float(), nullable=False),
        sa.Column("gap_y", sa.Float(), nullable=False),
        sa.Column("radius", sa.Float(), nullable=False),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_own_stocks_group_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_stocks")),
        sa.UniqueConstraint("group_id", "name", name=op.f("uq_own_stocks_group_id_name")),
        sa.UniqueConstraint("uid", name=op.f("uq_own_stocks_uid")),
    )
    op.create_table(
        "print_settings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("paper", sa.String(length=8), nullable=False),
        sa.Column("door_stock", sa.String(length=40), nullable=False),
        sa.Column("door_length", sa.Float(), nullable=False),
        sa.Column("door_printer", sa.String(length=120), nullable=False),
        sa.Column("door_black_only", sa.Boolean(), nullable=False),
        sa.Column("door_dots", sa.Integer(), nullable=False),
        sa.Column("wifi_name", sa.String(length=64), nullable=False),
        sa.Column("wifi_password", sa.String(length=128), nullable=False),
        sa.Column("wifi_security", sa.String(length=8), nullable=False),
        sa.Column("wifi_hidden", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_print_settings_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_settings")),
    )
    op.create_index(op.f("ix_print_settings_group_id"), "print_settings", ["group_id"], unique=True)
    op.create_table(
        "printer_corrections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=16), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("printer", sa.String(length=60), nullable=False),
        sa.Column("stock", sa.String(length=40), nullable=False),
        sa.Column("dx", sa.Float(), nullable=False),
        sa.Column("dy", sa.Float(), nullable=False),
        sa.Column("scale", sa.Float(), nullable=False),
        sa.Column("changed_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_printer_corrections_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_printer_corrections")),
        sa.UniqueConstraint("group_id", "printer", "stock", name=op.f("uq_printer_corrections_group_id_printer_stock")),
        sa.UniqueConstraint("uid", name=op.f("uq_printer_corrections_uid")),
    )
    op.create_table(
        "print_jobs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=16), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=True),
        sa.Column("stock", sa.String(length=40), nullable=False),
        sa.Column("printer", sa.String(length=120), nullable=False),
        sa.Column("at_door", sa.Boolean(), nullable=False),
        sa.Column("printed_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("undone_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_print_jobs_group_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_print_jobs_meeting_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_jobs")),
        sa.UniqueConstraint("uid", name=op.f("uq_print_jobs_uid")),
    )
    op.create_index(op.f("ix_print_jobs_group_id"), "print_jobs", ["group_id"], unique=False)
    op.create_index(op.f("ix_print_jobs_meeting_id"), "print_jobs", ["meeting_id"], unique=False)
    op.create_table(
        "printed_badges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("badge_id", sa.Integer(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["badge_id"], ["badges.id"], name=op.f("fk_printed_badges_badge_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["print_jobs.id"], name=op.f("fk_printed_badges_job_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_printed_badges")),
        sa.UniqueConstraint("job_id", "badge_id", name=op.f("uq_printed_badges_job_id_badge_id")),
    )
    op.create_index(op.f("ix_printed_badges_badge_id"), "printed_badges", ["badge_id"], unique=False)
    op.create_table(
        "retired_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("badge_id", sa.Integer(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("retired_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["badge_id"], ["badges.id"], name=op.f("fk_retired_codes_badge_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retired_codes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_retired_codes_code_hash")),
    )
    op.create_index(op.f("ix_retired_codes_badge_id"), "retired_codes", ["badge_id"], unique=False)
    _keep_what_was_marked()


def _keep_what_was_marked() -> None:
    """One job for each group and moment; what those badges said is not known."""
    badges = sa.table(
        "badges",
        *(sa.column(name) for name in ("id", "group_id", "meeting_id", "generation")),
        sa.column("printed_at", UtcDateTime()),
    )
    jobs = sa.table(
        "print_jobs",
        *(sa.column(name) for name in ("id", "uid", "group_id", "stock", "printer", "at_door")),
        sa.column("printed_at", UtcDateTime()),
    )
    printed = sa.table(
        "printed_badges", *(sa.column(name) for name in ("job_id", "badge_id", "generation", "fingerprint"))
    )
    connection = op.get_bind()
    marked = sa.select(badges.c.group_id, badges.c.printed_at).where(badges.c.printed_at.is_not(None)).distinct()
    for group_id, printed_at in connection.execute(marked).all():
        uid = new_uid()
        connection.execute(
            jobs.insert().values(uid=uid, group_id=group_id, stock="", printer="", at_door=False, printed_at=printed_at)
        )
        job = sa.select(jobs.c.id).where(jobs.c.uid == uid).scalar_subquery()
        of_job = (badges.c.group_id == group_id) & (badges.c.printed_at == printed_at)
        connection.execute(
            printed.insert().from_select(
                ["job_id", "badge_id", "generation", "fingerprint"],
                sa.select(job, badges.c.id, badges.c.generation, sa.literal("")).where(of_job),
            )
        )
