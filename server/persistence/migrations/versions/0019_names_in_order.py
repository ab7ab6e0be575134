"""What lists are sorted by, kept with the membership, so that a page far back is found without reading everybody."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_COPIED = {"sort_key": 300, "company_key": 160, "sector_key": 120}
_SET = "UPDATE memberships SET " + ", ".join(f"{name} = %s.{name}" for name in _COPIED)
_FROM_PERSON = _SET.replace("%s", "people") + " FROM people WHERE people.id = memberships.person_id"
_HIMSELF = _SET.replace("%s", "NEW") + " WHERE person_id = NEW.id"
_IS_NEW = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in _COPIED)

_SQLITE = (
    (
        "CREATE TRIGGER memberships_named AFTER INSERT ON memberships "
        f"BEGIN {_FROM_PERSON} AND memberships.id = NEW.id; END"
    ),
    (
        "CREATE TRIGGER memberships_moved AFTER UPDATE OF person_id ON memberships "
        f"WHEN NEW.person_id <> OLD.person_id BEGIN {_FROM_PERSON} AND memberships.id = NEW.id; END"
    ),
    (
        f"CREATE TRIGGER people_renamed AFTER UPDATE OF {', '.join(_COPIED)} ON people "
        f"WHEN {_IS_NEW} BEGIN {_HIMSELF}; END"
    ),
)
_POSTGRESQL = (
    (
        "CREATE FUNCTION name_membership() RETURNS trigger AS $$ BEGIN "
        f"SELECT {', '.join(_COPIED)} INTO {', '.join(f'NEW.{name}' for name in _COPIED)} "
        "FROM people WHERE id = NEW.person_id; "
        "RETURN NEW; END $$ LANGUAGE plpgsql"
    ),
    (
        "CREATE TRIGGER memberships_named BEFORE INSERT OR UPDATE OF person_id ON memberships "
        "FOR EACH ROW EXECUTE FUNCTION name_membership()"
    ),
    (
        "CREATE FUNCTION rename_memberships() RETURNS trigger AS $$ BEGIN "
        f"{_HIMSELF}; RETURN NULL; END $$ LANGUAGE plpgsql"
    ),
    (
        f"CREATE TRIGGER people_renamed AFTER UPDATE OF {', '.join(_COPIED)} ON people FOR EACH ROW "
        f"WHEN ({_IS_NEW}) EXECUTE FUNCTION rename_memberships()"
    ),
)


def upgrade() -> None:
    """Apply the step."""
    for name, length in _COPIED.items():
        by_bytes = sa.String(length=length).with_variant(sa.String(length=length, collation="C"), "postgresql")
        op.add_column("memberships", sa.Column(name, by_bytes, nullable=False, server_default=""))
    op.execute(_FROM_PERSON)
    for name in _COPIED:
        ordered = dict.fromkeys(("group_id", name, "sort_key", "person_id", "id"))
        op.create_index(f"ix_memberships_group_id_{name}", "memberships", list(ordered), unique=False)
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)
