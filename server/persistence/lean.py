"""Statements that every scan needs, past SQLAlchemy's way of running one, which costs more than the database's answer.

A `Lean` is a statement of SQLAlchemy's like any other. It is put into words once for each kind of engine; from then on
it goes straight to the driver, with the same translation of values both ways that SQLAlchemy's own way has, and with
the same exceptions.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, Select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import UpdateBase

Values = Mapping[str, Any]
Row = Any
"""A tuple whose values have the names of their columns."""
_Translate = Callable[[Any], Any]


class _Worded:
    """A statement in the words of one kind of engine."""

    def __init__(self, statement: Executable, dialect: Dialect, names: Sequence[str]) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=names or None)  # type: ignore[attr-defined]
        assert isinstance(compiled, SQLCompiler), "a statement"
        unfit = compiled.insert_prefetch or compiled.update_prefetch or compiled.post_compile_params
        assert not unfit, "columns with a default of Python's, and IN, are SQLAlchemy's own business"
        self.text = str(compiled)
        types = {name: bind.type for bind, name in compiled.bind_names.items()}
        into = {name: _into(type_, dialect) for name, type_ in types.items()}
        self._into = {name: translate for name, translate in into.items() if translate is not None}
        fixed = {name: bind.value for bind, name in compiled.bind_names.items() if not bind.required}
        self._fixed = {name: self._translated(name, value) for name, value in fixed.items()}
        self._order: Sequence[str] | None = compiled.positiontup if compiled.positional else None
        columns = _columns(statement)
        self._row = _named(column.key or "" for column in columns)
        back = enumerate(_back(column.type, dialect) for column in columns)
        self._back = [(at, translate) for at, translate in back if translate is not None]

    def _translated(self, name: str, value: Any) -> Any:
        translate = self._into.get(name)
        return value if translate is None else translate(value)

    def sent(self, values: Values) -> Any:
        """The values as the driver takes them."""
        given = self._fixed | {name: self._translated(name, value) for name, value in values.items()}
        return given if self._order is None else [given[name] for name in self._order]

    def read(self, row: Sequence[Any]) -> Row:
        """A row of the driver's with values as the models have them."""
        if not self._back:
            return self._row._make(row)
        found = list(row)
        for at, translate in self._back:
            found[at] = translate(found[at])
        return self._row._make(found)


class Lean:
    """A statement that is asked past SQLAlchemy. `names`: the columns an insert is given, in every call the same."""

    def __init__(self, statement: Executable, *names: str) -> None:
        self._statement = statement
        self._names = names
        self._worded: dict[str, _Worded] = {}

    def worded(self, dialect: Dialect) -> _Worded:
        """The statement in the words of an engine."""
        found = self._worded.get(dialect.name)
        if found is None:
            found = self._worded[dialect.name] = _Worded(self._statement, dialect, self._names)
        return found

    def run(self, connection: Connection, values: Values) -> "Answer":
        """Ask, or change. Within `Database.together` the answer can be read after the block, and no sooner."""
        worded = self.worded(connection.dialect)
        cursor: Any = connection.connection.cursor()
        try:
            cursor.execute(worded.text, worded.sent(values))
        except connection.dialect.loaded_dbapi.Error as error:
            raise as_usual(connection.dialect, worded.text, error) from error
        return Answer(worded, cursor)

    def all(self, connection: Connection, values: Values) -> list[Row]:
        """Every row."""
        return self.run(connection, values).all()

    def one(self, connection: Connection, values: Values) -> Row:
        """The row of a question that always has one."""
        return self.run(connection, values).one()


class Answer:
    """What the database said."""

    def __init__(self, worded: _Worded, cursor: Any) -> None:
        self._worded = worded
        self._cursor = cursor

    def all(self) -> list[Row]:
        """Every row."""
        return [self._worded.read(row) for row in self._cursor.fetchall()]

    def one(self) -> Row:
        """The row of a question that always has one."""
        (row,) = self.all()
        return row


def as_usual(dialect: Dialect, text: str, error: Exception) -> BaseException:
    """A driver's error as SQLAlchemy would have raised it; without the values, which are nobody's business."""
    return DBAPIError.instance(text, None, error, dialect.loaded_dbapi.Error, dialect=dialect)


def _named(keys: Iterable[str]) -> Any:
    return namedtuple("Row", keys, rename=True)


def _columns(statement: Executable) -> Sequence[Any]:
    if isinstance(statement, Select):
        return list(statement.selected_columns)
    assert isinstance(statement, UpdateBase), "a question or a change"
    return list(statement.returning_column_descriptions and statement.exported_columns)


def _into(type_: Any, dialect: Dialect) -> _Translate | None:
    found: _Translate | None = type_.dialect_impl(dialect).bind_processor(dialect)
    return found


def _back(type_: Any, dialect: Dialect) -> _Translate | None:
    found: _Translate | None = type_.dialect_impl(dialect).result_processor(dialect, None)
    return found
