"""The board: whole slips, well served or not, thanks for business, other activity, and the group's rules for quality."""

import sqlalchemy as sa
from alembic import op

from server.persistence.base import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_KINDS = ("testimonial", "advice", "purchase", "training", "duty")


def upgrade() -> None:
    """Apply the step."""
    op.add_column("referrals", sa.Column("given_on", sa.Date(), nullable=True))
    op.add_column("referrals", sa.Column("inside", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("referrals", sa.Column("ways", sa.String(length=80), nullable=False, server_default=""))
    op.add_column(
        "referrals",
        sa.Column("served", sa.Enum("yes", "mixed", "no", name="served", native_enum=False, length=24), nullable=True),
    )
    op.add_column("referrals", sa.Column("served_at", UtcDateTime(timezone=True), nullable=True))
    # Slips written before this step carry the day on which they were begun.
    op.execute("UPDATE referrals SET given_on = DATE(created_at) WHERE state <> 'draft'")
    op.create_index("ix_referrals_group_day", "referrals", ["group_id", "given_on"], unique=False)
    _rules()
    _thanks()
    _activities()


def _rules() -> None:
    numbers = (
        "version", "introduction", "completeness", "verdict", "outcome", "service", "answer_hours", "word_days"
    )  # fmt: skip
    op.create_table(
        "referral_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in numbers),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["people.id"], name=op.f("fk_referral_rules_author_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_referral_rules_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_rules")),
        sa.UniqueConstraint("group_id", "version", name=op.f("uq_referral_rules_group_id_version")),
    )
    op.create_index(op.f("ix_referral_rules_author_id"), "referral_rules", ["author_id"], unique=False)


def _thanks() -> None:
    op.create_table(
        "thanks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=16), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=True),
        sa.Column("referral_id", sa.Integer(), nullable=True),
        sa.Column("thanker_id", sa.Integer(), nullable=False),
        sa.Column("thanked_id", sa.Integer(), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("is_repeat", sa.Boolean(), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("thanked_on", sa.Date(), nullable=False),
        sa.Column("comments", sa.String(length=300), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("denied_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_thanks_group_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_thanks_meeting_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referrals.id"], name=op.f("fk_thanks_referral_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["thanked_id"], ["people.id"], name=op.f("fk_thanks_thanked_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["thanker_id"], ["people.id"], name=op.f("fk_thanks_thanker_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thanks")),
        sa.UniqueConstraint("uid", name=op.f("uq_thanks_uid")),
    )
    for column in ("meeting_id", "referral_id", "thanked_id", "thanker_id"):
        op.create_index(op.f(f"ix_thanks_{column}"), "thanks", [column], unique=False)
    op.create_index("ix_thanks_group_day", "thanks", ["group_id", "thanked_on"], unique=False)


def _activities() -> None:
    op.create_table(
        "activities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=16), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Enum(*_KINDS, name="activitykind", native_enum=False, length=24), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_activities_group_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["other_id"], ["people.id"], name=op.f("fk_activities_other_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_activities_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activities")),
        sa.UniqueConstraint("uid", name=op.f("uq_activities_uid")),
    )
    for column in ("other_id", "person_id"):
        op.create_index(op.f(f"ix_activities_{column}"), "activities", [column], unique=False)
    op.create_index("ix_activities_group_day", "activities", ["group_id", "held_on"], unique=False)
