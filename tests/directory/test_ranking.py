import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime, time
from importlib.resources import files
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.access.authentication import shell_actor
from checkpoint.directory.lookups import loading, lookups, names, references, rules, terms
from checkpoint.directory.lookups.facts import Offered, Sought, Where
from checkpoint.directory.lookups.matching import How, Likeness, likeness
from checkpoint.directory.lookups.ranking import order, ranked
from checkpoint.directory.lookups.states import PlacesRefused
from checkpoint.directory.offers import Offer, Opening, Place
from checkpoint.directory.states import AccessWay
from checkpoint.foundation.database import engine_for
from conftest import NOON, rolled_back

ON = date(2026, 11, 3)
(TEXT,) = references.shipped()
LIST = references.places_in(TEXT)
KNOWN = references.spots(LIST.places)
HERE = Where(54.53, -1.54, "DL1", "darlington")
WHOLE = Offered(
    service_id=uuid4(),
    name="Synthetic Advice",
    pathways=frozenset({"finance", "health"}),
    minimum_age=18,
    maximum_age=30,
    sexes=frozenset({"female"}),
    residence=frozenset({"dl14"}),
    languages=frozenset({"pl"}),
    is_free=True,
    access="walk_in",
    open_then=True,
    maximum=10,
    held=7,
    assured_on=ON,
    places=(HERE,),
)
SILENT = Offered(service_id=uuid4(), name="Silent", is_stale=True)
LIVES = rules.residence_at(KNOWN["dl14"], KNOWN)
SOUGHT = Sought(
    pathways=frozenset({"finance"}),
    place=KNOWN["dl1"],
    within_km=5,
    weekday=2,
    at=time(10, 30),
    age=24,
    sex="female",
    residence=LIVES,
    language="pl",
    is_free=True,
    free_places=True,
    access="walk_in",
)


def of(offered, sought=SOUGHT):
    return next(iter(ranked([offered], sought, known=KNOWN, on=ON)), None)


def test_each_point_is_for_it_or_unknown_and_told_in_a_sentence():
    whole, silent = of(WHOLE), of(SILENT)
    assert (len(whole.why), whole.unknown, whole.behind) == (10, (), ())
    assert (silent.why, len(silent.unknown), len(silent.behind)) == ((), 10, 1)
    told = [*whole.why, *silent.unknown, *silent.behind]
    assert all(not each.words[0].islower() and each.words.endswith(".") for each in told)
    said = {each.point.value: each.words for each in whole.why}
    assert said["free_places"] == "3 of its 10 places are free."
    assert said["place"] == "It is 0.0 km from DL1 as the crow flies."
    assert order(whole) < order(silent)


@pytest.mark.parametrize(
    "against",
    [
        {"pathways": frozenset({"attitudes"})},
        {"places": (Where(54.66, -1.68, None, None),)},
        {"minimum_age": 25},
        {"maximum_age": 23},
        {"sexes": frozenset({"male"})},
        {"residence": frozenset({"darlington"})},
        {"languages": frozenset({"en"})},
        {"is_free": False},
        {"access": "referral"},
        {"held": 10},
    ],
)
def test_what_it_says_against_what_is_sought_excludes_it(against):
    assert of(replace(WHOLE, **against)) is None


def test_all_of_several_pathways_are_asked_for_only_where_that_is_said():
    both = replace(SOUGHT, pathways=frozenset({"finance", "attitudes"}))
    assert of(WHOLE, both) is not None
    assert of(WHOLE, replace(both, every_pathway=True)) is None


def test_a_place_known_roughly_is_not_excluded_by_a_little():
    def far(within_km, *places):
        return of(replace(WHOLE, places=places), replace(SOUGHT, within_km=within_km))

    crook = Where(None, None, "DL15", None)
    assert far(30, crook).far.rough
    assert "by its postcode district or town alone" in far(30, crook).why[0].words
    assert "It may be farther" in far(22, crook).unknown[0].words
    assert far(10, crook) is None
    assert far(10, crook, HERE).far.km == 0
    assert far(10, Where(None, None, "NE1", "newcastle")).far is None
    assert far(30, Where(None, None, None, "crook")).far.rough


def test_a_home_in_a_district_may_be_in_one_of_its_towns():
    def told(*where):
        found = of(replace(WHOLE, residence=frozenset(where)))
        return found and [each.point.value for each in found.unknown]

    assert told("county durham") == told("e06000047") == told("dl14") == []
    assert told("bishop auckland") == told("atlantis") == ["residence"]
    assert told("dl5") is None
    assert rules.residence_at(None, KNOWN) is None


def test_full_far_stale_and_long_unassured_rank_behind_in_that_order():
    asked = Sought(place=KNOWN["dl1"])
    near = replace(WHOLE, places=(HERE,))
    behind = [
        near,
        replace(near, service_id=uuid4(), assured_on=date(2026, 1, 1)),
        replace(near, service_id=uuid4(), is_stale=True),
        replace(near, service_id=uuid4(), places=(Where(54.66, -1.68, None, None),)),
        replace(near, service_id=uuid4(), held=10),
        replace(near, service_id=uuid4(), places=()),
    ]
    found = ranked(reversed(behind), asked, known=KNOWN, on=ON)
    assert [each.offered for each in found] == behind
    assert "28 January 2026" in of(replace(SILENT, assured_on=date(2026, 1, 28))).behind[0].words
    assert of(replace(WHOLE, held=10), asked).behind[0].point.value == "free_places"
    assert len(of(WHOLE, replace(SOUGHT, at=None)).why) == 10
    assert len(of(replace(WHOLE, access=None), Sought(access="referral")).unknown) == 1
    referred = of(replace(WHOLE, access="both"), Sought(access="referral"))
    assert referred.why[0].words == "People can be referred."


@given(st.permutations([WHOLE, SILENT, replace(WHOLE, service_id=UUID(int=1))]))
def test_the_order_does_not_depend_on_how_they_came(offers):
    found = ranked(offers, SOUGHT, known=KNOWN, on=ON)
    assert [each.offered.service_id for each in found] == [
        UUID(int=1), WHOLE.service_id, SILENT.service_id,
    ]  # fmt: skip


def test_words_are_alike_by_root_slip_and_sound():
    assert names.root("tenancies") == names.root("tenancy")
    assert names.root("housing") == names.root("house") == names.root("houses")
    assert (names.root("stress"), names.root("bus"), names.root("debt")) == (
        "stress",
        "bus",
        "debt",
    )
    assert names.slips("bus") == {"bus"}
    assert names.slips("tenancy") & names.slips("tencany")
    assert names.sound("advice") == names.sound("advise")
    assert names.sound("oh") == ""
    assert names.words("help for the needy, help") == ("needy",)
    stored = set(names.keys("tenancy trust", "tenancy trust for oh dear"))
    assert {"tenanc", "=TNNS", "-tenan", "dear"} <= stored
    assert names.asked_keys("oh") == ("oh", frozenset({"oh", "-oh"}))


def test_how_plainly_an_offer_says_a_word_is_told():
    def how(asked, title, *, said=False):
        return likeness([asked], [said], title).hows[0]

    assert how("tenancies", "tenancy advice") == (How.NAMED, "tenancy")
    assert how("tenancy", "advice", said=True) == (How.SAID, "tenancy")
    assert how("tenncy", "tenancy advice") == (How.NAMED_NEARLY, "tenancy")
    assert how("befriendnig", "befriending") == (How.NAMED_NEARLY, "befriending")
    assert how("kownsel", "counsel") == (How.NAMED_NEARLY, "counsel")
    assert how("fizeoh", "") == (How.SOUNDS, "fizeoh")
    every = tuple((each, "x") for each in How)
    asked = of(replace(WHOLE, likeness=Likeness(every)), replace(SOUGHT, words=("x",) * 4))
    assert asked.key[0] == 6
    assert len([each for each in asked.why if each.point.value == "words"]) == 4


def test_what_is_not_said_is_a_word_of_the_index_too():
    empty = dict.fromkeys(
        [
            "organization_name",
            "minimum_age",
            "maximum_age",
            "sexes",
            "languages",
            "is_free",
            "access",
            "residence",
            "valid_from",
            "valid_until",
        ]
    )
    bare = Offer(name="X", search_text="x", pathways=(), is_active=True, **empty)
    points = ("pathway", "age", "sex", "residence", "language", "cost", "access", "spot", "open")
    assert set(terms.facets(bare)) == {f"{point}:?" for point in points}
    full = replace(
        bare,
        pathways=("finance",),
        minimum_age=18.0,
        is_free=False,
        access=AccessWay.BOTH,
        places=(Place(uuid4(), latitude=54.5, longitude=-1.5),),
        openings=(Opening(2), Opening(3, valid_until=ON)),
    )
    assert {"cost:paid", "access:walk_in", "access:referral", "open:2", "open:3", "age:said"} <= {
        *terms.facets(full)
    }
    assert not {"open:?", "spot:?", "pathway:?"} & {*terms.facets(full)}
    passing = replace(full, access=AccessWay.WALK_IN, openings=(Opening(3, valid_until=ON),))
    assert {"open:?", "access:walk_in"} <= {*terms.facets(passing)}
    assert terms.search_keys(replace(bare, organization_name="Trust"))


def test_rounds_widen_from_what_is_known():
    assert terms.rounds(Sought()) == [[("assured", frozenset(), True)]]
    assert terms.rounds(Sought(age=30)) == [
        [("assured", {"age", "age_told"}, False)],
        [("assured", {"age"}, True)],
    ]
    (known, anything) = terms.rounds(SOUGHT)
    assert [way for way, _, _ in known] == ["near", "unplaced"]
    assert (known[0][2], anything[0][2]) == (False, True)
    assert {"lives", "box"} <= known[0][1]
    assert "elsewhere" in anything[0][1]
    worded = terms.rounds(replace(SOUGHT, words=("x",), every_pathway=True))
    assert [("said" in asked, unknowns) for ((_, asked, unknowns),) in worded] == [
        (True, False), (True, True), (False, False), (False, True),
    ]  # fmt: skip
    assert terms.rounds(Sought(words=("x",)))[0][0][1] == {"said"}
    assert terms.rounds(Sought(place=KNOWN["dl1"]))[0][0][1] == frozenset()
    given_ = terms.given_of(replace(SOUGHT, words=("debt", "tenancy")))
    assert (given_["root_0"], given_["root_3"]) == ("debt", "tenanc")
    assert given_["west"] < KNOWN["dl1"].longitude < given_["east"]
    every = terms.groups(given_, frozenset({"all_pathways"}), unknowns=True)
    assert (every["pathways"], every["sex"]) == (["pathway:finance"], ["sex:female", "sex:?"])


def test_the_places_that_ship_are_as_they_were_written_and_all_are_found():
    folder = files("checkpoint.directory") / "lookups" / "places"
    subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=folder, check=True, capture_output=True)
    assert references.wider(KNOWN["bishop auckland"], KNOWN) == {
        "bishop auckland", "dl14", "county durham", "durham county", "e06000047",
    }  # fmt: skip
    assert references.near_in_spelling("Newton Aycliff", KNOWN)[0] == "Newton Aycliffe"
    assert references.near_in_spelling("qqq", KNOWN) == []
    durham, darlington = KNOWN["durham"], KNOWN["darlington"]
    km = references.km_between(
        (durham.latitude, durham.longitude), (darlington.latitude, darlington.longitude)
    )
    assert 28 < km < 31


ONE = """
version = "own"
made_on = 2026-11-01
source = "Made up for tests."
[[places]]
name = "Atlantis"
kind = "locality"
latitude = 1.0
longitude = 2.0
"""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("version =", "Invalid value"),
        (ONE.replace("1.0", "91.0"), "places.0.latitude"),
        (ONE + 'also = ["atlantis"]', "stands twice"),
        (ONE + 'within = ["Lemuria"]', "Add the places that others are within: Lemuria"),
    ],
)
def test_a_list_of_places_that_is_wrong_is_refused_with_where(text, told):
    with pytest.raises(PlacesRefused, match=told):
        loading.readable(text)


async def test_an_operators_list_takes_the_place_of_the_one_in_use(owner):
    async with rolled_back(owner) as session:
        assert await loading.load(session, by=shell_actor(), at=NOON) == 0
        await loading.publish(session, ONE, by=shell_actor(), at=datetime.now(UTC))
        assert [*await lookups.known_places(session)] == ["atlantis"]
        assert [row.number for row in await lookups.place_lists(session)] == [1, 2]
        with pytest.raises(PlacesRefused, match="another version"):
            await loading.publish(session, ONE, by=shell_actor(), at=NOON)


async def test_where_no_list_stands_the_one_that_ships_is_loaded(database):
    engine = engine_for(database, role=None, pool_size=1)
    async with rolled_back(engine) as session:
        connection = await session.connection()
        await connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        await connection.execute(sa.text("DELETE FROM directory_place"))
        await connection.execute(sa.text("DELETE FROM directory_place_list"))
        await connection.execute(sa.text("SET LOCAL session_replication_role = origin"))
        assert await loading.load(session, by=shell_actor(), at=NOON) == 1
    await engine.dispose()


def test_an_offer_on_no_pathway_comes_behind_one_on_the_pathway_that_is_sought():
    pathless = replace(WHOLE, pathways=frozenset(), service_id=uuid4())
    unplaced = replace(SILENT, pathways=WHOLE.pathways, service_id=uuid4())
    sought = Sought(pathways=WHOLE.pathways, place=SOUGHT.place)
    found = ranked([pathless, unplaced], sought, known=KNOWN, on=ON)
    assert [each.offered.service_id for each in found] == [unplaced.service_id, pathless.service_id]
