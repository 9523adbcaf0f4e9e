"""The code lists of a detention."""

from fastapi import APIRouter

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.custody.codes import labels
from checkpoint.custody.detention.states import (
    EntryKind,
    ExtendingAuthority,
    PauseReason,
    PostponementReason,
    ReviewOfficer,
)
from checkpoint.custody.movements.states import (
    BailAuthority,
    BailChange,
    LateReason,
    MovementKind,
    ReleaseKind,
    ReturnReason,
    WithdrawalReason,
)
from checkpoint.foundation.codelists import list_doors

router = APIRouter(prefix="/v1/reference", tags=["reference"])

list_doors(
    router,
    holding(Permission.READ_REFERENCE),
    {
        "release-kinds": ("Ways to be released", "PACE 1984.", labels(ReleaseKind)),
        "return-reasons": (
            "Why somebody is back",
            "PACE 1984 ss.46A and 47.",
            labels(ReturnReason),
        ),
        "movement-kinds": ("Comings and goings", "This service.", labels(MovementKind)),
        "bail-authorities": (
            "Who may extend or vary bail",
            "PACE 1984 ss.47ZA to 47ZG; how long each may is not checked.",
            labels(BailAuthority),
        ),
        "bail-changes": ("Why bail was extended or varied", "This service.", labels(BailChange)),
        "withdrawal-reasons": (
            "Why a movement never was one",
            "This service.",
            labels(WithdrawalReason),
        ),
        "detention-entries": (
            "What the clock hears of",
            "PACE 1984 ss.40 to 44.",
            labels(EntryKind),
        ),
        "review-officers": ("Who may review", "PACE 1984 s.40(1).", labels(ReviewOfficer)),
        "extending-authorities": (
            "Who may extend detention",
            "PACE 1984 ss.42 to 44.",
            labels(ExtendingAuthority),
        ),
        "postponement-reasons": (
            "Why a review is put off",
            "PACE 1984 s.40(4).",
            labels(PostponementReason),
        ),
        "pause-reasons": ("Why the clock stands still", "PACE 1984 s.41(6).", labels(PauseReason)),
        "late-reasons": ("Why something is entered late", "This service.", labels(LateReason)),
    },
)
