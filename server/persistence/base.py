"""What every table shares: naming of constraints, UTC times, enums by value, uids and the privacy mark.

No column exists without a mark: what it holds, what for, how long, and what erasure does to it. The marks are
`server.domain.privacy` values; a house test walks the metadata and fails on a bare column.
"""

import secrets
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import DateTime, Dialect, Enum, ForeignKey, Integer, MetaData, String, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, MappedColumn, mapped_column

from server.domain.privacy import Privacy
from server.persistence import marks

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_uid() -> str:
    """80 random bits as 16 Crockford characters; the only id that leaves the server."""
    number = secrets.randbits(80)
    return "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(75, -1, -5))


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC. Naive values are refused on the way in; what comes out is always aware."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time and store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive time reached the database")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give an aware UTC time back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def by_value(kind: type[StrEnum]) -> Enum:
    """An enum stored as its value in a plain text column, the same on both databases."""
    return Enum(kind, native_enum=False, length=24, values_callable=lambda e: [m.value for m in e])


class Base(DeclarativeBase):
    """Root of all models."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def col(type_: Any, mark: Privacy, **options: Any) -> MappedColumn[Any]:
    """A column with its privacy mark."""
    return mapped_column(type_, info={"privacy": mark}, **options)


def key() -> MappedColumn[Any]:
    """The integer key inside the database."""
    return mapped_column(Integer, primary_key=True, info={"privacy": marks.KEY})


def uid() -> MappedColumn[Any]:
    """The random id for URLs, JSON and exports."""
    return mapped_column(String(16), unique=True, default=new_uid, info={"privacy": marks.KEY})


def to(target: str, mark: Privacy = marks.LINK, *, ondelete: str = "CASCADE", **options: Any) -> MappedColumn[Any]:
    """A foreign key with an index, so that both directions are cheap."""
    options.setdefault("index", True)
    return mapped_column(ForeignKey(target, ondelete=ondelete), info={"privacy": mark}, **options)
