"""The alcove's code lists."""

from fastapi import APIRouter

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.contracts.sessions.states import (
    LABELS,
    AppointmentKind,
    AppointmentState,
    AskedBy,
    ChangeReason,
    ContactBy,
    ExcuseReason,
    Outcome,
    PlaceKind,
    WarningHow,
)
from checkpoint.foundation.codelists import list_doors

router = APIRouter(prefix="/v1/reference", tags=["reference"])

TITLES = {
    "appointment-kinds": ("What an appointment is for", AppointmentKind),
    "appointment-places": ("Where an appointment is, by kind", PlaceKind),
    "appointment-states": ("Where an appointment stands", AppointmentState),
    "appointment-askers": ("Who asks to move or cancel an appointment", AskedBy),
    "appointment-changes": ("Why an appointment is moved or cancelled", ChangeReason),
    "attendance-outcomes": ("Whether somebody came", Outcome),
    "attendance-excuses": ("Why lateness or absence is excused", ExcuseReason),
    "contact-seekers": ("Who sought a contact", ContactBy),
    "warning-ways": ("How a written warning reaches somebody", WarningHow),
}

list_doors(
    router,
    holding(Permission.READ_REFERENCE),
    {
        name: (title, "This service.", [(code.value, LABELS[code]) for code in codes])
        for name, (title, codes) in TITLES.items()
    },
)
