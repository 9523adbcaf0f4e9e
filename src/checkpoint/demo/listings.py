"""A made-up directory: who offers what on each pathway, where, when and for whom. Pure, and seeded.

The towns are real; every provider, address, number and hour is invented, and says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from checkpoint.demo.week import Chance

MARK = "Synthetic"
MADE_UP = "Synthetic: made up for `checkpoint demo`; nobody offers this."
NEXT_SEED = 3_000_017
WEEK = "MO,TU,WE,TH,FR"
LANGUAGES: Mapping[str, str] = MappingProxyType({"en": "English", "pl": "Polish", "ro": "Romanian"})
# How many days before the first day somebody said that a service holds; two of them are stale then
# or soon.
ASSURED_AGO = (12, 30, 300, 5, 20, 45, 110)
FEWEST_PLACES, MOST_PLACES = 1, 4


@dataclass(frozen=True)
class Town:
    """Where services are given: to two decimals, some hundred metres."""

    name: str
    district: str
    latitude: float
    longitude: float


TOWNS = (
    Town("Durham", "DH1", 54.78, -1.57),
    Town("Darlington", "DL1", 54.53, -1.55),
    Town("Bishop Auckland", "DL14", 54.66, -1.68),
    Town("Peterlee", "SR8", 54.76, -1.34),
    Town("Consett", "DH8", 54.85, -1.83),
    Town("Newton Aycliffe", "DL5", 54.62, -1.58),
    Town("Chester-le-Street", "DH3", 54.86, -1.57),
)
DISTRICTS = tuple(town.district for town in TOWNS)
PROVIDERS = (
    *("Synthetic Doorstep Housing", "Synthetic Clearwater Recovery", "Synthetic Pennywise Advice"),
    *("Synthetic Ladder Skills", "Synthetic Kinfolk Families", "Synthetic Fellside Health"),
    "Synthetic Second Look",
)


@dataclass(frozen=True, kw_only=True)
class Made:
    """One made-up service. ``provider`` is a place in ``PROVIDERS``; None is not said."""

    pathway: str
    name: str
    about: str
    provider: int
    at: Sequence[str]
    days: str = WEEK
    hours: tuple[str, str] = ("09:30", "16:30")
    ages: tuple[int | None, int | None] = (18, None)
    sexes: Sequence[str] = ()
    residence: Sequence[str] = ()
    languages: Sequence[str] = ("en",)
    pounds: int | None = 0
    access: str = "referral"
    counted: bool = True  # whether it says how many places it has


SERVICES = (
    Made(pathway="accommodation", name="Tenancy advice", about="Keeping a tenancy, and rent arrears.", provider=0, at=("DH1", "DL1"), access="both", languages=("en", "pl")),
    Made(pathway="accommodation", name="Supported rooms", about="A room with support for six months.", provider=0, at=("DL14",), ages=(18, 65), residence=("bishop auckland",)),
    Made(pathway="drugs_and_alcohol", name="Recovery group", about="A weekly group for people who want to stop.", provider=1, at=("DH1", "SR8", "DL1"), days="TU,TH", hours=("18:00", "20:00"), access="both"),
    Made(pathway="drugs_and_alcohol", name="Alcohol key work", about="Twelve meetings with one worker.", provider=1, at=("DL1", "DL5"), languages=("en", "pl")),
    Made(pathway="drugs_and_alcohol", name="Evening drop-in", about="Talk to somebody, no appointment.", provider=5, at=("DH8",), days="MO,WE", hours=("17:00", "19:30"), access="walk_in", counted=False),
    Made(pathway="finance", name="Debt advice", about="Debts listed, and creditors spoken to.", provider=2, at=("DH1", "DL1", "SR8"), languages=("en", "pl", "ro")),
    Made(pathway="finance", name="Budgeting course", about="Four mornings about a household's money.", provider=2, at=("DH3",), days="WE", hours=("10:00", "12:00"), pounds=5),
    Made(pathway="education_and_employment", name="Into work", about="A worker who helps to find a job and keep it.", provider=3, at=("DH1", "DL5", "DL14"), ages=(18, 66)),
    Made(pathway="education_and_employment", name="Reading and numbers", about="Small classes for adults.", provider=3, at=("SR8",), days="MO,TH", access="both", pounds=None),
    Made(pathway="children_and_families", name="Parenting course", about="Ten evenings for parents.", provider=4, at=("DL1",), days="TU", hours=("18:00", "20:00")),
    Made(pathway="children_and_families", name="Mothers' group", about="A morning group.", provider=4, at=("DH1",), days="FR", hours=("10:00", "12:00"), sexes=("female",)),
    Made(pathway="health", name="Talking therapy", about="Six to twelve meetings for low mood and worry.", provider=5, at=("DH1", "DL1", "DL14"), languages=("en", "pl")),
    Made(pathway="health", name="Health check", about="A nurse, an hour, and what follows from it.", provider=5, at=("SR8", "DH8"), access="both", counted=False),
    Made(pathway="attitudes", name="Thinking ahead", about="Eight sessions on what comes before an offence.", provider=6, at=("DH1", "SR8"), days="WE", hours=("13:00", "15:00")),
    Made(pathway="attitudes", name="Young adults' mentoring", about="A mentor for people up to 25.", provider=6, at=("DL1", "DH3"), ages=(18, 25)),
)  # fmt: skip


def organization(number: int) -> dict[str, Any]:
    """What the directory says of a provider.

    Args:
        number: its place in ``PROVIDERS``.
    """
    name = PROVIDERS[number]
    return {
        "name": name,
        "description": MADE_UP,
        "email": f"office@provider-{number + 1}.example",
        "website": f"https://provider-{number + 1}.example/",
        "phones": [_phone(number)],
    }


def _phone(number: int) -> dict[str, Any]:
    """A number that Ofcom keeps for stories."""
    return {"number": f"01632 9600{number + 10}", "type": "voice"}


def location(town: Town) -> dict[str, Any]:
    """What the directory says of a place; its street and the end of its postcode are invented."""
    address = {
        "address_1": "1 Made-up Street",
        "city": town.name,
        "state_province": "Darlington" if town.name == "Darlington" else "County Durham",
        "postal_code": f"{town.district} 9ZZ",
        "country": "GB",
        "address_type": "physical",
    }
    return {
        "location_type": "physical",
        "name": f"{MARK} centre, {town.name}",
        "description": MADE_UP,
        "latitude": town.latitude,
        "longitude": town.longitude,
        "addresses": [address],
        "accessibility": [{"description": "A ramp and a lift (made up)"}],
    }


def service(
    number: int,
    *,
    organization_id: str,
    locations: Mapping[str, str],
    term_id: str,
    assured_on: date,
) -> dict[str, Any]:
    """What the directory says of a service.

    Args:
        number: its place in ``SERVICES``.
        organization_id: its provider's, in the directory.
        locations: ids by postcode district.
        term_id: of its pathway.
        assured_on: when somebody last said that it holds.

    Returns:
        Its document in the words of the standard; what is not said is left out.
    """
    made = SERVICES[number]
    least, most = made.ages
    opens, closes = made.hours
    hours = {"freq": "WEEKLY", "byday": made.days, "opens_at": opens, "closes_at": closes}
    said: dict[str, Any] = {
        "name": f"{MARK} {made.name[0].lower()}{made.name[1:]}",
        "description": f"{made.about} {MADE_UP}",
        "status": "active",
        "organization_id": organization_id,
        "url": f"https://provider-{made.provider + 1}.example/{number + 1}",
        "eligibility_description": "Adults of County Durham and Darlington (made up).",
        "minimum_age": least,
        "maximum_age": most,
        "eligible_sexes": [*made.sexes],
        "eligible_residence": [*made.residence],
        "access_way": made.access,
        "assured_date": assured_on.isoformat(),
        "attributes": [
            {"link_type": "pathway", "link_entity": "service", "taxonomy_term_id": term_id}
        ],
        "languages": [{"name": LANGUAGES[code], "code": code} for code in made.languages],
        "contacts": [{"title": "Front desk", "phones": [_phone(number + 20)]}],
        "service_areas": [{"name": "County Durham and Darlington"}],
        "service_at_locations": [
            {"location_id": locations[district], "schedules": [hours]} for district in made.at
        ],
    }
    if made.pounds is not None:
        said["cost_options"] = [{"option": "Each time", "amount": made.pounds, "currency": "GBP"}]
    return {name: value for name, value in said.items() if value not in (None, [])}


def assured_on(number: int, seed: int, *, first_day: date) -> date:
    """When somebody last said that a service holds.

    Args:
        number: its place in ``SERVICES``.
        seed: the same seed gives the same days.
        first_day: of the months that are played.

    Returns:
        A day before the first; for some so long before that they are stale at once or soon.
    """
    return first_day - timedelta(days=ASSURED_AGO[(number + seed) % len(ASSURED_AGO)])


def places(number: int, seed: int) -> int | None:
    """How many places a service has; None where it does not say.

    Args:
        number: its place in ``SERVICES``.
        seed: the same seed gives the same places.

    Returns:
        One to four.

    Source: none; invented small, so that some are full and people wait.
    """
    if not SERVICES[number].counted:
        return None
    return Chance(seed * NEXT_SEED + number).between(FEWEST_PLACES, MOST_PLACES)
