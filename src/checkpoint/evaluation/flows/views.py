"""Counts into a flow that adds up, as its reader may see it; no session."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from checkpoint.evaluation import facts as words
from checkpoint.evaluation import views
from checkpoint.evaluation.flows import facts
from checkpoint.evaluation.flows.facts import told
from checkpoint.evaluation.flows.rules import checked, hidden
from checkpoint.evaluation.flows.schemas import (
    AnalysedView,
    FlowArmView,
    FlowView,
    GateView,
    PartView,
)
from checkpoint.evaluation.queries import Opened
from checkpoint.evaluation.rules import Arm
from checkpoint.evaluation.windows import words as length
from checkpoint.foundation.actors import Role
from checkpoint.foundation.disclosure import EXACT, rests_on_few
from checkpoint.outcomes.cuts.facts import ALLOCATED
from checkpoint.outcomes.cuts.rules import Flow, Gate, before_allocation, gates_of
from checkpoint.outcomes.cuts.states import EndOfObservation, Measure

GIVEN = ("own_arm", "own_arm_otherwise", "another_arm", "not_known")
ENDS = tuple(each.value for each in EndOfObservation)
ANALYSED = ("analysed", "not_passed", "not_followed")
KEPT, LEFT_OUT = "kept", "left_out"


@dataclass(frozen=True)
class Counted:
    """What was counted of a cut: by arm, by arm and horizon, and before."""

    allocated: Mapping[str, int]
    given: Sequence[Any]
    ended: Sequence[Any]
    analysed: Mapping[Measure, Sequence[Any]]


def flow(opened: Opened, counted: Counted, *, role: Role) -> FlowView:
    """From arrest to analysis.

    Args:
        opened: the cut.
        counted: of its people.
        role: the reader's.

    Returns:
        The flow, with small numbers withheld from whoever does not work with them.

    Raises:
        FlowDoesNotReconcile: a box is not the sum of what leaves it.
    """
    left_out = dict(opened.cut.flow.get(LEFT_OUT, {}))
    participants = opened.cut.participants
    everybody = participants + sum(left_out.values())
    gates = gates_of(opened.cut.flow, everybody)
    boxes = before_allocation(gates, everybody)
    arms = {f"arm.{arm.mask}": counted.allocated.get(arm.mask, 0) for arm in opened.arms}
    gone_since = {f"arm.{mask}": people for mask, people in left_out.items()}
    _allocated(boxes, arms, gone_since, role=role)
    boxes.boxes[KEPT] = participants
    boxes.divide(KEPT, {f"{arm}.{KEPT}": people for arm, people in arms.items()}, known=[KEPT])
    for arm in opened.arms:
        _after(boxes, arm, opened, counted, role=role)
    if not opened.unblinded:
        boxes.divide(KEPT, _parts("given", counted.given, GIVEN))
    gone = hidden(checked(boxes), exact=role in EXACT)
    beginning = views.beginning(opened, counted.allocated, role=role)
    return _told(opened, beginning, gates, boxes, gone)


def _allocated(
    boxes: Flow, arms: Mapping[str, int], left_out: Mapping[str, int], *, role: Role
) -> None:
    """Who was allocated to each arm: those in the cut, and those left out of it since."""
    told = not rests_on_few(arms.values(), role)
    people = {arm: kept + left_out.get(arm, 0) for arm, kept in arms.items()}
    boxes.divide(ALLOCATED, people)
    for arm, kept in arms.items():
        parts = {f"{arm}.{KEPT}": kept, f"{arm}.{LEFT_OUT}": left_out.get(arm, 0)}
        boxes.divide(arm, parts, known=[f"{arm}.{KEPT}"] if told else [])
    if any(left_out.values()):
        return
    boxes.known |= {*arms} if told else set()
    boxes.known |= set() if rests_on_few([boxes.boxes[ALLOCATED]], role) else {ALLOCATED}


def _after(boxes: Flow, arm: Arm, opened: Opened, counted: Counted, *, role: Role) -> None:
    """What became of an arm."""
    place = f"arm.{arm.mask}"
    whole = f"{place}.{KEPT}"
    if opened.unblinded:
        boxes.divide(whole, _parts(f"{place}.given", _of(counted.given, arm), GIVEN))
    boxes.divide(whole, _parts(f"{place}.ended", _of(counted.ended, arm), ENDS))
    for measure, rows in counted.analysed.items():
        for number in range(len(opened.horizons)):
            box = f"{place}.{measure}{number}"
            sums = {
                f"{box}.{name}": sum(getattr(row, f"{name}{number}") for row in _of(rows, arm))
                for name in ANALYSED
            }
            # The summary tells the denominators of all arms, or of none.
            few = rests_on_few((getattr(row, f"{ANALYSED[0]}{number}") for row in rows), role)
            boxes.divide(whole, sums, known=[] if few else [f"{box}.{ANALYSED[0]}"])


def _of(rows: Iterable[Any], arm: Arm) -> list[Any]:
    return [row for row in rows if row.mask == arm.mask]


def _parts(place: str, rows: Iterable[Any], codes: Sequence[str]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for row in rows:
        counts[row.code] += row.people
    return {f"{place}.{code}": counts[code] for code in codes}


def _told(
    opened: Opened,
    beginning: Mapping[str, Any],
    gates: Sequence[Gate],
    boxes: Flow,
    gone: AbstractSet[str],
) -> FlowView:
    called = opened.cut.flow.get("words", {})

    def part(box: str, code: str, called: Mapping[str, str] = facts.NOTHING) -> PartView:
        return PartView(code=code, words=facts.words_of(code, called), people=number(box))

    def number(box: str) -> int | None:
        return None if box in gone else boxes.boxes[box]

    masked = not opened.unblinded
    given = [part(f"given.{code}", code) for code in GIVEN] if masked else None
    before = [_gate(gate, number(gate.code), called.get(gate.code, {}), part) for gate in gates]
    arms = [_arm(arm, opened, number(f"arm.{arm.mask}"), part) for arm in opened.arms]
    withheld = [facts.TOGETHER] * masked + [words.SMALL] * bool(gone)
    return FlowView(
        **beginning,
        begins=gates[0].code if gates else ALLOCATED,
        nothing_before=None if gates else facts.NOTHING_BEFORE,
        gates=before,
        allocated=number(ALLOCATED),
        followed=arms,
        given_together=given,
        withheld=withheld,
        sums_checked=len(boxes.sums),
        window=window(opened),
        in_words=in_words(before, number(ALLOCATED), arms, given),
    )


def _gate(gate: Gate, people: int | None, called: Mapping[str, str], part: Any) -> GateView:
    return GateView(
        gate=gate.code,
        words=facts.GATES[gate.code],
        people=people,
        stopped=[part(f"{gate.code}.{reason}", reason, called) for reason in gate.stopped],
        stopped_words=facts.REASONS[gate.code],
    )


def _arm(arm: Arm, opened: Opened, allocated: int | None, part: Any) -> FlowArmView:
    whole = f"arm.{arm.mask}"
    return FlowArmView(
        mask=arm.mask,
        arm=arm.name,
        allocated=allocated,
        kept=[part(f"{whole}.{code}", code) for code in (KEPT, LEFT_OUT)],
        given=[part(f"{whole}.given.{code}", code) for code in GIVEN] if opened.unblinded else None,
        followed=[part(f"{whole}.ended.{code}", code) for code in ENDS],
        analysed=[
            AnalysedView(
                measure=measure,
                measures=words.MEASURES[measure],
                horizon=horizon.name,
                until=length(horizon),
                parts=[part(f"{whole}.{measure}{number}.{name}", name) for name in ANALYSED],
            )
            for measure in opened.measures
            for number, horizon in enumerate(opened.horizons)
        ],
    )


def window(opened: Opened) -> str:
    """What a flow is of."""
    return (
        f"On record by {opened.cut.known_until:%-d %B %Y}; outcomes followed up to "
        f"{opened.cut.followed_until:%-d %B %Y}."
    )


def in_words(
    gates: Sequence[GateView],
    allocated: int | None,
    arms: Sequence[FlowArmView],
    given: Sequence[PartView] | None,
) -> list[str]:
    """The flow as sentences.

    Args:
        gates: before allocation, in order.
        allocated: how many were.
        arms: in order.
        given: what people were given, all arms together; None: it stands by arm.

    Returns:
        A sentence for each box.
    """
    found = [
        f"{gate.words}: {told(gate.people)}. {gate.stopped_words}: {_listed(gate.stopped)}."
        for gate in gates
    ]
    found.append(f"Allocated: {told(allocated)}.")
    if given is not None:
        found.append(f"All arms together. {_listed(given)}.")
    for arm in arms:
        label = f"Arm {arm.arm or arm.mask}"
        kept = "" if arm.kept[-1].people == 0 else f" {_listed(arm.kept)}."
        found.append(f"{label}, allocated: {told(arm.allocated)}.{kept}")
        if arm.given is not None:
            found.append(f"{label}. {_listed(arm.given)}.")
        found.append(f"{label}. {_listed(arm.followed)}.")
        found += [
            f"{label}, {each.measures.lower()} within {each.until}. {_listed(each.parts)}."
            for each in arm.analysed
        ]
    return found


def _listed(parts: Sequence[PartView]) -> str:
    return "; ".join(f"{each.words}: {told(each.people)}" for each in parts) or "nobody"
