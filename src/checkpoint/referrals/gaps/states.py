"""The words of the summary and of the gaps. Pure."""

from enum import StrEnum


class GapsEvent(StrEnum):
    """The alcove's events."""

    SUMMARISED = "referral.summary_read"
    GAPS_READ = "referral.gaps_read"
    GAPS_PRINTED = "referral.gaps_printed"
