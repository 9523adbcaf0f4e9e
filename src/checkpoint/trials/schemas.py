"""What is shown of phases and trials. Block sizes and lists are shown nowhere."""

from datetime import date
from typing import Annotated

from pydantic import Field

from checkpoint.foundation.schemas import Moment, View
from checkpoint.trials.states import TrialKind, TrialState


class PhaseView(View):
    """From when until when the programme runs at a suite."""

    suite: str
    live_from: date
    live_until: Annotated[date | None, Field(description="First day no longer; null is open.")]
    source: str


class PhasesView(View):
    """Where the programme runs."""

    items: list[PhaseView]


class StratumView(View):
    """One suite's part in a trial."""

    suite: str


class HoldersView(View):
    """Who holds what in the trial, as posts."""

    sponsor: str
    trial_manager: str
    statistician: str
    data_monitor: str


class TrialView(View):
    """A trial, by the protocol that counts today."""

    code: str
    kind: Annotated[TrialKind, Field(description="A test trial's cases count nowhere.")]
    state: TrialState
    meaning: Annotated[str, Field(description="What that state means for a case.")]
    title: str
    registered_as: str | None
    protocol_version: str
    changed: Annotated[str, Field(description="What this version changed, in words.")]
    source: str
    in_effect_from: date
    opens_on: date
    closes_on: Annotated[date | None, Field(description="First day without allocation.")]
    closed_at: Annotated[Moment | None, Field(description="When somebody closed it.")]
    target: Annotated[int, Field(description="People to allocate, over all arms.")]
    ratio: Annotated[dict[str, int], Field(description="Whole parts by arm.")]
    strata: list[StratumView]
    holders: HoldersView


class TrialsView(View):
    """Every trial."""

    items: list[TrialView]
