"""The words of what is published. Pure."""

from enum import StrEnum

from pydantic import JsonValue

from checkpoint.foundation import errors


class Format(StrEnum):
    """In which form a list is answered.

    Source: HSDS 3.0, API reference.
    """

    JSON = "json"
    NDJSON = "ndjson"


class Form(StrEnum):
    """How much of each listing is answered.

    Source: HSDS 3.0, parameters ``minimal`` and ``full``.
    """

    MINIMAL = "minimal"
    BRIEF = "brief"
    FULL = "full"


class ListingGone(errors.Gone):
    slug = "listing-gone"
    title = "This listing was withdrawn"


class AnswerTooLong(errors.Unprocessable):
    slug = "answer-too-long"
    title = "That would be more than one answer holds"


class PostcodeUnknown(errors.Unprocessable):
    slug = "postcode-unknown"
    title = "It is not known where this postcode lies"

    def __init__(self) -> None:
        remedy = "Ask for a postcode in which the directory knows an address, or leave it out."
        fault: JsonValue = {"pointer": "query:postcode", "code": self.slug, "detail": remedy}
        super().__init__(remedy, errors=[fault])
