"""People in depth: words to search by, sectors with seats, pairs that are two people, saved columns, past visits."""

import sqlalchemy as sa
from alembic import op

from server.domain import names
from server.persistence.base import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_WORDS_SQLITE = (
    "INSERT INTO person_words (word, person_id) SELECT DISTINCT substr(value, 1, 120), NEW.id "
    "FROM json_each('[\"' || replace(NEW.search_key, ' ', '\",\"') || '\"]') WHERE value <> ''"
)
_SQLITE = (
    f"CREATE TRIGGER people_words_added AFTER INSERT ON people BEGIN {_WORDS_SQLITE}; END",
    (
        "CREATE TRIGGER people_words_changed AFTER UPDATE OF search_key ON people "
        "WHEN NEW.search_key <> OLD.search_key "
        f"BEGIN DELETE FROM person_words WHERE person_id = NEW.id; {_WORDS_SQLITE}; END"
    ),
)
_POSTGRESQL = (
    (
        "CREATE FUNCTION write_person_words() RETURNS trigger AS $$ BEGIN "
        "IF TG_OP = 'UPDATE' THEN DELETE FROM person_words WHERE person_id = NEW.id; END IF; "
        "INSERT INTO person_words (word, person_id) SELECT DISTINCT left(word, 120), NEW.id "
        "FROM regexp_split_to_table(NEW.search_key, ' ') AS word WHERE word <> ''; "
        "RETURN NULL; END $$ LANGUAGE plpgsql"
    ),
    "CREATE TRIGGER people_words_added AFTER INSERT ON people FOR EACH ROW EXECUTE FUNCTION write_person_words()",
    (
        "CREATE TRIGGER people_words_changed AFTER UPDATE OF search_key ON people FOR EACH ROW "
        "WHEN (NEW.search_key IS DISTINCT FROM OLD.search_key) EXECUTE FUNCTION write_person_words()"
    ),
)


def upgrade() -> None:
    """Apply the step."""
    _columns()
    _tables()
    connection = op.get_bind()
    people = sa.table("people", *map(sa.column, ("id", "company", "sector", "company_key", "sector_key", "search_key")))
    rows = connection.execute(sa.select(people.c.id, people.c.company, people.c.sector)).all()
    for key, company, sector in rows:
        folded = {"company_key": names.folded(company)[:160], "sector_key": names.folded(sector)[:120]}
        connection.execute(sa.update(people).where(people.c.id == key).values(folded))
    for statement in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)
    # Written anew with a blank behind it and then as it was, every search key passes the trigger.
    op.execute("UPDATE people SET search_key = search_key || ' '")
    op.execute("UPDATE people SET search_key = rtrim(search_key)")


def _by_bytes(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length=length).with_variant(sa.String(length=length, collation="C"), "postgresql")


def _columns() -> None:
    for name, length in (("markets", 300), ("interests", 300), ("stories", 1000)):
        op.add_column("people", sa.Column(name, sa.String(length=length), nullable=False, server_default=""))
    for name, length in (("company_key", 160), ("sector_key", 120)):
        op.add_column("people", sa.Column(name, _by_bytes(length), nullable=False, server_default=""))
        op.create_index(op.f(f"ix_people_{name}"), "people", [name], unique=False)
    op.add_column("people", sa.Column("merged_at", UtcDateTime(timezone=True), nullable=True))
    op.add_column("groups", sa.Column("visits_allowed", sa.Integer(), nullable=False, server_default="2"))


def _link(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE")


def _table(name: str, *parts: sa.schema.SchemaItem, indexed: tuple[str, ...] = ()) -> None:
    op.create_table(name, *parts)
    for column in indexed:
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column], unique=False)


def _tables() -> None:
    _table(
        "person_words",
        sa.Column("word", _by_bytes(120), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        _link("person_words", "person_id", "people"),
        sa.PrimaryKeyConstraint("word", "person_id", name=op.f("pk_person_words")),
        indexed=("person_id",),
    )
    _table(
        "journal_people",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("beside", sa.Boolean(), nullable=False),
        _link("journal_people", "entry_id", "journal"),
        _link("journal_people", "person_id", "people"),
        sa.PrimaryKeyConstraint("entry_id", "person_id", name=op.f("pk_journal_people")),
        indexed=("person_id",),
    )
    _table(
        "two_people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        _link("two_people", "group_id", "groups"),
        _link("two_people", "first_id", "people"),
        _link("two_people", "other_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_two_people")),
        sa.UniqueConstraint("group_id", "first_id", "other_id", name=op.f("uq_two_people_group_id_first_id_other_id")),
        indexed=("first_id", "other_id"),
    )
    _table(
        "sectors",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=16), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("key", _by_bytes(120), nullable=False),
        sa.Column("has_seat", sa.Boolean(), nullable=False),
        _link("sectors", "group_id", "groups"),
        _link("sectors", "parent_id", "sectors"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sectors")),
        sa.UniqueConstraint("group_id", "key", name=op.f("uq_sectors_group_id_key")),
        sa.UniqueConstraint("uid", name=op.f("uq_sectors_uid")),
        indexed=("parent_id",),
    )
    _table(
        "sector_affinities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=16), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        _link("sector_affinities", "group_id", "groups"),
        _link("sector_affinities", "first_id", "sectors"),
        _link("sector_affinities", "other_id", "sectors"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sector_affinities")),
        sa.UniqueConstraint("first_id", "other_id", name=op.f("uq_sector_affinities_first_id_other_id")),
        sa.UniqueConstraint("uid", name=op.f("uq_sector_affinities_uid")),
        indexed=("group_id", "other_id"),
    )
    _table(
        "saved_columns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.Column("chosen", sa.Text(), nullable=False),
        sa.Column("saved_at", UtcDateTime(timezone=True), nullable=False),
        _link("saved_columns", "group_id", "groups"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_columns")),
        sa.UniqueConstraint("group_id", "signature", name=op.f("uq_saved_columns_group_id_signature")),
    )
    _table(
        "past_visits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("who_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        _link("past_visits", "group_id", "groups"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past_visits")),
        sa.UniqueConstraint("group_id", "who_hash", name=op.f("uq_past_visits_group_id_who_hash")),
    )
