"""Every room's doors, in the order in which the documents list them."""

from checkpoint.allocation import routes as allocation
from checkpoint.batches import routes as batches
from checkpoint.consent import codes as consent_codes
from checkpoint.consent import routes as consent
from checkpoint.contracts import codes as contracts_codes
from checkpoint.contracts import printing as contracts_printing
from checkpoint.contracts import routes as contracts
from checkpoint.contracts.agreements import routes as agreements
from checkpoint.contracts.evidence import codes as evidence_codes
from checkpoint.contracts.evidence import routes as evidence
from checkpoint.contracts.feeds import routes as feeds
from checkpoint.contracts.outcomes import codes as outcomes_codes
from checkpoint.contracts.outcomes import routes as outcomes
from checkpoint.contracts.reviews import codes as reviews_codes
from checkpoint.contracts.reviews import routes as reviews
from checkpoint.contracts.sessions import codes as sessions_codes
from checkpoint.contracts.sessions import routes as sessions
from checkpoint.custody import codes as custody_codes
from checkpoint.custody import identities as custody_identities
from checkpoint.custody import routes as custody
from checkpoint.custody.circumstances import codes as circumstances_codes
from checkpoint.custody.circumstances import routes as circumstances
from checkpoint.custody.detention import codes as detention_codes
from checkpoint.custody.detention import routes as detention
from checkpoint.custody.movements import routes as movements
from checkpoint.custody.reach import codes as reach_codes
from checkpoint.custody.reach import routes as reach
from checkpoint.delivery import codes as delivery_codes
from checkpoint.delivery import routes as delivery
from checkpoint.directory import codes as directory_codes
from checkpoint.directory import routes as directory
from checkpoint.directory.lookups import routes as lookups
from checkpoint.directory.upkeep import routes as upkeep
from checkpoint.eligibility import routes as eligibility
from checkpoint.evaluation.amounts import routes as evaluation_amounts
from checkpoint.evaluation.equality import routes as evaluation_equality
from checkpoint.evaluation.flows import routes as evaluation_flows
from checkpoint.evaluation.pictures import routes as evaluation_pictures
from checkpoint.evaluation.profiles import routes as evaluation_profiles
from checkpoint.evaluation.risks import routes as evaluation_risks
from checkpoint.evaluation.times import routes as evaluation_times
from checkpoint.extracts import codes as extracts_codes
from checkpoint.extracts import routes as extracts
from checkpoint.extracts.builds import routes as extract_builds
from checkpoint.forecast import routes as forecast
from checkpoint.journey import codes as journey_codes
from checkpoint.journey import identities as journey_identities
from checkpoint.journey import printing
from checkpoint.journey import routes as journey
from checkpoint.journey.timeline import routes as timeline
from checkpoint.journey.worklist import routes as worklist
from checkpoint.monitor import codes as monitor_codes
from checkpoint.monitor import routes as monitor
from checkpoint.navigators import codes as navigators_codes
from checkpoint.navigators import routes as navigators
from checkpoint.navigators.conflicts import routes as conflicts
from checkpoint.navigators.handovers import routes as handovers
from checkpoint.navigators.staff import routes as staff
from checkpoint.needs import codes as needs_codes
from checkpoint.needs import printing as needs_printing
from checkpoint.needs import routes as needs
from checkpoint.outcomes import codes as outcome_codes
from checkpoint.outcomes.cuts import routes as cuts
from checkpoint.outcomes.elsewhere import routes as elsewhere
from checkpoint.outcomes.followup import routes as followup
from checkpoint.outcomes.measuring import routes as measuring
from checkpoint.oversight import codes as oversight_codes
from checkpoint.oversight import routes as oversight
from checkpoint.people import codes as people_codes
from checkpoint.people import routes as people
from checkpoint.people.merges import codes as merges_codes
from checkpoint.people.merges import routes as merges
from checkpoint.referrals import codes as referrals_codes
from checkpoint.referrals import routes as referrals
from checkpoint.referrals.gaps import routes as gaps
from checkpoint.referrals.making import routes as making
from checkpoint.referrals.offers import routes as case_offers
from checkpoint.referrals.providers import routes as providers
from checkpoint.trials import routes as trials
from checkpoint.victims import codes as victims_codes
from checkpoint.victims import routes as victims

ROOMS = (
    people.router,
    people_codes.router,
    merges.router,
    merges_codes.router,
    custody.router,
    custody_identities.router,
    custody_codes.router,
    movements.router,
    detention.router,
    detention_codes.router,
    circumstances.router,
    circumstances_codes.router,
    reach.router,
    reach_codes.router,
    victims.router,
    victims_codes.router,
    forecast.router,
    forecast.reference,
    eligibility.router,
    eligibility.reference,
    oversight.router,
    oversight_codes.router,
    needs.router,
    needs_printing.router,
    needs_codes.router,
    upkeep.router,
    lookups.router,
    directory.router,
    directory_codes.router,
    trials.router,
    allocation.router,
    allocation.reference,
    delivery.router,
    delivery_codes.router,
    navigators.router,
    staff.router,
    handovers.router,
    conflicts.router,
    navigators_codes.router,
    contracts.router,
    agreements.router,
    contracts_printing.router,
    contracts_codes.router,
    sessions.router,
    sessions_codes.router,
    feeds.router,
    evidence.router,
    evidence_codes.router,
    reviews.router,
    reviews_codes.router,
    outcomes.router,
    outcomes_codes.router,
    gaps.router,
    making.router,
    referrals.router,
    referrals_codes.router,
    case_offers.router,
    providers.router,
    monitor.router,
    monitor_codes.router,
    followup.router,
    measuring.router,
    outcome_codes.router,
    elsewhere.router,
    cuts.router,
    consent.router,
    consent_codes.router,
    journey.router,
    journey_identities.router,
    journey_codes.router,
    worklist.router,
    timeline.router,
    printing.router,
    evaluation_risks.router,
    evaluation_times.router,
    evaluation_profiles.router,
    evaluation_amounts.router,
    evaluation_flows.router,
    evaluation_pictures.router,
    evaluation_equality.router,
    extracts.router,
    extract_builds.router,
    extracts_codes.router,
    batches.router,
)
