"""Who signs, and when. Pure."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from checkpoint.contracts.agreements.states import (
    ApprovedByTheNavigator,
    ApprovedTooEarly,
    SignatureRole,
    SignedAlready,
)
from checkpoint.custody.movements.rules import check_past
from checkpoint.foundation.errors import RuleBroken


def check_signing(role: SignatureRole, *, by: UUID, signed: Mapping[SignatureRole, UUID]) -> None:
    """Each of the three signs once; the approval comes last, and from another than the navigator.

    Args:
        role: as whom somebody signs.
        by: who enters it.
        signed: who entered the signatures there are.

    Raises:
        SignedAlready, ApprovedTooEarly, ApprovedByTheNavigator: they may not.
    """
    if role in signed:
        raise SignedAlready("Read the contract again: its other signatures may be missing.")
    if role is not SignatureRole.SUPERVISOR:
        return
    if not is_ready(signed):
        raise ApprovedTooEarly("Have the person and the navigator sign first.")
    if signed[SignatureRole.NAVIGATOR] == by:
        raise ApprovedByTheNavigator("Another person approves what a navigator agreed to.")


def check_signed_at(signed_at: datetime, *, since: datetime, now: datetime) -> None:
    """A signature comes after the person's start, or the contract's, and not in the future.

    Args:
        signed_at: when it was given.
        since: the start of the programme; for a change, of the contract.
        now: the present.

    Raises:
        RuleBroken: in-the-future or signed-too-early.
    """
    check_past(signed_at, now=now, field="#/signed_at")
    if signed_at < since:
        raise RuleBroken(
            "#/signed_at", "signed-too-early", "This is before the programme or contract began."
        )


def is_ready(roles: Collection[SignatureRole]) -> bool:
    """Whether all have signed whose signatures the approval rests on."""
    return {SignatureRole.PERSON, SignatureRole.NAVIGATOR} <= {*roles}


def is_signed(roles: Collection[SignatureRole]) -> bool:
    """Whether all three have signed."""
    return {*roles} == {*SignatureRole}
