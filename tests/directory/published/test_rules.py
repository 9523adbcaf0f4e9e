from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.directory.published.rules import (
    LONGEST,
    LONGEST_MINIMAL,
    Pages,
    Postcode,
    details,
    holds,
    moment_of,
    postcode_of,
    size_of,
    tag_of,
    words_of,
)

ASKED = {
    "edition": 7,
    "day": date(2026, 11, 3),
    "base": "https://checkpoint.example",
    "path": "/open-referral/v3/services",
    "query": b"page=2",
    "build": "1 abc",
}


def test_a_tag_is_another_one_whenever_the_answer_might_be():
    changed = {
        "edition": 8,
        "day": date(2026, 11, 4),
        "base": "http://checkpoint.example",
        "path": "/open-referral/v3/organizations",
        "query": b"page=3",
        "build": "1 abd",
    }
    tags = {tag_of(**ASKED | {name: value}) for name, value in changed.items()}
    assert len(tags | {tag_of(**ASKED)}) == len(changed) + 1
    assert tag_of(**ASKED) == tag_of(**ASKED)
    assert len(tag_of(**ASKED)) == 34


def test_a_tag_is_held_among_others_and_as_a_weak_one():
    for header in ('"a"', 'W/"a"', '"b", "a"', ' "a" '):
        assert holds(header, '"a"')
        assert holds(header, 'W/"a"')
    assert not any(holds(header, '"a"') for header in ("", "*", "a", '"b"', '"a'))


@pytest.mark.parametrize(
    ("total", "page", "on_it", "expected"),
    [
        (0, 1, 0, (0, True, True, True)),
        (3, 1, 2, (2, True, False, False)),
        (3, 2, 1, (2, False, True, False)),
        (3, 9, 0, (2, False, True, True)),
    ],
)
def test_a_page_tells_all_that_the_standard_asks(total, page, on_it, expected):
    told = Pages(total, page, 2).told(["one"] * on_it)
    names = ("total_pages", "first_page", "last_page", "empty")
    assert tuple(told[name] for name in names) == expected
    assert (told["total_items"], told["page_number"], told["size"]) == (total, page, on_it)
    assert len(told["contents"]) == on_it
    assert len(told) == 8


def test_links_lead_to_the_pages_beside_and_keep_what_was_asked():
    asked = [("search", "a&b"), ("page", "2")]
    at = "/services?search=a%26b&page="
    links = Pages(5, 2, 2).links("/services", asked)
    assert links == (
        f'<{at}1>; rel="first", <{at}1>; rel="prev", <{at}3>; rel="next", <{at}3>; rel="last"'
    )
    assert 'rel="next"' not in Pages(5, 3, 2).links("/services", [])
    assert Pages(5, 9, 2).links("/s", []).count("page=3") == 2
    assert Pages(0, 1, 2).links("/s", []) == '</s?page=1>; rel="first", </s?page=1>; rel="last"'


@given(st.integers(0, 500), st.integers(1, 60))
def test_there_are_as_many_pages_as_are_needed_and_one_is_the_last(total, size):
    pages = [Pages(total, page, size) for page in range(1, max(1, Pages(total, 1, size).count) + 1)]
    assert (len(pages) - 1) * size < max(total, 1) <= len(pages) * size
    assert [each.told([])["last_page"] for each in pages] == [False] * (len(pages) - 1) + [True]


def test_a_page_is_as_long_as_asked_but_no_longer_than_is_good():
    assert [size_of(n, minimal=False) for n in (None, 7, 1_000_000)] == [50, 7, LONGEST]
    assert [size_of(n, minimal=True) for n in (None, 7, 1_000_000)] == [
        LONGEST_MINIMAL,
        7,
        LONGEST_MINIMAL,
    ]


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-03-31T09:30:00Z", datetime(2026, 3, 31, 9, 30, tzinfo=UTC)),
        ("2026-03-31t09:30:00.5z", datetime(2026, 3, 31, 9, 30, 0, 500_000, tzinfo=UTC)),
        ("2026-03-31T09:30:00+01:00", datetime(2026, 3, 31, 8, 30, tzinfo=UTC)),
        ("2026-03-31T09:30:00 01:00", datetime(2026, 3, 31, 8, 30, tzinfo=UTC)),
        ("2026-03-31T09:30:00", datetime(2026, 3, 31, 8, 30, tzinfo=UTC)),
        ("2026-03-31", datetime(2026, 3, 30, 23, tzinfo=UTC)),
    ],
)
def test_an_instant_without_an_offset_is_londons(text, instant):
    assert moment_of(text) == instant


@pytest.mark.parametrize(
    "text", ["", "yesterday", "1774949400", "2026-13-01", "2026-02-30T10:00Z", "20260331"]
)
def test_what_is_no_instant_is_refused(text):
    with pytest.raises(ValueError):
        moment_of(text)


def test_words_are_sought_as_they_stand_and_without_accents():
    assert words_of("Café  100%_\\ CAFÉ") == ["%cafe%", r"%100\%\_\\%"]
    assert words_of("  ") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("DH1 3AF", Postcode("DH1", "DH1 3", "DH1 3AF")),
        (" dh13af ", Postcode("DH1", "DH1 3", "DH1 3AF")),
        ("DH13 4AB", Postcode("DH13", "DH13 4", "DH13 4AB")),
        ("DH1 3", Postcode("DH1", "DH1 3")),
        ("SW1A", Postcode("SW1A")),
        ("DL14", Postcode("DL14")),
    ],
)
def test_a_postcode_is_read_whole_or_begun(text, found):
    assert postcode_of(text) == found
    assert all(found.parts[-1].startswith(part) for part in found.parts)


@pytest.mark.parametrize("text", ["", "DH", "Durham", "DH1 3A", "1DH", "DH1 3AFX"])
def test_what_begins_no_postcode_is_refused(text):
    with pytest.raises(ValueError):
        postcode_of(text)


def test_the_widest_part_of_a_postcode_is_its_area():
    assert postcode_of("DH1 3AF").parts == ["DH", "DH1", "DH1 3", "DH1 3AF"]


def test_the_details_name_the_standard_and_an_absolute_address():
    told = details("https://checkpoint.example")
    assert told["version"] == "HSDS-UK-3.0"
    assert told["openapi_url"] == "https://checkpoint.example/open-referral/v3/openapi.json"
    assert told["profile"].startswith("https://github.com/OpenReferralUK/uk-profile/")
