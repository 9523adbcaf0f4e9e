"""What is taken for granted where a feed does not say it, and what is never taken over. Pure."""

from collections.abc import Callable
from typing import Any

Said = Callable[[str, str], None]
OLDEST = 150


def personal(word: str, part: dict[str, Any]) -> str | None:
    """Why a part is left out for whom it names.

    Args:
        word: what it is, such as ``contact``.
        part: as the feed has it.

    Returns:
        The reason; None where it names nobody.
    """
    if word == "contact" and isinstance(part.get("name"), str) and part["name"].strip():
        return "a contact that names one person; left out"
    return None


def service(made: dict[str, Any], said: Said) -> None:
    """Ages that are no ages are unknown; a service that does not say so is active.

    Args:
        made: the part, mended so far; it is changed.
        said: takes a field and what was taken for granted of it.
    """
    for name in ("minimum_age", "maximum_age"):
        if name in made and not 0 <= made[name] <= OLDEST:
            said(name, "no age; taken as unknown")
            del made[name]
    if made.get("minimum_age", 0) > made.get("maximum_age", OLDEST):
        said("minimum_age", "above the maximum; both taken as unknown")
        del made["minimum_age"], made["maximum_age"]
    if "status" not in made:
        said("status", "not said; taken as active")
        made["status"] = "active"


def location(made: dict[str, Any], said: Said) -> None:
    """Where no place is, and what kind of place it is.

    Args:
        made: the part, mended so far; it is changed.
        said: takes a field and what was taken for granted of it.
    """
    there = made.get("latitude"), made.get("longitude")
    if there != (None, None):
        latitude, longitude = (1000 if each is None else each for each in there)
        if abs(latitude) > 90 or abs(longitude) > 180 or there == (0, 0):
            said("latitude", "no place on the map; left out")
            made.pop("latitude", None)
            made.pop("longitude", None)
    if made and "location_type" not in made:
        said("location_type", "not said; taken as physical")
        made["location_type"] = "physical"


def address(made: dict[str, Any], said: Said) -> None:
    """A line that is missing is taken from its neighbours; without a postcode it is no address.

    Args:
        made: the part, mended so far; it is changed.
        said: takes a field and what was taken for granted of it.
    """
    if "postal_code" not in made:
        return
    for name, others in (
        ("city", ("region", "state_province", "address_2", "address_1")),
        ("address_1", ("address_2", "city")),
        ("state_province", ("region", "city")),
    ):
        found = next((made[other] for other in others if other in made), None)
        if name not in made and found is not None:
            said(name, "not said; taken from the line beside it")
            made[name] = found
    for name, value in (("country", "GB"), ("address_type", "physical")):
        if name not in made:
            said(name, f"not said; taken as {value}")
            made[name] = value


def named(made: dict[str, Any], said: Said) -> None:
    """What the standard wants described is described by its name.

    Args:
        made: the part, mended so far; it is changed.
        said: takes a field and what was taken for granted of it.
    """
    if "name" in made and "description" not in made:
        said("description", "not said; its name stands for it")
        made["description"] = made["name"]


def identifier(made: dict[str, Any], said: Said) -> None:
    """An identifier's scheme tells its type.

    Args:
        made: the part, mended so far; it is changed.
        said: takes a field and what was taken for granted of it.
    """
    if "identifier_scheme" in made and "identifier_type" not in made:
        said("identifier_type", "not said; its scheme stands for it")
        made["identifier_type"] = made["identifier_scheme"]


def capacity(made: dict[str, Any], said: Said) -> None:
    """Fewer than no places are no number of places.

    Args:
        made: the part, mended so far; it is changed.
        said: takes a field and what was taken for granted of it.
    """
    if made.get("available", 0) < 0:
        said("available", "fewer than none; left out")
        del made["available"]


FILLED: dict[str, dict[str, Any]] = {
    "service": {"rule": service, "personal": ("assurer_email",)},
    "location": {"rule": location},
    "address": {"rule": address, "personal": ("attention",)},
    "organization": {"rule": named},
    "taxonomy": {"rule": named},
    "taxonomy_term": {"rule": named},
    "program": {"rule": named},
    "organization_identifier": {"rule": identifier},
    "service_capacity": {"rule": capacity},
}
