"""Statements that are worked out once."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from checkpoint.foundation.database import rows_of, text_enum, transaction
from checkpoint.foundation.statements import Prepared


class Colour(StrEnum):
    GREEN = "green"


VALUES = {
    "id": uuid4(),
    "ids": [uuid4(), uuid4()],
    "day": date(2026, 11, 3),
    "colour": Colour.GREEN,
    "share": Decimal("0.25"),
    "facts": {"known": None, "codes": ["a"]},
    "nothing": None,
}
TYPES = {
    "id": sa.Uuid(),
    "ids": ARRAY(sa.Uuid()),
    "day": sa.Date(),
    "colour": text_enum(Colour, "colour"),
    "share": sa.Numeric(),
    "facts": JSONB(),
    "nothing": sa.Integer(),
}
EVERYTHING = sa.select(
    *(sa.cast(sa.bindparam(name, type_=kind), kind).label(name) for name, kind in TYPES.items())
)
NUMBER = sa.bindparam("number", type_=sa.Integer())


async def test_values_go_in_and_come_out_as_their_types_say(session):
    (row,) = await rows_of(session, Prepared(EVERYTHING), **VALUES)
    assert row._asdict() == VALUES
    assert type(row.colour) is Colour


async def test_columns_without_names_of_their_own_are_refused(session):
    with pytest.raises(ValueError, match="names"):
        await rows_of(session, Prepared(sa.select(sa.literal(1), sa.literal(2))))


async def test_it_stands_in_the_sessions_transaction(api):
    number = sa.select(sa.func.pg_current_xact_id().cast(sa.String).label("number"))
    async with transaction(api) as session:
        (first,) = await rows_of(session, Prepared(number))
        (second,) = await rows_of(session, number)
    assert first.number == second.number


async def test_it_does_not_run_without_what_it_asks_for(session):
    with pytest.raises(KeyError):
        await rows_of(session, Prepared(sa.select(NUMBER.label("number"))))


async def test_a_value_of_its_own_needs_not_be_given(session):
    (row,) = await rows_of(session, Prepared(sa.select(sa.literal(7).label("seven"))))
    assert row.seven == 7


async def test_what_goes_wrong_is_an_error_of_sqlalchemys_without_the_values(session):
    with pytest.raises(sa.exc.DBAPIError) as fault:
        await rows_of(session, Prepared(sa.select((1 // NUMBER).label("part"))), number=0)
    assert fault.value.orig.sqlstate == "22012"
    assert fault.value.hide_parameters


async def test_a_statement_that_depends_on_what_is_given_is_refused(session):
    some = sa.select(sa.literal(1).label("one")).where(sa.literal(1).in_([1, 2]))
    with pytest.raises(ValueError, match="depends"):
        await rows_of(session, Prepared(some))


async def test_an_insert_that_needs_a_default_made_in_python_is_refused(session):
    table = sa.Table(
        "thing", sa.MetaData(), sa.Column("a", sa.Integer), sa.Column("b", sa.Integer, default=1)
    )
    with pytest.raises(ValueError, match="depends"):
        await rows_of(session, Prepared(table.insert(), "a"), a=1)
