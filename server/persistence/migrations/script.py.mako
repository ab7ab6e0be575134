"""${message}."""

from typing import Any

import sqlalchemy as sa
from alembic import op

import server.persistence.base

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    ${upgrades if upgrades else "pass"}
