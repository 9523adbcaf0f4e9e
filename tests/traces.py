"""What a request left behind, read as the owner of the tables."""

from typing import Any
from uuid import UUID

import httpx
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from checkpoint.audit.tables import AuditEntry

KEPT = (
    "person",
    "custody_record",
    "alleged_offence",
    "screening",
    "movement",
    "movement_withdrawal",
    "bail_variation",
    "detention_entry",
    "eligibility_decision",
)
KEPT += ("determination", "eligibility_override", "override_answer")
KEPT += ("officer_risk_view", "risk_forecast")
KEPT += ("consent_draft", "consent_asking", "consent", "consent_withdrawal")
KEPT += ("needs_draft", "needs_assessment", "needs_pathway", "needs_answer", "needs_statement")
KEPT += ("crossover", "crossover_answer", "programme_start", "deviation", "disposal")
KEPT += ("navigator", "navigator_clearance", "navigator_absence", "navigator_provider")
KEPT += ("navigator_conflict", "navigator_conflict_withdrawal", "navigator_assignment")
KEPT += ("navigator_handover", "navigator_handover_answer", "navigator_cover")
KEPT += ("navigator_reassignment",)
KEPT += ("case_restriction", "case_restriction_name", "broken_glass", "broken_glass_review")
KEPT += ("contract", "contract_step", "contract_terms", "contract_condition")
KEPT += ("contract_signature",)
KEPT += ("appointment", "appointment_cancellation", "attendance", "person_contact")
KEPT += ("written_warning", "warning_ground", "appointment_feed")
KEPT += ("condition_entry", "condition_entry_withdrawal", "breach_review", "breach_decision")
KEPT += ("directory_listing", "directory_listing_version", "directory_capacity")
KEPT += ("directory_chase", "directory_crosswalk", "directory_offer")
KEPT += ("victim_challenge", "victim_challenge_decision")
KEPT += ("referral", "referral_step", "referral_disclosure", "referral_session")
KEPT += ("offer_shown", "no_provider", "no_provider_withdrawal")
KEPT += (
    "safeguard",
    "co_accused",
    "screening_omission",
    "victim",
    "victim_contact",
    "kept_answer",
    "changed_value",
    "person_alias",
    "person_name_key",
    "identity_choice",
    "person_merge",
    "person_parting",
    "allocation",
    "arm_reading",
    "allocation_annotation",
    "enrolment",
)


async def entries(owner: AsyncEngine, *answers: httpx.Response) -> list[Any]:
    """The ledger's rows of these answers' requests."""
    ids = [UUID(answer.headers["x-request-id"]) for answer in answers]
    rows = sa.select(AuditEntry.__table__).where(sa.column("request_id").in_(ids))
    async with owner.connect() as connection:
        return [*await connection.execute(rows)]


async def counts(owner: AsyncEngine, *tables: str) -> dict[str, int]:
    """How many rows each table of people and cases has."""
    each = ", ".join(f"(SELECT count(*) FROM {table}) AS {table}" for table in tables or KEPT)
    async with owner.connect() as connection:
        return dict((await connection.execute(sa.text(f"SELECT {each}"))).one()._mapping)
