"""What the monitor counts, in words, and what the cases of a stage should have on record. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

COUNTED: Mapping[str, str] = MappingProxyType(
    {
        "screened": "Cases whose screening was first saved while the trial was open, at one of its "
        "suites.",
        "eligible": "Cases that came to eligible while the trial was open: by the rules, by a "
        "supervisor, or by a confirmed override; each once, in the first week it did, whatever came "
        "of it later.",
        "consented": "Cases in which consent to the programme and to the research had both been given, "
        "while the trial was open; each once, whether or not it was taken back since.",
        "allocated": "People who were allocated, none ever taken away, in the suite of their stratum.",
    }
)
STAGES: Mapping[str, str] = MappingProxyType(
    {
        "eligible": "Cases that came to eligible while the trial was open, at its suites.",
        "allocated": "Cases that were allocated in the trial.",
    }
)
KNOWN: Mapping[str, str] = MappingProxyType(
    {
        "age": "A date of birth, or an estimated age.",
        "sex": "Sex.",
        "self_defined_ethnicity": "Ethnicity as the person defines it, or why it is not stated.",
        "self_defined_ethnicity_stated": "Ethnicity as the person defines it, stated.",
        "observed_ethnicity": "Ethnicity as an officer saw it.",
        "local_authority": "Where the person lives.",
        "safeguards": "Whether an appropriate adult and an interpreter are needed.",
        "officer_risk_view": "The officer's own view of the risk.",
        "risk_forecast": "What the forecasting tool said.",
        "consent_to_programme": "An answer about the programme.",
        "consent_to_research": "An answer about the research.",
        "consent_to_information_sharing": "An answer about sharing information.",
    }
)
