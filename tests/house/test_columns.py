from sqlmodel import SQLModel

from checkpoint.foundation.disclosure import Disclosure

COLUMNS = [column for table in SQLModel.metadata.tables.values() for column in table.columns]


def test_every_column_says_how_much_it_discloses_and_what_it_means():
    silent = [
        str(column)
        for column in COLUMNS
        if not isinstance(column.info.get("disclosure"), Disclosure) or not column.comment
    ]
    assert silent == []
    assert len(COLUMNS) > 90


def test_everything_about_a_person_is_at_least_indirect():
    person = SQLModel.metadata.tables["person"]
    safe = {c.name for c in person.columns if c.info["disclosure"] is Disclosure.SAFE}
    assert safe == set()


def test_every_pair_of_when_and_who_is_set_together_or_not_at_all():
    pairs = {
        (table.name, column.name.removesuffix("_at"))
        for table in SQLModel.metadata.tables.values()
        for column in table.columns
        if column.name.endswith("_at")
        and column.nullable
        and column.name.removesuffix("_at") + "_by" in table.columns
    }
    assert ("custody_record", "released") in pairs
    for table, word in pairs:
        checks = {str(c.name) for c in SQLModel.metadata.tables[table].constraints}
        assert f"ck_{table}_{word}_pair" in checks, (table, word)
