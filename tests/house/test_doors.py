"""The role x route table, written by hand: a new door without a row here fails."""

import re

import pytest
from pydantic import BaseModel
from sqlmodel import SQLModel

from checkpoint.access.guards import Holding
from checkpoint.foundation.actors import TOKEN_ROLES, Role
from checkpoint.foundation.addresses import routes_of
from checkpoint.foundation.schemas import Command, View
from conftest import Clients

OFFICER, SUPERVISOR, AUDITOR = Role.CUSTODY_OFFICER, Role.SUPERVISOR, Role.AUDITOR
NAVIGATOR = Role.NAVIGATOR
MANAGER, STATISTICIAN = Role.TRIAL_MANAGER, Role.STATISTICIAN
PROVIDER, EVALUATOR = Role.PROVIDER, Role.EVALUATOR
ANYBODY = frozenset(TOKEN_ROLES)
ANYONE = ANYBODY - {PROVIDER}
REFERRERS = frozenset({SUPERVISOR, NAVIGATOR})
BOARD = REFERRERS | {EVALUATOR, AUDITOR, Role.DIRECTORY_EDITOR}
READERS = frozenset({OFFICER, SUPERVISOR})
MONITORS = frozenset({MANAGER, STATISTICIAN})
EVALUATORS = frozenset({EVALUATOR, STATISTICIAN})
EXTRACTS = MONITORS | {EVALUATOR, AUDITOR}
EDITOR = Role.DIRECTORY_EDITOR
LISTERS = READERS | {NAVIGATOR, EDITOR}

DOORS = {
    "POST /v1/custody-records": {OFFICER},
    "GET /v1/custody-records": READERS,
    "GET /v1/custody-records/{record_id}": READERS | {NAVIGATOR},
    "PUT /v1/custody-records/{record_id}/screening": {OFFICER},
    "POST /v1/custody-records/{record_id}/offences": {OFFICER},
    "POST /v1/custody-records/{record_id}/release": {OFFICER},
    "POST /v1/custody-records/{record_id}/transfer": {OFFICER},
    "POST /v1/custody-records/{record_id}/withdrawals": {OFFICER},
    "POST /v1/custody-records/{record_id}/bail-variations": {OFFICER},
    "POST /v1/custody-returns": {OFFICER},
    "GET /v1/custody-records/{record_id}/detention": READERS,
    "PUT /v1/custody-records/{record_id}/detention-times": {OFFICER},
    "POST /v1/custody-records/{record_id}/reviews": {OFFICER},
    "POST /v1/custody-records/{record_id}/extensions": {OFFICER},
    "POST /v1/custody-records/{record_id}/pauses": {OFFICER},
    "PUT /v1/custody-records/{record_id}/safeguards": {OFFICER},
    "POST /v1/custody-records/{record_id}/victims": {OFFICER},
    "GET /v1/custody-records/{record_id}/victims": READERS,
    "GET /v1/victims/{victim_id}": READERS,
    "POST /v1/victims/{victim_id}/contact-attempts": {OFFICER},
    "POST /v1/victims/{victim_id}/views": {OFFICER},
    "POST /v1/victims/{victim_id}/notifications": {OFFICER},
    "POST /v1/victims/{victim_id}/withdrawal": {OFFICER},
    "PUT /v1/custody-records/{record_id}/not-screened": {OFFICER},
    "POST /v1/custody-records/{record_id}/co-accused": {OFFICER},
    "GET /v1/custody-records/{record_id}/restrictions": {SUPERVISOR},
    "POST /v1/custody-records/{record_id}/restrictions": {SUPERVISOR},
    "POST /v1/custody-records/{record_id}/restrictions/names": {SUPERVISOR},
    "POST /v1/custody-records/{record_id}/restrictions/removals": {SUPERVISOR},
    "POST /v1/custody-records/{record_id}/restrictions/lifting": {SUPERVISOR},
    "POST /v1/custody-records/{record_id}/break-glass": READERS,
    "GET /v1/break-glass": {SUPERVISOR},
    "POST /v1/break-glass/{glass_id}/review": {SUPERVISOR},
    "GET /v1/reference/restriction-reasons": ANYONE,
    "GET /v1/reference/break-glass-reasons": ANYONE,
    "GET /v1/reference/break-glass-outcomes": ANYONE,
    "GET /v1/custody-records/{record_id}/service-offers": READERS | {NAVIGATOR},
    "GET /v1/custody-records/{record_id}/no-provider-available": READERS | {NAVIGATOR},
    "POST /v1/custody-records/{record_id}/no-provider-available": REFERRERS,
    "POST /v1/custody-records/{record_id}/no-provider-available/{no_provider_id}/withdrawal": REFERRERS,
    "GET /v1/custody-records/{record_id}/referrals": READERS | {NAVIGATOR},
    "POST /v1/custody-records/{record_id}/referrals": REFERRERS,
    "GET /v1/referrals/summary": BOARD,
    "GET /v1/referrals/gaps": BOARD,
    "GET /v1/referrals/gaps.html": BOARD,
    "GET /v1/referrals/{referral_id}": READERS | {NAVIGATOR},
    "POST /v1/referrals/{referral_id}/acknowledgement": REFERRERS,
    "POST /v1/referrals/{referral_id}/waiting-list": REFERRERS,
    "POST /v1/referrals/{referral_id}/start": REFERRERS,
    "POST /v1/referrals/{referral_id}/end": REFERRERS,
    "POST /v1/referrals/{referral_id}/wait-correction": REFERRERS,
    "POST /v1/referrals/{referral_id}/sessions": REFERRERS,
    "GET /v1/provider/referrals": {PROVIDER},
    "GET /v1/provider/referrals/{referral_id}": {PROVIDER},
    "POST /v1/provider/referrals/{referral_id}/acknowledgement": {PROVIDER},
    "POST /v1/provider/referrals/{referral_id}/waiting-list": {PROVIDER},
    "POST /v1/provider/referrals/{referral_id}/start": {PROVIDER},
    "POST /v1/provider/referrals/{referral_id}/end": {PROVIDER},
    "POST /v1/provider/referrals/{referral_id}/sessions": {PROVIDER},
    "GET /v1/reference/referral-reasons": ANYBODY,
    "GET /v1/reference/referral-risks": ANYONE,
    "GET /v1/reference/referral-states": ANYONE,
    "GET /v1/reference/referral-bases": ANYONE,
    "GET /v1/reference/referral-names": ANYONE,
    "GET /v1/reference/contact-ways": ANYONE,
    "GET /v1/reference/no-provider-reasons": ANYONE,
    "GET /v1/reference/no-provider-withdrawals": ANYONE,
    "POST /v1/eligibility/preview": READERS,
    "POST /v1/custody-records/{record_id}/eligibility-decisions": {OFFICER},
    "GET /v1/custody-records/{record_id}/eligibility-decisions": READERS,
    "GET /v1/eligibility-decisions/{decision_id}": READERS,
    "POST /v1/custody-records/{record_id}/risk-view": {OFFICER},
    "POST /v1/custody-records/{record_id}/risk-forecast": {OFFICER},
    "GET /v1/custody-records/{record_id}/risk-forecast": READERS,
    "POST /v1/eligibility-decisions/{decision_id}/determination": {SUPERVISOR},
    "POST /v1/eligibility-decisions/{decision_id}/overrides": {SUPERVISOR},
    "GET /v1/overrides/rates": {SUPERVISOR, AUDITOR},
    "GET /v1/overrides/{override_id}": READERS,
    "POST /v1/overrides/{override_id}/confirmation": READERS,
    "POST /v1/overrides/{override_id}/refusal": READERS,
    "POST /v1/custody-records/{record_id}/consents": READERS,
    "GET /v1/custody-records/{record_id}/consents": READERS | {NAVIGATOR},
    "GET /v1/consents/{asking_id}": READERS | {NAVIGATOR},
    "PATCH /v1/consents/{asking_id}": READERS,
    "POST /v1/consents/{asking_id}/completion": READERS,
    "POST /v1/consents/{asking_id}/withdrawals": READERS,
    "POST /v1/custody-records/{record_id}/needs-assessments": READERS | {NAVIGATOR},
    "GET /v1/custody-records/{record_id}/needs-assessments": READERS | {NAVIGATOR},
    "GET /v1/custody-records/{record_id}/needs-assessments/prefilled": READERS | {NAVIGATOR},
    "GET /v1/needs-assessments/{assessment_id}": READERS | {NAVIGATOR},
    "PATCH /v1/needs-assessments/{assessment_id}": READERS | {NAVIGATOR},
    "POST /v1/needs-assessments/{assessment_id}/completion": READERS | {NAVIGATOR},
    "GET /v1/custody-records/{record_id}/distance-travelled": READERS | {NAVIGATOR},
    "GET /v1/custody-records/{record_id}/distance-travelled.svg": READERS | {NAVIGATOR},
    "POST /v1/custody-records/{record_id}/programme-start": READERS,
    "GET /v1/custody-records/{record_id}/delivery": READERS,
    "POST /v1/custody-records/{record_id}/crossovers": {SUPERVISOR},
    "POST /v1/crossovers/{crossover_id}/confirmation": READERS,
    "POST /v1/crossovers/{crossover_id}/refusal": READERS,
    "POST /v1/custody-records/{record_id}/deviations": READERS,
    "POST /v1/custody-records/{record_id}/disposals": READERS,
    "GET /v1/custody-records/{record_id}/disposals": READERS,
    "GET /v1/disposals-due": READERS,
    "GET /v1/disposals-due/counts": READERS,
    "PUT /v1/custody-records/{record_id}/person": {OFFICER},
    "PUT /v1/custody-records/{record_id}/identity": {OFFICER},
    "POST /v1/person-searches": READERS,
    "GET /v1/people/{person_id}": READERS,
    "POST /v1/people/{person_id}/aliases": {OFFICER},
    "GET /v1/people/{person_id}/merges": READERS,
    "POST /v1/people/{person_id}/merges": {SUPERVISOR},
    "POST /v1/people/{person_id}/merges/{merge_id}/parting": {SUPERVISOR},
    "GET /v1/people/{person_id}/merges/{merge_id}/decisions": READERS,
    "GET /v1/custody-records/{record_id}/next-steps": READERS | {NAVIGATOR},
    "GET /v1/eligibility-decisions/{decision_id}/record": READERS,
    "GET /v1/reference/stages": ANYONE,
    "GET /v1/reference/recipients": ANYONE,
    "GET /v1/cases": READERS,
    "GET /v1/worklist": READERS | {NAVIGATOR, STATISTICIAN},
    "GET /v1/custody-records/{record_id}/timeline": READERS | {NAVIGATOR},
    "GET /v1/cases/counts": READERS,
    "GET /v1/custody-records/{record_id}/corrections": READERS,
    "PUT /v1/custody-records/{record_id}/allocation": {OFFICER},
    "GET /v1/custody-records/{record_id}/allocation": READERS,
    "POST /v1/custody-records/{record_id}/allocation/annotations": {SUPERVISOR, MANAGER},
    "GET /v1/custody-records/{record_id}/allocation/annotations": {SUPERVISOR, MANAGER},
    "PUT /v1/custody-records/{record_id}/enrolment": {OFFICER},
    "GET /v1/custody-records/{record_id}/enrolment": READERS,
    "POST /v1/follow-up-batches": MONITORS,
    "GET /v1/follow-up-batches": MONITORS,
    "GET /v1/follow-up-batches/{batch_id}": MONITORS,
    "GET /v1/follow-up-batches/{batch_id}/rows": MONITORS,
    "GET /v1/follow-up-batches/{batch_id}/lacking": MONITORS,
    "GET /v1/reference/follow-up-events": ANYONE,
    "GET /v1/reference/follow-up-disposals": ANYONE,
    "GET /v1/reference/follow-up-row-outcomes": ANYONE,
    "POST /v1/custody-records/{record_id}/case-measures": READERS | {NAVIGATOR},
    "GET /v1/custody-records/{record_id}/case-measures": READERS | {NAVIGATOR},
    "GET /v1/reference/case-measure-kinds": ANYONE,
    "GET /v1/reference/cost-kinds": ANYONE,
    "GET /v1/reference/harm-indexes": ANYONE,
    "GET /v1/reference/outcome-definitions": ANYONE,
    "GET /v1/reference/outcome-definitions/{version}": ANYONE,
    "GET /v1/trials": ANYONE,
    "GET /v1/trials/{code}": ANYONE,
    "GET /v1/trials-elsewhere": MONITORS,
    "GET /v1/trials-elsewhere/{code}": MONITORS,
    "POST /v1/trials-elsewhere": {MANAGER},
    "POST /v1/trials-elsewhere/{code}/participants": {MANAGER},
    "POST /v1/trials-elsewhere/{code}/follow-up": {MANAGER},
    "POST /v1/trials-elsewhere/{code}/completion": {MANAGER},
    "POST /v1/trials-elsewhere/{code}/abandonment": {MANAGER},
    "POST /v1/trials/{code}/data-cuts": {STATISTICIAN},
    "GET /v1/trials/{code}/data-cuts": MONITORS | {EVALUATOR},
    "GET /v1/trials/{code}/data-cuts/{number}": MONITORS | {EVALUATOR},
    "GET /v1/trials/{code}/data-cuts/{number}/changes": MONITORS | {EVALUATOR},
    "GET /v1/reference/programme-phases": ANYONE,
    "GET /v1/reference/allocation-annotation-kinds": ANYONE,
    "GET /v1/me": ANYBODY,
    "GET /v1/me/caseload": {NAVIGATOR},
    "GET /v1/me/colleagues": {NAVIGATOR},
    "GET /v1/me/handovers": {NAVIGATOR},
    "POST /v1/navigator-providers": {SUPERVISOR},
    "POST /v1/navigators": {SUPERVISOR},
    "GET /v1/navigators": {SUPERVISOR},
    "GET /v1/navigators/{navigator_id}": {SUPERVISOR},
    "PUT /v1/navigators/{navigator_id}": {SUPERVISOR},
    "POST /v1/navigators/{navigator_id}/clearances": {SUPERVISOR},
    "POST /v1/navigators/{navigator_id}/absences": {SUPERVISOR},
    "POST /v1/navigators/{navigator_id}/reassignment-plan": {SUPERVISOR},
    "POST /v1/navigators/{navigator_id}/reassignments": {SUPERVISOR},
    "GET /v1/custody-records/{record_id}/navigator-suggestions": READERS,
    "GET /v1/custody-records/{record_id}/navigator": READERS,
    "POST /v1/custody-records/{record_id}/navigator": READERS,
    "POST /v1/custody-records/{record_id}/navigator/end": {SUPERVISOR},
    "POST /v1/custody-records/{record_id}/navigator-handovers": {SUPERVISOR, NAVIGATOR},
    "POST /v1/custody-records/{record_id}/navigator-cover/end": {SUPERVISOR, NAVIGATOR},
    "POST /v1/navigator-handovers/{handover_id}/acceptance": {NAVIGATOR},
    "POST /v1/navigator-handovers/{handover_id}/refusal": {NAVIGATOR},
    "POST /v1/custody-records/{record_id}/navigator-conflicts": {SUPERVISOR, NAVIGATOR},
    "POST /v1/navigator-conflicts/{conflict_id}/withdrawal": {SUPERVISOR},
    "GET /v1/reference/navigator-providers": ANYONE,
    "GET /v1/reference/navigator-specialisms": ANYONE,
    "GET /v1/reference/navigator-clearances": ANYONE,
    "GET /v1/reference/navigator-conflict-relations": ANYONE,
    "GET /v1/reference/navigator-blocks": ANYONE,
    "GET /v1/reference/navigator-merits": ANYONE,
    "GET /v1/reference/navigator-end-reasons": ANYONE,
    "GET /v1/reference/navigator-handover-kinds": ANYONE,
    "GET /v1/reference/navigator-reassigning-reasons": ANYONE,
    "GET /v1/custody-records/{record_id}/contracts": READERS | {NAVIGATOR},
    "POST /v1/custody-records/{record_id}/contracts": {SUPERVISOR, NAVIGATOR},
    "GET /v1/contracts/{contract_id}": READERS | {NAVIGATOR},
    "GET /v1/contracts/{contract_id}/paper": READERS | {NAVIGATOR},
    "POST /v1/contracts/{contract_id}/offer": {SUPERVISOR, NAVIGATOR},
    "POST /v1/contracts/{contract_id}/terms": {SUPERVISOR, NAVIGATOR},
    "POST /v1/contracts/{contract_id}/signatures": {SUPERVISOR, NAVIGATOR},
    "POST /v1/contracts/{contract_id}/suspension": {SUPERVISOR, NAVIGATOR},
    "POST /v1/contracts/{contract_id}/resumption": {SUPERVISOR, NAVIGATOR},
    "POST /v1/contracts/{contract_id}/decline": {SUPERVISOR, NAVIGATOR},
    "POST /v1/contracts/{contract_id}/lapse": {SUPERVISOR, NAVIGATOR},
    "POST /v1/contracts/{contract_id}/withdrawal": {SUPERVISOR, NAVIGATOR},
    "POST /v1/contracts/{contract_id}/closure": {SUPERVISOR, NAVIGATOR},
    "POST /v1/contracts/{contract_id}/completion": {SUPERVISOR},
    "GET /v1/contracts/{contract_id}/conditions": READERS | {NAVIGATOR},
    "POST /v1/contracts/{contract_id}/condition-entries": {SUPERVISOR, NAVIGATOR},
    "POST /v1/contracts/{contract_id}/condition-entries/{entry_id}/withdrawal": {
        SUPERVISOR,
        NAVIGATOR,
    },
    "GET /v1/contracts/{contract_id}/breach-reviews": READERS | {NAVIGATOR},
    "POST /v1/contracts/{contract_id}/breach-reviews": READERS | {NAVIGATOR},
    "POST /v1/contracts/{contract_id}/breach-reviews/{review_id}/decision": {SUPERVISOR},
    "GET /v1/contracts/{contract_id}/outcomes": READERS | {NAVIGATOR},
    "POST /v1/contracts/{contract_id}/outcomes": READERS,
    "GET /v1/contracts/{contract_id}/victims-to-tell": READERS,
    "GET /v1/contracts/{contract_id}/victim-challenges": READERS,
    "POST /v1/contracts/{contract_id}/victim-challenges": {OFFICER},
    "POST /v1/contracts/{contract_id}/victim-challenges/{challenge_id}/decision": {SUPERVISOR},
    "GET /v1/time-limit-incidents": READERS,
    "GET /v1/time-limit-incidents/counts": READERS,
    "GET /v1/reference/condition-entry-kinds": ANYONE,
    "GET /v1/reference/condition-states": ANYONE,
    "GET /v1/reference/condition-entry-withdrawal-reasons": ANYONE,
    "GET /v1/reference/breach-causes": ANYONE,
    "GET /v1/reference/breach-outcomes": ANYONE,
    "GET /v1/reference/breach-grounds": ANYONE,
    "GET /v1/reference/victim-challenge-outcomes": ANYONE,
    "GET /v1/reference/contract-states": ANYONE,
    "GET /v1/reference/contract-step-reasons": ANYONE,
    "GET /v1/reference/contract-fallbacks": ANYONE,
    "GET /v1/reference/contract-terms-kinds": ANYONE,
    "GET /v1/reference/contract-terms-reasons": ANYONE,
    "GET /v1/reference/contract-condition-kinds": ANYONE,
    "GET /v1/reference/contract-completion-rules": ANYONE,
    "GET /v1/reference/contract-signature-roles": ANYONE,
    "GET /v1/reference/contract-signing-ways": ANYONE,
    "POST /v1/custody-records/{record_id}/appointments": READERS | {NAVIGATOR},
    "GET /v1/custody-records/{record_id}/sessions": READERS | {NAVIGATOR},
    "POST /v1/custody-records/{record_id}/contacts": {SUPERVISOR, NAVIGATOR},
    "POST /v1/custody-records/{record_id}/warnings": {SUPERVISOR, NAVIGATOR},
    "GET /v1/appointments/{appointment_id}": READERS | {NAVIGATOR},
    "POST /v1/appointments/{appointment_id}/move": READERS | {NAVIGATOR},
    "POST /v1/appointments/{appointment_id}/cancellation": READERS | {NAVIGATOR},
    "POST /v1/appointments/{appointment_id}/attendance": {SUPERVISOR, NAVIGATOR},
    "GET /v1/me/appointments": {NAVIGATOR},
    "GET /v1/me/appointment-feed": {NAVIGATOR},
    "PUT /v1/me/appointment-feed": {NAVIGATOR},
    "POST /v1/me/appointment-feed/revocation": {NAVIGATOR},
    "GET /v1/reference/appointment-kinds": ANYONE,
    "GET /v1/reference/appointment-places": ANYONE,
    "GET /v1/reference/appointment-states": ANYONE,
    "GET /v1/reference/appointment-askers": ANYONE,
    "GET /v1/reference/appointment-changes": ANYONE,
    "GET /v1/reference/attendance-outcomes": ANYONE,
    "GET /v1/reference/attendance-excuses": ANYONE,
    "GET /v1/reference/contact-seekers": ANYONE,
    "GET /v1/reference/warning-ways": ANYONE,
    "GET /v1/directory/{listings}": LISTERS,
    "POST /v1/directory/{listings}": {EDITOR},
    "GET /v1/directory/{listings}/{listing_id}": LISTERS,
    "PUT /v1/directory/{listings}/{listing_id}": {EDITOR},
    "POST /v1/directory/{listings}/{listing_id}/withdrawal": {EDITOR},
    "POST /v1/directory/{listings}/{listing_id}/restoration": {EDITOR},
    "GET /v1/directory/{listings}/{listing_id}/versions": LISTERS,
    "POST /v1/directory/{listings}/{listing_id}/assurance": {EDITOR},
    "POST /v1/directory/{listings}/{listing_id}/chases": {EDITOR},
    "GET /v1/directory/services/{service_id}/capacity": LISTERS,
    "PUT /v1/directory/services/{service_id}/capacity": {EDITOR},
    "GET /v1/stale-services": LISTERS,
    "GET /v1/directory-sources": LISTERS,
    "GET /v1/service-offers": LISTERS,
    "GET /v1/term-mappings": LISTERS,
    "POST /v1/term-mappings": {EDITOR},
    "GET /v1/reference/listing-kinds": ANYONE,
    "GET /v1/reference/listing-states": ANYONE,
    "GET /v1/reference/listing-withdrawal-reasons": ANYONE,
    "GET /v1/reference/listing-chase-ways": ANYONE,
    "GET /v1/reference/service-access-ways": ANYONE,
    "GET /v1/reference/term-mapping-bases": ANYONE,
    "GET /v1/ledger-entries": {AUDITOR},
    "POST /v1/batch": ANYONE - {AUDITOR, EDITOR, Role.EVALUATOR},
    "GET /v1/trials/{code}/recruitment": MONITORS,
    "GET /v1/trials/{code}/strata": MONITORS,
    "GET /v1/trials/{code}/balance": MONITORS,
    "GET /v1/trials/{code}/conduct": MONITORS,
    "GET /v1/trials/{code}/unblindings": MONITORS,
    "POST /v1/trials/{code}/unblindings": {MANAGER},
    "POST /v1/trials/{code}/unblindings/{number}/confirmation": {STATISTICIAN},
    "POST /v1/trials/{code}/unblindings/{number}/refusal": {STATISTICIAN},
    "GET /v1/trials/{code}/evaluation": EVALUATORS,
    "GET /v1/trials/{code}/evaluation/amounts": EVALUATORS,
    "GET /v1/trials/{code}/evaluation/equality": EVALUATORS,
    "GET /v1/trials/{code}/evaluation/flow": EVALUATORS,
    "GET /v1/trials/{code}/evaluation/flow.{form}": EVALUATORS,
    "GET /v1/trials/{code}/evaluation/forest.{form}": EVALUATORS,
    "GET /v1/trials/{code}/evaluation/recruitment": EVALUATORS,
    "GET /v1/trials/{code}/evaluation/recruitment.{form}": EVALUATORS,
    "GET /v1/trials/{code}/evaluation/survival.{form}": EVALUATORS,
    "GET /v1/trials/{code}/evaluation/baseline": EVALUATORS,
    "GET /v1/trials/{code}/evaluation/subgroups": EVALUATORS,
    "GET /v1/trials/{code}/evaluation/time-to-event": EVALUATORS,
    "GET /v1/reference/unblinding-reasons": ANYONE,
    "GET /v1/extract-fields": EXTRACTS,
    "GET /v1/extracts": EXTRACTS,
    "POST /v1/extracts": {EVALUATOR},
    "GET /v1/extracts/{extract_id}": EXTRACTS,
    "POST /v1/extracts/{extract_id}/approval": MONITORS,
    "POST /v1/extracts/{extract_id}/refusal": MONITORS,
    "POST /v1/extracts/{extract_id}/assessments": MONITORS,
    "POST /v1/extracts/{extract_id}/key-destruction": MONITORS,
    "POST /v1/extracts/{extract_id}/ending": MONITORS | {EVALUATOR},
    "POST /v1/extracts/{extract_id}/builds": {EVALUATOR, STATISTICIAN},
    "GET /v1/extracts/{extract_id}/builds/{number}": EXTRACTS,
    "POST /v1/extracts/{extract_id}/builds/{number}/cancellation": {EVALUATOR, STATISTICIAN},
    "GET /v1/extracts/{extract_id}/package": {EVALUATOR},
    "GET /v1/extracts/{extract_id}/disclosure-report": EXTRACTS,
    "GET /v1/extracts/{extract_id}/tables": EXTRACTS,
    "GET /v1/extract-releases": MONITORS | {AUDITOR},
    "GET /v1/reference/extract-products": ANYONE,
    "GET /v1/reference/extract-states": ANYONE,
    "GET /v1/reference/extract-build-states": ANYONE,
    "GET /v1/reference/extract-build-stages": ANYONE,
    "GET /v1/reference/extract-build-faults": ANYONE,
    "GET /v1/reference/extract-endings": ANYONE,
    "GET /v1/reference/extract-labels": ANYONE,
    "GET /v1/reference/intruder-verdicts": ANYONE,
    "GET /v1/reference/suites": ANYONE,
    "GET /v1/reference/offences": ANYONE,
    "GET /v1/reference/offence-classes": ANYONE,
    "GET /v1/reference/modes-of-trial": ANYONE,
    "GET /v1/reference/offence-categories": ANYONE,
    "GET /v1/reference/offence-schedules": ANYONE,
    "GET /v1/reference/interview-stances": ANYONE,
    "GET /v1/reference/offence-corrections": ANYONE,
    "GET /v1/reference/domestic-abuse-grades": ANYONE,
    "GET /v1/reference/custody-states": ANYONE,
    "GET /v1/reference/contact-channels": ANYONE,
    "GET /v1/reference/contact-results": ANYONE,
    "GET /v1/reference/victim-stances": ANYONE,
    "GET /v1/reference/restorative-wishes": ANYONE,
    "GET /v1/reference/victim-notifications": ANYONE,
    "GET /v1/reference/victim-withdrawal-reasons": ANYONE,
    "GET /v1/reference/appropriate-adult-reasons": ANYONE,
    "GET /v1/reference/appropriate-adult-kinds": ANYONE,
    "GET /v1/reference/interpreter-presences": ANYONE,
    "GET /v1/reference/omission-reasons": ANYONE,
    "GET /v1/reference/release-kinds": ANYONE,
    "GET /v1/reference/return-reasons": ANYONE,
    "GET /v1/reference/movement-kinds": ANYONE,
    "GET /v1/reference/withdrawal-reasons": ANYONE,
    "GET /v1/reference/bail-authorities": ANYONE,
    "GET /v1/reference/bail-changes": ANYONE,
    "GET /v1/reference/detention-entries": ANYONE,
    "GET /v1/reference/review-officers": ANYONE,
    "GET /v1/reference/extending-authorities": ANYONE,
    "GET /v1/reference/postponement-reasons": ANYONE,
    "GET /v1/reference/pause-reasons": ANYONE,
    "GET /v1/reference/late-reasons": ANYONE,
    "GET /v1/reference/sexes": ANYONE,
    "GET /v1/reference/self-defined-ethnicities": ANYONE,
    "GET /v1/reference/ethnicity-missing-reasons": ANYONE,
    "GET /v1/reference/observed-ethnicities": ANYONE,
    "GET /v1/reference/local-authorities": ANYONE,
    "GET /v1/reference/correction-reasons": ANYONE,
    "GET /v1/reference/merge-reasons": ANYONE,
    "GET /v1/reference/parting-reasons": ANYONE,
    "GET /v1/reference/rule-sets": ANYONE,
    "GET /v1/reference/rule-sets/{version}": ANYONE,
    "GET /v1/reference/verdicts": ANYONE,
    "GET /v1/reference/determination-reasons": ANYONE,
    "GET /v1/reference/override-reasons": ANYONE,
    "GET /v1/reference/ranks": ANYONE,
    "GET /v1/reference/pathways": ANYONE,
    "GET /v1/reference/pathway-crosswalk": ANYONE,
    "GET /v1/reference/needs-timepoints": ANYONE,
    "GET /v1/reference/needs-levels": ANYONE,
    "GET /v1/reference/offending-links": ANYONE,
    "GET /v1/reference/statement-bases": ANYONE,
    "GET /v1/reference/not-assessed-reasons": ANYONE,
    "GET /v1/reference/needs-correction-reasons": ANYONE,
    "GET /v1/reference/needs-instruments": ANYONE,
    "GET /v1/reference/needs-instruments/{version}": ANYONE,
    "GET /v1/reference/consent-kinds": ANYONE,
    "GET /v1/reference/consent-declining-reasons": ANYONE,
    "GET /v1/reference/consent-withdrawing-reasons": ANYONE,
    "GET /v1/reference/consent-tellers": ANYONE,
    "GET /v1/reference/legal-advice-answers": ANYONE,
    "GET /v1/reference/understanding-checks": ANYONE,
    "GET /v1/reference/information-sheets": ANYONE,
    "GET /v1/reference/information-sheets/{version}": ANYONE,
    "GET /v1/reference/crossover-reasons": ANYONE,
    "GET /v1/reference/deviation-reasons": ANYONE,
    "GET /v1/reference/disposal-outcomes": ANYONE,
    "GET /v1/reference/disposing-authorities": ANYONE,
    "GET /v1/reference/disposal-conditions": ANYONE,
    "GET /v1/reference/disposal-replacing-reasons": ANYONE,
    "GET /v1/reference/forecast-tools": ANYONE,
    "GET /v1/reference/risk-bands": ANYONE,
}
# No lock: they show nothing about anybody, and load balancers and learners have no token.
OPEN = {
    "GET /ping",
    "GET /health",
    "GET /health/liveness",
    "GET /health/readiness",
    "GET /info",
    "GET /metrics",
    "GET /problems/{slug}",
    "GET /calendars/{secret}.ics",  # whoever holds the address
    "POST /local-issuer/token",
    "GET /local-issuer/jwks",
}
ABSENT = "0190b3a0-0000-7000-8000-000000000000"


def documented(app):
    paths = app.openapi()["paths"]
    return {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}


def locks_of(app):
    found = {}
    for route in routes_of(app):
        if not route.include_in_schema:
            continue
        held = [d.call for d in route.dependant.dependencies if isinstance(d.call, Holding)]
        for method in route.methods:
            found[f"{method} {route.path}"] = held
    return found


def test_every_door_is_in_the_table_and_in_the_api_document(app):
    assert documented(app) == DOORS.keys() | OPEN
    assert {door.split("/v1")[-1] for door in locks_of(app)} == {
        door.split("/v1")[-1] for door in documented(app)
    }


def test_every_locked_door_has_exactly_one_lock_and_every_open_one_none(app):
    count = {door: len(held) for door, held in locks_of(app).items()}
    expected = dict.fromkeys(DOORS, 1) | dict.fromkeys(OPEN, 0)
    assert count == expected


@pytest.mark.parametrize("door", DOORS)
async def test_only_the_roles_in_the_table_get_through(app, door):
    method, path = door.split(" ")
    address = path.replace("{version}", "2018-04-01").replace("{code}", "TEST-NONE")
    address = re.sub(r"{\w+_id}", ABSENT, address)
    clients = Clients(app)
    for role in TOKEN_ROLES:
        answer = await clients(role).request(method, address)
        refused = answer.status_code == 403
        assert refused == (role not in DOORS[door]), (role, answer.status_code, answer.text)


@pytest.mark.parametrize("door", DOORS)
async def test_nobody_gets_through_without_a_token(app, door):
    method, path = door.split(" ")
    client = Clients(app).bare()
    answer = await client.request(method, path.replace("{version}", "2018-04-01"))
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("door", sorted(DOORS.keys() | OPEN))
async def test_every_other_method_is_refused(app, door):
    path = door.split(" ")[1]
    taken = {d.split(" ")[0] for d in DOORS.keys() | OPEN if d.split(" ")[1] == path}
    client = Clients(app)(OFFICER)
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS"} - taken:
        answer = await client.request(method, path.replace("{slug}", "x"))
        assert answer.status_code == 405, (method, answer.text)
        assert set(answer.headers["allow"].split(", ")) <= taken | {"HEAD"}


def models_of(app):
    for route in routes_of(app):
        if route.response_model is not None:
            yield route.response_model
        if route.body_field is not None:
            yield from asked(route.body_field.field_info.annotation)


def asked(annotation):
    parts = getattr(annotation, "__args__", (annotation,))
    return [p for p in parts if isinstance(p, type) and issubclass(p, BaseModel)]


def test_no_table_is_ever_a_request_or_an_answer(app):
    models = [*models_of(app)]
    assert len(models) > 20
    assert [m for m in models if isinstance(m, type) and issubclass(m, SQLModel)] == []


def test_every_request_refuses_unknown_fields():
    commands = [*every(Command)]
    assert len(commands) > 5
    assert [c for c in commands if c.model_config.get("extra") != "forbid"] == []


def test_no_view_is_built_on_a_table():
    views = [*every(View)]
    assert len(views) > 15
    assert [v for v in views if issubclass(v, SQLModel)] == []


def every(kind):
    for child in kind.__subclasses__():
        yield child
        yield from every(child)
