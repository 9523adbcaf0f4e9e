import hashlib
from datetime import date

import pytest

from checkpoint.foundation.datedfiles import digest, in_order
from checkpoint.needs import references
from checkpoint.needs.references import (
    InstrumentUnreadable,
    crosswalk,
    in_use,
    opened,
    packaged,
    parse,
    parse_crosswalk,
)
from checkpoint.needs.states import Pathway

# Written by hand, with the day: what is published never changes.
PUBLISHED = {
    "2015-04-07-starter": "dd8d78a4b0238150cd03e2bc1a1e46f8c26a368d1135fe3cca6c55830d0cf455",
}
CROSSWALKS = {
    "2016-04-01-trial-register": "aff308364606559bd8ab6e75443ff14c3fa2147e67685fb1e0b56eb8de2be573"
}
TEXT = packaged()["2015-04-07-starter"]
STARTER = parse(TEXT)
CROSSING = (references.files("checkpoint.needs") / "crosswalks").joinpath(
    "2016-04-01-trial-register.toml"
)


def test_a_published_instrument_never_changes():
    assert {version: digest(text) for version, text in packaged().items()} == PUBLISHED


def test_a_crosswalk_never_changes():
    text = CROSSING.read_text("utf-8")
    assert {crosswalk().version: hashlib.sha256(text.encode()).hexdigest()} == CROSSWALKS


def test_the_starter_instrument_says_that_it_is_this_softwares_own():
    assert STARTER.source.startswith("This software's own starter instrument")
    assert "Nobody has validated this instrument" in STARTER.note
    assert [part.pathway for part in STARTER.pathways] == [*Pathway]


def test_the_place_for_another_bodys_score_holds_nothing_of_its_content():
    (place,) = STARTER.external_scores
    assert (place.code, place.pathway) == ("crime_pics_score", Pathway.ATTITUDES)
    assert "nothing of it stands here" in place.source


def test_every_pathway_of_the_register_says_what_it_is_read_as():
    found = {entry.code: entry.pathways for entry in crosswalk().entries}
    assert len(found) == 9
    assert found["sexual_exploitation"] == ()
    assert found["alcohol"] == found["drugs"] == (Pathway.DRUGS_AND_ALCOHOL,)
    read = {pathway for pathways in found.values() for pathway in pathways}
    assert {*Pathway} - read == {Pathway.ATTITUDES}
    assert crosswalk().source.startswith("S5")


FAULTS = [
    ('version = "2015-04-07-starter"', 'version = "UPPER"', ["version"]),
    ("[levels]", "[levels", ["line"]),
    ("low = 1", "low = 40", ["levels: low has to begin before medium"]),
    ('pathway = "finance"', 'pathway = "fun"', ["pathways.2.pathway"]),
    (
        'pathway = "finance"',
        'pathway = "health"',
        ["pathways: finance is missing", "pathways: health stands twice"],
    ),
    (
        "valid_from = 2015-04-07",
        "valid_from = 2015-04-07\nvalid_until = 2015-04-07",
        ["valid_until: it ends before it begins"],
    ),
    (
        'code = "home_at_risk"',
        'code = "where_living"',
        ["pathways.0: a question stands twice: where_living"],
    ),
    ('code = "perhaps", label', 'code = "no", label', ["questions.1: an option stands twice: no"]),
    ('{ code = "not_always"', '{ code = "not_known"', ["pathways.2.questions.0: not_known is an"]),
    ("score = 3 }", "score = -3 }", ["pathways.0.questions.0.options.2.score"]),
    ("score = 3 }", "score = 3, extra = 1 }", ["options.2.extra: Extra inputs"]),
    ("lowest = 0", "lowest = 200", ["external_scores.0: its range is empty"]),
]


@pytest.mark.parametrize(("old", "new", "says"), FAULTS, ids=[new for _, new, _ in FAULTS])
def test_an_instrument_that_is_none_is_refused_with_the_place(old, new, says):
    assert old in TEXT
    with pytest.raises(InstrumentUnreadable) as refused:
        parse(TEXT.replace(old, new, 1))
    assert [each for each in says if each not in str(refused.value)] == []


def test_every_fault_is_told_at_once():
    broken = TEXT.replace('pathway = "finance"', 'pathway = "fun"').replace(
        "score = 0", "score = -1"
    )
    with pytest.raises(InstrumentUnreadable) as refused:
        parse(broken)
    assert str(refused.value).count("; ") > 5


def test_a_question_with_one_option_is_none():
    options = '  { code = "no", label = "No", score = 0 },\n  { code = "perhaps", label = "Perhaps", score = 1 },\n'
    assert options in TEXT
    with pytest.raises(InstrumentUnreadable, match=r"questions\.1: it needs two options or more"):
        parse(TEXT.replace(options, "", 1))


def test_a_pathway_that_counts_nothing_is_none():
    before, after = TEXT.split('[[pathways]]\npathway = "drugs_and_alcohol"', 1)
    for score in ("score = 1", "score = 2", "score = 3"):
        before = before.replace(score, "score = 0")
    with pytest.raises(InstrumentUnreadable, match=r"pathways\.0: none of its answers counts"):
        parse(f'{before}[[pathways]]\npathway = "drugs_and_alcohol"{after}')


def test_a_place_for_a_score_stands_once():
    place = TEXT[TEXT.index("[[external_scores]]") :]
    with pytest.raises(InstrumentUnreadable, match="crime_pics_score stands twice"):
        parse(f"{TEXT}\n{place}")


def test_a_crosswalk_that_is_none_is_refused():
    text = CROSSING.read_text("utf-8")
    with pytest.raises(InstrumentUnreadable, match="an entry stands twice: alcohol"):
        parse_crosswalk(text.replace('code = "drugs"', 'code = "alcohol"'))


def test_only_the_very_bytes_that_were_published_are_opened():
    assert opened(TEXT, digest(TEXT)) == STARTER
    with pytest.raises(InstrumentUnreadable, match="the digest differs"):
        opened(TEXT + "#", digest(TEXT))


def test_a_folder_tells_every_fault_with_its_file():
    good = f"{digest(TEXT)}  2015-04-07-starter.toml\n"
    texts = {"SHA256SUMS": good, "2015-04-07-starter.toml": TEXT}
    assert in_order(texts, parse, InstrumentUnreadable) == {"2015-04-07-starter": TEXT}
    faulty = {
        "SHA256SUMS": good.replace("starter", "absent"),
        "2015-04-07-other.toml": TEXT,
        "broken.toml": "[",
    }
    with pytest.raises(InstrumentUnreadable) as refused:
        in_order(faulty, parse, InstrumentUnreadable)
    for fault in (
        "2015-04-07-absent.toml: SHA256SUMS names it and it is not there",
        "2015-04-07-other.toml: it is not named after its version",
        "2015-04-07-other.toml: SHA256SUMS does not have its digest",
        "broken.toml: ",
    ):
        assert fault in str(refused.value)


@pytest.mark.parametrize(
    ("on", "version"),
    [
        (date(2015, 4, 6), None),
        (date(2015, 4, 7), "2015-04-07-starter"),
        (date(2019, 12, 31), "2015-04-07-starter"),
        (date(2020, 1, 1), "next"),
        (date(2021, 1, 1), None),
    ],
)
def test_the_last_instrument_to_have_begun_is_in_use_until_its_last_day(on, version):
    later = STARTER.model_copy(
        update={
            "version": "next",
            "valid_from": date(2020, 1, 1),
            "valid_until": date(2021, 1, 1),
        }
    )
    found = in_use([later, STARTER], on=on)
    assert (found.version if found else None) == version
