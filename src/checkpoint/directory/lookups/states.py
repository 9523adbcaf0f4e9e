"""The words of look-ups. Pure."""

from enum import StrEnum

from checkpoint.foundation import errors


class LookupEvent(StrEnum):
    """The alcove's events."""

    LOOKED_UP = "directory.looked_up"
    PLACES_PUBLISHED = "directory.places_published"


class PathwayMatch(StrEnum):
    """Whether an offer has to be for one of several pathways, or for all of them."""

    ANY = "any"
    ALL = "all"


class SoughtSex(StrEnum):
    """A sex that offers are for."""

    FEMALE = "female"
    MALE = "male"


class SoughtAccess(StrEnum):
    """How somebody would come to an offer."""

    WALK_IN = "walk_in"
    REFERRAL = "referral"


class PlaceKind(StrEnum):
    """What a place of the list of places is."""

    DISTRICT = "district"
    LOCALITY = "locality"
    AREA = "area"


class OfferPoint(StrEnum):
    """What an offer and what is sought are compared by."""

    PATHWAY = "pathway"
    WORDS = "words"
    PLACE = "place"
    OPEN = "open"
    AGE = "age"
    SEX = "sex"
    RESIDENCE = "residence"
    LANGUAGE = "language"
    COST = "cost"
    FREE_PLACES = "free_places"
    ACCESS = "access"
    ASSURED = "assured"


class PlacesRefused(errors.Unprocessable):
    slug = "places-refused"
    title = "This list of places cannot be published"
