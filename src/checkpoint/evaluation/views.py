"""What every answer of the evaluation begins with, and estimates as views; no session."""

from collections.abc import Mapping
from typing import Any

from checkpoint.evaluation import facts
from checkpoint.evaluation.estimates import Estimate, Tested
from checkpoint.evaluation.queries import Opened
from checkpoint.evaluation.rules import told_together
from checkpoint.evaluation.schemas import ArmView, CutView, EstimateView, TestView
from checkpoint.evaluation.windows import denominator, words
from checkpoint.foundation.actors import Role
from checkpoint.outcomes.cuts.facts import Horizon
from checkpoint.outcomes.cuts.states import Measure
from checkpoint.trials.states import TrialKind


def beginning(opened: Opened, allocated: Mapping[str, int], *, role: Role) -> dict[str, Any]:
    """The fields of ``EvaluationView``, as somebody of this role may see them."""
    people = told_together([allocated.get(arm.mask, 0) for arm in opened.arms], role)
    return {
        "trial": opened.trial.code,
        "kind": opened.trial.kind,
        "synthetic": opened.trial.kind is TrialKind.TEST,
        "cut": CutView.model_validate(opened.cut),
        "unblinded": opened.unblinded,
        "masked": None if opened.unblinded else facts.MASKED,
        "arms": [
            ArmView(mask=arm.mask, arm=arm.name, allocated=count)
            for arm, count in zip(opened.arms, people, strict=True)
        ],
        "release": facts.NOT_FOR_RELEASE,
    }


def of(opened: Opened, measure: Measure, horizon: Horizon) -> dict[str, Any]:
    """The fields of ``OfView``, but for the population and what is withheld."""
    return {
        "measure": measure,
        "measures": facts.MEASURES[measure],
        "horizon": horizon.name,
        "until": words(horizon),
        "denominator": denominator(horizon, measure, opened.until(measure)),
    }


def estimate(found: Estimate) -> EstimateView:
    return EstimateView.model_validate(found)


def test(found: Tested) -> TestView:
    return TestView.model_validate(found)
