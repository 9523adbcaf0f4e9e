"""The words of what is published. Pure."""

from enum import StrEnum

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
