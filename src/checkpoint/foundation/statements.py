"""Statements that are worked out once, because nearly every request puts them."""

from collections import namedtuple
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa


class Prepared:
    """A statement whose SQL, parameters and columns SQLAlchemy works out at its first use.

    Executed the ordinary way it is looked up, bound and described anew each time, which costs
    more than the driver does. What was worked out goes the same way as any other statement: on
    the session's connection, in its transaction, with SQLAlchemy's errors.

    Args:
        statement: a select whose columns have names of their own, or an insert; without ``IN``
            lists and defaults made in Python, since those depend on what is given.
        columns: of an insert, those that are given.
    """

    def __init__(self, statement: Any, *columns: str) -> None:
        self.statement, self._columns = statement, columns
        self._worked_out: _WorkedOut | None = None

    def put(self, connection: sa.Connection, given: Mapping[str, Any]) -> Sequence[Any]:
        """Execute it with a value for each of its parameters.

        Returns:
            The rows that a select found; none of an insert.

        Raises:
            KeyError: a parameter was not given.
        """
        if self._worked_out is None:
            self._worked_out = _WorkedOut(self.statement, self._columns, connection.dialect)
        return self._worked_out.put(connection, given)


class _WorkedOut:
    """The SQL of one statement, and what its types make of values on their way in and out."""

    def __init__(self, statement: Any, columns: Sequence[str], dialect: sa.Dialect) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=columns or None)
        if compiled.post_compile_params or compiled.insert_prefetch:
            raise ValueError("This statement's SQL depends on what is given.")
        self._sql = str(compiled)
        self._into = [
            (bind, bind.type.dialect_impl(dialect).bind_processor(dialect))
            for bind in (compiled.binds[name] for name in compiled.positiontup or ())
        ]
        shown = [*getattr(statement, "selected_columns", ())]
        self._names = [column.key for column in shown]
        self._types = [column.type.dialect_impl(dialect) for column in shown]
        self._row: Any = None

    def put(self, connection: sa.Connection, given: Mapping[str, Any]) -> Sequence[Any]:
        values = [
            (given[bind.key] if bind.required else bind.effective_value, process)
            for bind, process in self._into
        ]
        sent = tuple(process(value) if process else value for value, process in values)
        found = connection.exec_driver_sql(self._sql, sent)
        if not found.returns_rows:
            return ()
        if self._row is None:
            self._describe(found)
        rows = found.fetchall()
        return [self._read(row) for row in rows] if self._out_of else [*map(self._row._make, rows)]

    def _describe(self, found: sa.CursorResult[Any]) -> None:
        """Learn from the first result of which types the database says its columns are."""
        if [*found.keys()] != self._names:
            raise ValueError("This statement's columns have no names of their own.")
        processors = [
            kind.result_processor(found.dialect, column[1])
            for kind, column in zip(self._types, found.cursor.description, strict=True)
        ]
        self._out_of = [(place, made) for place, made in enumerate(processors) if made]
        self._row = namedtuple("Row", self._names)  # type: ignore[misc]  # noqa: PYI024 - known only now

    def _read(self, row: sa.Row[Any]) -> Any:
        values = [*row]
        for place, process in self._out_of:
            values[place] = process(values[place])
        return self._row._make(values)
