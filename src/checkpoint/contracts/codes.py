"""The room's code lists."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from fastapi import APIRouter

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.contracts.agreements.states import LABELS as AGREED
from checkpoint.contracts.agreements.states import (
    CompletionRule,
    ConditionKind,
    SignatureRole,
    SigningWay,
    TermsKind,
    TermsReason,
)
from checkpoint.contracts.states import LABELS, ContractState, Fallback, StepReason
from checkpoint.foundation.codelists import list_doors

router = APIRouter(prefix="/v1/reference", tags=["reference"])
HERE = "This service."
PAGE = "The force's page on the contract to engage (domain notes 1.5)."


def _labels(values: Iterable[StrEnum], labels: Mapping[StrEnum, str]) -> list[tuple[str, str]]:
    return [(value.value, labels[value]) for value in values]


list_doors(
    router,
    holding(Permission.READ_REFERENCE),
    {
        "contract-states": ("Where a contract stands", HERE, _labels(ContractState, LABELS)),
        "contract-step-reasons": (
            "Why a contract took a step",
            HERE,
            _labels(StepReason, LABELS),
        ),
        "contract-fallbacks": (
            "What follows where a contract is not completed",
            "Domain notes 1.5.",
            _labels(Fallback, LABELS),
        ),
        "contract-terms-kinds": ("What terms are", HERE, _labels(TermsKind, AGREED)),
        "contract-terms-reasons": ("Why terms were drafted", HERE, _labels(TermsReason, AGREED)),
        "contract-condition-kinds": (
            "What a condition of a contract is about",
            PAGE,
            _labels(ConditionKind, AGREED),
        ),
        "contract-completion-rules": (
            "What makes a condition met",
            HERE,
            _labels(CompletionRule, AGREED),
        ),
        "contract-signature-roles": (
            "Who signs a contract",
            HERE,
            _labels(SignatureRole, AGREED),
        ),
        "contract-signing-ways": ("How somebody signs", HERE, _labels(SigningWay, AGREED)),
    },
)
