"""The words of the evaluation. Pure."""

from enum import StrEnum

from checkpoint.foundation import errors


class EvaluationEvent(StrEnum):
    """The room's events."""

    SUMMARY_READ = "evaluation.summary_read"
    SUBGROUPS_READ = "evaluation.subgroups_read"
    TIME_TO_EVENT_READ = "evaluation.time_to_event_read"
    BASELINE_READ = "evaluation.baseline_read"
    AMOUNTS_READ = "evaluation.amounts_read"
    FLOW_READ = "evaluation.flow_read"
    EQUALITY_READ = "evaluation.equality_read"
    RECRUITMENT_READ = "evaluation.recruitment_read"
    FOREST_READ = "evaluation.forest_read"
    REPORTED = "evaluation.reported"


class Population(StrEnum):
    """Who is compared with whom, the trial's own comparison first."""

    INTENTION_TO_TREAT = "intention_to_treat"
    AS_DELIVERED = "as_delivered"
    PER_PROTOCOL = "per_protocol"


class InCustody(StrEnum):
    """What becomes of the time of somebody who came into custody."""

    COUNTED = "counted"
    CENSORED = "censored"


class Amount(StrEnum):
    """What a person has so much of."""

    EVENTS = "events"
    HARM = "harm_days"
    DISTANCE = "distance_travelled"
    COST = "cost_pence"
    CUSTODY = "custody_days"
    WELLBEING = "wellbeing"
    SATISFACTION = "victim_satisfaction"


class ArmsToldBySize(errors.Conflict):
    slug = "arms-told-by-size"
    title = "How many people each letter has would tell which arm it is"
