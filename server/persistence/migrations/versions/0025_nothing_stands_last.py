"""Who has no company or trade stands last in the lists sorted by it: kept so, the order needs no sorting."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_NAMES = ("sort_key", "company_key", "sector_key")
_LAST = "\U0010ffff"
"""Behind every letter, in the order of bytes."""


def _of(source: str) -> list[str]:
    """What a membership keeps of these columns."""
    return [
        f"{source}.{name}" if name == "sort_key" else f"COALESCE(NULLIF({source}.{name}, ''), '{_LAST}')"
        for name in _NAMES
    ]


def _set(source: str) -> str:
    return "UPDATE memberships SET " + ", ".join(
        f"{name} = {value}" for name, value in zip(_NAMES, _of(source), strict=True)
    )


_FROM_PERSON = _set("people") + " FROM people WHERE people.id = memberships.person_id"
_HIMSELF = _set("NEW") + " WHERE person_id = NEW.id"
_IS_NEW = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in _NAMES)

_SQLITE = (
    "DROP TRIGGER memberships_named",
    "DROP TRIGGER memberships_moved",
    "DROP TRIGGER people_renamed",
    (
        "CREATE TRIGGER memberships_named AFTER INSERT ON memberships "
        f"BEGIN {_FROM_PERSON} AND memberships.id = NEW.id; END"
    ),
    (
        "CREATE TRIGGER memberships_moved AFTER UPDATE OF person_id ON memberships "
        f"WHEN NEW.person_id <> OLD.person_id BEGIN {_FROM_PERSON} AND memberships.id = NEW.id; END"
    ),
    (
        f"CREATE TRIGGER people_renamed AFTER UPDATE OF {', '.join(_NAMES)} ON people "
        f"WHEN {_IS_NEW} BEGIN {_HIMSELF}; END"
    ),
)
_POSTGRESQL = (
    (
        "CREATE OR REPLACE FUNCTION name_membership() RETURNS trigger AS $$ BEGIN "
        f"SELECT {', '.join(_of('people'))} INTO {', '.join(f'NEW.{name}' for name in _NAMES)} "
        "FROM people WHERE id = NEW.person_id; "
        "RETURN NEW; END $$ LANGUAGE plpgsql"
    ),
    (
        "CREATE OR REPLACE FUNCTION rename_memberships() RETURNS trigger AS $$ BEGIN "
        f"{_HIMSELF}; RETURN NULL; END $$ LANGUAGE plpgsql"
    ),
)


def upgrade() -> None:
    """Apply the step."""
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)
    op.execute(_FROM_PERSON)
