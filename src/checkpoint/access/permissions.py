"""The permission vocabulary and the role grants, on one page.

A permission is ``thing:verb``. A role holds what is listed here and nothing else; which rows it
then reaches is each room's ``VISIBLE``: many by suite, one by whatever opens it to them.
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from checkpoint.foundation.actors import Role


class Permission(StrEnum):
    """What may be done, in alphabetical order."""

    ADD_ALIAS = "alias:add"
    ALLOCATE = "allocation:draw"
    ANNOTATE_ALLOCATION = "allocation:annotate"
    ANSWER_CROSSOVER = "crossover:answer"
    ANSWER_HANDOVER = "handover:answer"
    ANSWER_OVERRIDE = "override:answer"
    ANSWER_REFERRAL = "referral:answer"
    ANSWER_UNBLINDING = "unblinding:answer"
    APPROVE_EXTRACT = "extract:approve"
    ASSESS_NEEDS = "needs:assess"
    ASSIGN_NAVIGATOR = "navigator:assign"
    BREAK_GLASS = "break-glass:use"
    BUILD_EXTRACT = "extract:build"
    DECIDE_CONTRACT = "contract:decide"
    DECIDE_ELIGIBILITY = "eligibility:decide"
    DECIDE_REVIEW = "breach-review:decide"
    DECLARE_CONFLICT = "navigator-conflict:declare"
    DETAIN = "custody-record:detain"
    DETERMINE_ELIGIBILITY = "eligibility:determine"
    DOWNLOAD_EXTRACT = "extract:download"
    EDIT_LISTINGS = "listing:edit"
    END_EXTRACT = "extract:end"
    IMPORT_FOLLOW_UP = "follow-up:import"
    IMPORT_TRIAL = "trial:import"
    LIST_CUSTODY_RECORDS = "custody-record:list"
    MANAGE_NAVIGATORS = "navigator:manage"
    MERGE_PEOPLE = "person:merge"
    MONITOR_TRIAL = "trial:monitor"
    OFFER_HANDOVER = "handover:offer"
    OPEN_CUSTODY_RECORD = "custody-record:open"
    PLAN_APPOINTMENT = "appointment:plan"
    PREVIEW_ELIGIBILITY = "eligibility:preview"
    PROPOSE_CROSSOVER = "crossover:propose"
    PROPOSE_OVERRIDE = "override:propose"
    PROPOSE_UNBLINDING = "unblinding:propose"
    RAISE_REVIEW = "breach-review:raise"
    READ_ARM = "arm:read"
    READ_CASELOAD = "caseload:read"
    READ_CASES = "case:read"
    READ_CONSENT = "consent:read"
    READ_CONTRACT = "contract:read"
    READ_CUSTODY_RECORD = "custody-record:read"
    READ_CUTS = "cut:read"
    READ_DETENTION = "detention:read"
    READ_DISPOSAL = "disposal:read"
    READ_ELIGIBILITY = "eligibility:read"
    READ_EVALUATION = "evaluation:read"
    READ_EXTRACTS = "extract:read"
    READ_EXTRACT_REGISTER = "extract-register:read"
    READ_FOLLOW_UP = "follow-up:read"
    READ_LEDGER = "ledger:read"
    READ_LISTINGS = "listing:read"
    READ_ME = "me:read"
    READ_MEASURES = "case-measure:read"
    READ_NEEDS = "needs:read"
    READ_NEXT_STEPS = "next-steps:read"
    READ_OFFER_GAPS = "offer-gaps:read"
    READ_OVERRIDE_RATES = "override-rates:read"
    READ_PERSON = "person:read"
    READ_REFERENCE = "reference:read"
    READ_REFERRALS = "referral:read"
    READ_REFERRAL_REASONS = "referral-reason:read"
    READ_RISK = "risk:read"
    READ_SESSIONS = "session:read"
    READ_TIMELINE = "timeline:read"
    READ_VICTIM = "victim:read"
    READ_WORKLIST = "worklist:read"
    RECORD_CONSENT = "consent:record"
    RECORD_DELIVERY = "delivery:record"
    RECORD_DISPOSAL = "disposal:record"
    RECORD_MEASURE = "case-measure:record"
    RECORD_RISK = "risk:record"
    RECORD_VICTIM = "victim:record"
    REFER = "referral:make"
    RELEASE_FROM_CUSTODY = "custody-record:release"
    REQUEST_EXTRACT = "extract:request"
    RESTRICT_CASE = "restriction:manage"
    REVIEW_GLASS = "break-glass:review"
    SAVE_SCREENING = "custody-record:screen"
    SEARCH_PEOPLE = "person:search"
    SEND_BATCH = "batch:send"
    TAKE_CUT = "cut:take"
    WORK_CONTRACT = "contract:work"
    WORK_SESSIONS = "session:work"


# Whoever has a token, a provider too: who they are, and the codes of a referral's steps.
ANYBODY = frozenset({Permission.READ_ME, Permission.READ_REFERRAL_REASONS})
EVERYONE = ANYBODY | {Permission.READ_REFERENCE}
# Whoever works with people in the suite or in the field.
CASEWORK = EVERYONE | {
    Permission.ASSESS_NEEDS,
    Permission.PLAN_APPOINTMENT,
    Permission.RAISE_REVIEW,
    Permission.READ_CONSENT,
    Permission.READ_CONTRACT,
    Permission.READ_CUSTODY_RECORD,
    Permission.READ_LISTINGS,
    Permission.READ_MEASURES,
    Permission.READ_NEEDS,
    Permission.READ_NEXT_STEPS,
    Permission.READ_REFERRALS,
    Permission.READ_SESSIONS,
    Permission.READ_TIMELINE,
    Permission.READ_WORKLIST,
    Permission.RECORD_MEASURE,
    Permission.SEND_BATCH,
}
# Whoever runs a trial and sees nobody in it.
TRIAL_OFFICE = EVERYONE | {
    Permission.APPROVE_EXTRACT,
    Permission.END_EXTRACT,
    Permission.IMPORT_FOLLOW_UP,
    Permission.MONITOR_TRIAL,
    Permission.READ_CUTS,
    Permission.READ_EXTRACTS,
    Permission.READ_EXTRACT_REGISTER,
    Permission.READ_FOLLOW_UP,
    Permission.SEND_BATCH,
}

GRANTS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.CUSTODY_OFFICER: CASEWORK
        | {
            Permission.ADD_ALIAS,
            Permission.ALLOCATE,
            Permission.ANSWER_CROSSOVER,
            Permission.ANSWER_OVERRIDE,
            Permission.ASSIGN_NAVIGATOR,
            Permission.BREAK_GLASS,
            Permission.DECIDE_ELIGIBILITY,
            Permission.DETAIN,
            Permission.LIST_CUSTODY_RECORDS,
            Permission.OPEN_CUSTODY_RECORD,
            Permission.PREVIEW_ELIGIBILITY,
            Permission.READ_ARM,
            Permission.READ_CASES,
            Permission.READ_DETENTION,
            Permission.READ_DISPOSAL,
            Permission.READ_ELIGIBILITY,
            Permission.READ_PERSON,
            Permission.READ_RISK,
            Permission.READ_VICTIM,
            Permission.RECORD_CONSENT,
            Permission.RECORD_DELIVERY,
            Permission.RECORD_DISPOSAL,
            Permission.RECORD_RISK,
            Permission.RECORD_VICTIM,
            Permission.RELEASE_FROM_CUSTODY,
            Permission.SAVE_SCREENING,
            Permission.SEARCH_PEOPLE,
        },
        Role.SUPERVISOR: CASEWORK
        | {
            Permission.ANNOTATE_ALLOCATION,
            Permission.ANSWER_CROSSOVER,
            Permission.ANSWER_OVERRIDE,
            Permission.ASSIGN_NAVIGATOR,
            Permission.BREAK_GLASS,
            Permission.DECIDE_CONTRACT,
            Permission.DECIDE_REVIEW,
            Permission.DECLARE_CONFLICT,
            Permission.DETERMINE_ELIGIBILITY,
            Permission.LIST_CUSTODY_RECORDS,
            Permission.MANAGE_NAVIGATORS,
            Permission.MERGE_PEOPLE,
            Permission.OFFER_HANDOVER,
            Permission.PREVIEW_ELIGIBILITY,
            Permission.PROPOSE_CROSSOVER,
            Permission.PROPOSE_OVERRIDE,
            Permission.READ_ARM,
            Permission.READ_CASES,
            Permission.READ_DETENTION,
            Permission.READ_DISPOSAL,
            Permission.READ_ELIGIBILITY,
            Permission.READ_OFFER_GAPS,
            Permission.READ_OVERRIDE_RATES,
            Permission.READ_PERSON,
            Permission.READ_RISK,
            Permission.READ_VICTIM,
            Permission.RECORD_CONSENT,
            Permission.RECORD_DELIVERY,
            Permission.RECORD_DISPOSAL,
            Permission.REFER,
            Permission.RESTRICT_CASE,
            Permission.REVIEW_GLASS,
            Permission.SEARCH_PEOPLE,
            Permission.WORK_CONTRACT,
            Permission.WORK_SESSIONS,
        },
        Role.NAVIGATOR: CASEWORK
        | {
            Permission.ANSWER_HANDOVER,
            Permission.DECLARE_CONFLICT,
            Permission.OFFER_HANDOVER,
            Permission.READ_CASELOAD,
            Permission.READ_OFFER_GAPS,
            Permission.REFER,
            Permission.WORK_CONTRACT,
            Permission.WORK_SESSIONS,
        },
        Role.EVALUATOR: EVERYONE
        | {
            Permission.BUILD_EXTRACT,
            Permission.DOWNLOAD_EXTRACT,
            Permission.END_EXTRACT,
            Permission.READ_CUTS,
            Permission.READ_EVALUATION,
            Permission.READ_EXTRACTS,
            Permission.READ_OFFER_GAPS,
            Permission.REQUEST_EXTRACT,
        },
        Role.STATISTICIAN: TRIAL_OFFICE
        | {
            Permission.ANSWER_UNBLINDING,
            Permission.BUILD_EXTRACT,
            Permission.READ_EVALUATION,
            Permission.READ_WORKLIST,
            Permission.TAKE_CUT,
        },
        Role.TRIAL_MANAGER: TRIAL_OFFICE
        | {
            Permission.ANNOTATE_ALLOCATION,
            Permission.IMPORT_TRIAL,
            Permission.PROPOSE_UNBLINDING,
        },
        Role.AUDITOR: EVERYONE
        | {
            Permission.READ_EXTRACTS,
            Permission.READ_EXTRACT_REGISTER,
            Permission.READ_LEDGER,
            Permission.READ_OFFER_GAPS,
            Permission.READ_OVERRIDE_RATES,
        },
        Role.DIRECTORY_EDITOR: EVERYONE
        | {
            Permission.EDIT_LISTINGS,
            Permission.READ_LISTINGS,
            Permission.READ_OFFER_GAPS,
        },
        # From outside the programme: of its code lists, only the reasons that they answer with.
        Role.PROVIDER: ANYBODY | {Permission.ANSWER_REFERRAL},
        Role.OPERATOR: frozenset(),
    }
)

# Doors that tell nothing of anybody, and so leave no entry: code lists, who one is oneself, and
# the batch, whose items each leave their own.
UNLOGGED = EVERYONE | {Permission.SEND_BATCH}

# Doors that show what everybody did, and so need a login proved by a strong method lately.
STRONG = frozenset({Permission.READ_LEDGER})
STRONG_FOR = timedelta(hours=1)


def holds(role: Role, permission: Permission) -> bool:
    """Whether a role may do a thing.

    Args:
        role: any role, the shell's own included.
        permission: what a door asks for.

    Returns:
        True only if ``GRANTS`` lists it; nothing is held by omission.
    """
    return permission in GRANTS[role]
