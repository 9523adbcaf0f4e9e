"""What is measured of a case, and in which range. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from checkpoint.foundation import errors


class MeasuringEvent(StrEnum):
    """The alcove's events."""

    RECORDED = "case_measure.recorded"
    LISTED = "case_measure.listed"


class CaseMeasureKind(StrEnum):
    """What is measured."""

    VICTIM_SATISFACTION = "victim_satisfaction"
    WELLBEING = "wellbeing"
    COST = "cost"


class CostKind(StrEnum):
    """What a cost was for."""

    STAFF_TIME = "staff_time"
    PROVIDER = "provider"
    OTHER = "other"


LABELS: Mapping[StrEnum, str] = MappingProxyType(
    {
        CaseMeasureKind.VICTIM_SATISFACTION: "How satisfied a victim is, 1 (not at all) to 5",
        CaseMeasureKind.WELLBEING: "Wellbeing by WEMWBS, 14 to 70",
        CaseMeasureKind.COST: "What the case cost, in pence",
        CostKind.STAFF_TIME: "Staff time",
        CostKind.PROVIDER: "A provider",
        CostKind.OTHER: "Something else",
    }
)


class CaseMeasureNotFound(errors.NotFound):
    slug = "case-measure-not-found"
    title = "There is no such measure of this case that you may see"


class CaseMeasureCorrected(errors.Conflict):
    slug = "case-measure-corrected"
    title = "This measure was put right already"
