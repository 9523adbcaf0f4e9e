"""Equality monitoring in words. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

CHARACTERISTICS: Mapping[str, str] = MappingProxyType(
    {
        "ethnicity": "Self-defined ethnicity, in broad groups",
        "sex": "Sex",
        "age_band": "Age band",
        "suite": "Suite; for whoever was allocated, the stratum",
    }
)
# A cut keeps neither why ethnicity is missing nor that somebody was asked.
NOT_STATED: Mapping[str, str] = MappingProxyType(
    {
        "ethnicity": "Who declined to say and whose ethnicity was not recorded; a cut does not tell "
        "them apart.",
        "sex": "Whose sex is not known.",
        "age_band": "Whose age is not known.",
        "suite": "Whose suite is not known.",
    }
)
GATES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "screened": ("Screened", "of those arrested"),
        "eligible": ("Found eligible", "of those screened"),
        "consented": ("Consented", "of those found eligible"),
        "allocated": ("Allocated", "of those who consented"),
        "given": (
            "Given the arm they were allocated to",
            "of those allocated of whom the cut tells what they were given, all arms together",
        ),
        "completed": ("Completed", "of those with something to complete, all arms together"),
    }
)
METHOD = (
    "The relative rate index is a group's rate as a multiple of the reference group's; 1 where both "
    "went on as often. An index away from 1 says that groups fare differently at this gate, and not "
    "why."
)
CONTROLLED = (
    "Counts under 10 are suppressed, with others that they could be worked out from; the rest are "
    "rounded to 5, and rates and indexes are made from these."
)
EXACT = "Exact, for the trial's statistician; not to leave the force."
SUPPRESSED = "Suppressed: a count under 10, or one that such a count could be worked out from."
NOT_KNOWN = "Not known of anybody: the cut does not tell what people of this group were given."
NOTHING_BEFORE = (
    "The programme tells nothing of who came to the gates before allocation by these groups."
)
