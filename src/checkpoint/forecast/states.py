"""The words of a risk forecast. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class RiskBand(StrEnum):
    """How serious an offence is thought likely within two years."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"


class ForecastEvent(StrEnum):
    """The room's events."""

    VIEWED = "forecast.viewed"
    RECORDED = "forecast.recorded"
    READ = "forecast.read"


# Source: domain notes 1.8 (S41: two years; S42: what each class means).
MEANING: Mapping[RiskBand, str] = MappingProxyType(
    {
        RiskBand.LOW: "No offence within two years",
        RiskBand.MODERATE: "An offence within two years, none of them serious",
        RiskBand.HIGH: "A serious offence within two years",
    }
)
