"""The code lists of a person's particulars, from which clients build their forms."""

from enum import StrEnum

from fastapi import APIRouter

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.foundation.codelists import list_doors
from checkpoint.people.states import (
    LOCAL_AUTHORITIES,
    CorrectionReason,
    EthnicityMissingReason,
    ObservedEthnicity,
    SelfDefinedEthnicity,
    Sex,
    label,
)

router = APIRouter(prefix="/v1/reference", tags=["reference"])


def _labels(values: type[StrEnum]) -> list[tuple[str, str]]:
    return [(value.value, label(value)) for value in values]


list_doors(
    router,
    holding(Permission.READ_REFERENCE),
    {
        "sexes": ("Sex", "Criminal Justice System data standards.", _labels(Sex)),
        "self-defined-ethnicities": (
            "Ethnicity, as the person defines it",
            "18+1, after the census of 2011.",
            _labels(SelfDefinedEthnicity),
        ),
        "ethnicity-missing-reasons": (
            "Why ethnicity is not stated",
            "This programme.",
            _labels(EthnicityMissingReason),
        ),
        "observed-ethnicities": (
            "Ethnicity, as an officer saw it",
            "PNC identity codes.",
            _labels(ObservedEthnicity),
        ),
        "local-authorities": (
            "Local authorities; others by their GSS code",
            "Office for National Statistics.",
            [*LOCAL_AUTHORITIES.items()],
        ),
        "correction-reasons": (
            "Why something on record is put right",
            "This programme.",
            _labels(CorrectionReason),
        ),
    },
)
