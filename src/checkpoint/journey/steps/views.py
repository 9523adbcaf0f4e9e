"""The steps that no contract tells: of a case that was started, and what a reader may do of them."""

from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID

from checkpoint.access.permissions import Permission, holds
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.schemas import NextStep
from checkpoint.journey.steps.states import Work

# By where the work stands, what comes first.
STARTS: Mapping[Work, tuple[str, ...]] = MappingProxyType(
    {Work.UNASSIGNED: ("assign_navigator",), Work.UNCONTRACTED: ("draft_contract",)}
)
WITHDREW = "Consent to the programme does not stand."
WORKER = "Your role does not allow this; ask the case's navigator or a supervisor."
# Each is a POST to the case, but for the offers; its door's own permission, and whom else to ask.
STEPS: Mapping[str, tuple[str, Permission, str]] = MappingProxyType(
    {
        "assign_navigator": (
            "navigator",
            Permission.ASSIGN_NAVIGATOR,
            "Your role does not allow this; ask a supervisor.",
        ),
        "draft_contract": ("contracts", Permission.WORK_CONTRACT, WORKER),
        "plan_appointment": ("appointments", Permission.PLAN_APPOINTMENT, WORKER),
        "record_contact": ("contacts", Permission.WORK_SESSIONS, WORKER),
        "read_service_offers": ("service-offers", Permission.READ_REFERRALS, WORKER),
        "make_referral": ("referrals", Permission.REFER, WORKER),
        "record_no_provider": ("no-provider-available", Permission.REFER, WORKER),
        "end_assignment": (
            "navigator/end",
            Permission.MANAGE_NAVIGATORS,
            "Your role does not allow this; ask a supervisor.",
        ),
    }
)


def case_step(name: str, record_id: UUID, *, by: Actor) -> NextStep:
    """One thing that may be done with a case that is worked, for a reader who knows that it is."""
    noun, lock, otherwise = STEPS[name]
    allowed = holds(by.role, lock)
    return NextStep(
        step=name,
        method="POST",
        href=f"/v1/custody-records/{record_id}/{noun}",
        allowed=allowed,
        why_not=None if allowed else otherwise,
    )


def none_now(step: NextStep) -> NextStep:
    """The same while the person takes part no longer: nobody drafts a contract for them."""
    if step.step != "draft_contract":
        return step
    return step.model_copy(update={"allowed": False, "why_not": WITHDREW})
