"""The code lists of work with victims."""

from fastapi import APIRouter

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.custody.states import label
from checkpoint.foundation.codelists import list_doors
from checkpoint.victims.states import (
    ContactChannel,
    ContactResult,
    NotificationKind,
    RestorativeWish,
    VictimStance,
    WithdrawalReason,
)

router = APIRouter(prefix="/v1/reference", tags=["reference"])

TITLES = {
    "contact-channels": ("How somebody is reached", ContactChannel),
    "contact-results": ("What came of reaching somebody", ContactResult),
    "victim-stances": ("What a victim says", VictimStance),
    "restorative-wishes": ("Wishes for a restorative approach", RestorativeWish),
    "victim-notifications": ("What a victim has to be told", NotificationKind),
    "victim-withdrawal-reasons": ("Why the entry of a victim is withdrawn", WithdrawalReason),
}

list_doors(
    router,
    holding(Permission.READ_REFERENCE),
    {
        name: (title, "This programme.", [(code.value, label(code)) for code in codes])
        for name, (title, codes) in TITLES.items()
    },
)
