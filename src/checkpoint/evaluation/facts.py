"""What the evaluation's figures are of, in words. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from checkpoint.evaluation.states import Amount, InCustody, Population
from checkpoint.outcomes.cuts.facts import Primary
from checkpoint.outcomes.cuts.states import Measure, Origin

POPULATIONS: Mapping[Population, str] = MappingProxyType(
    {
        Population.INTENTION_TO_TREAT: "Everybody allocated, in the arm they were allocated to, "
        "whatever they were given. This is the trial's comparison.",
        Population.AS_DELIVERED: "Everybody of whom it is known what they were given, in the arm "
        "they were given. Who was given what was not drawn, so other differences come along.",
        Population.PER_PROTOCOL: "Those who were given their own arm as the protocol has it. Who "
        "keeps to it was not drawn, so other differences come along.",
    }
)
MEASURES: Mapping[Measure, str] = MappingProxyType(
    {
        Measure.ARREST: "Arrested again",
        Measure.CHARGE: "Charged again",
        Measure.PROVEN: "Proven reoffence",
    }
)
PRIMARY: Mapping[Origin, str] = MappingProxyType(
    {
        Origin.OWN: "Primary outcome: {measures} within {horizon}, fixed in advance by definitions "
        "{definitions}. The trial is judged by it, by intention to treat; every other figure is "
        "secondary.",
        Origin.ELSEWHERE: "Primary outcome: {measures} within {horizon}, as the manifest of the "
        "trial names it ({definitions}); the trial ran elsewhere, and that it was fixed in advance is "
        "the word of whoever brought it in. Every other figure is secondary.",
    }
)
NO_PRIMARY = (
    "No primary outcome was fixed in advance. Every figure is exploratory as to which of them is "
    "the main one: none may be picked as that for what it shows."
)
NAMED_SINCE = (
    " It stands in the manifest from edition {since} on: the edition before named another or none, "
    "and its figures could be read by then."
)
LEFT_OUT_SINCE = (
    " From edition {since} on the manifest names none: the edition before did, and its figures could "
    "be read by then."
)
AMOUNTS: Mapping[Amount, str] = MappingProxyType(
    {
        Amount.EVENTS: "How many there were for each person, each counted.",
        Amount.HARM: "Days by the harm index for each person, summed over what happened; what "
        "police found of their own accord and what the index does not have count nothing; where it is "
        "not known how it was found, it counts.",
        Amount.DISTANCE: "Pathways' scores at exit less those at baseline, summed, of those with "
        "both.",
        Amount.COST: "What a case cost in pence, of those for whom it is recorded.",
        Amount.CUSTODY: "Days of those observed that were spent in custody, where little can "
        "happen, of those for whom they are known. For sensitivity: nothing else here takes them away.",
        Amount.WELLBEING: "Points of WEMWBS, 14 to 70 and more is better, at the last measure after "
        "allocation, of those of whom one was taken.",
        Amount.SATISFACTION: "How satisfied victims were, 1 to 5: the mean of each victim's last "
        "answer in a case, to three decimals, of those cases in which one answered.",
    }
)
AGES: Mapping[str, str] = MappingProxyType(
    {
        "under_18": "under 18",
        "18_24": "18-24",
        "25_34": "25-34",
        "35_44": "35-44",
        "45_54": "45-54",
        "55_over": "55 and over",
    }
)
IN_CUSTODY: Mapping[InCustody, str] = MappingProxyType(
    {
        InCustody.COUNTED: "Days in custody count as any other.",
        InCustody.CENSORED: "For sensitivity: whoever came into custody was observed until that day, "
        "and what happened to them later does not count. Custody may follow from what is measured, or "
        "from the arm itself, so read this beside the trial's own comparison, never instead of it.",
    }
)
CUSTODY_OF_CHARGES = (
    "Who was held and then charged was in custody before the charge, which is missed: charges are far "
    "fewer here."
)
CUSTODY_UNKNOWN = (
    "Not known of everybody: the cut does not tell on which day somebody came into custody, and "
    "without them other people would be compared. Cuts that were taken before it was kept do not "
    "have it; take a new one."
)
CUSTODY_LEAVES_FEW = (
    "Withheld: taken from what is told with custody counted, it would leave 1 to 9 people. The "
    "trial's statistician sees it."
)
MASKED = (
    "Arms are letters until two people have unblinded the whole trial. The first letter is what "
    "the others are compared with, and says nothing of the arm."
)
WITHHELD = (
    "By arm this is withheld until two people have unblinded the whole trial: it would tell which "
    "letter is which arm."
)
SMALL = (
    "Withheld: it rests on 1 to 9 people. The trial's statistician sees it; what leaves the force "
    "goes through an extract."
)
ANOTHERS_FEW = (
    "Withheld, or another group's few could be worked out. The trial's statistician sees it."
)
LEAVES_FEW = (
    "Withheld: taken from what is told of another population, it would leave 1 to 9 people. The "
    "trial's statistician sees it."
)
UNKNOWN: Mapping[Population, str] = MappingProxyType(
    {
        Population.AS_DELIVERED: "Not known of anybody: the cut does not tell what people were "
        "given.",
        Population.PER_PROTOCOL: "Not known of anybody: the cut has nobody who was given their own "
        "arm as the protocol has it.",
    }
)
NOT_KNOWN_OF_ANYBODY = "Not known of anybody in this cut."
NO_INTERACTION = (
    "No test can be made: in fewer than two subgroups did it happen to some and not to others in "
    "both arms."
)
INTERACTION_WITHHELD = (
    "Withheld with the subgroups that it rests on. The trial's statistician sees it."
)
INTERACTION_OF_FEW = (
    "It rests on fewer than 10 people in a cell of a subgroup, where the test is not to be relied "
    "on."
)
NOT_FOR_RELEASE = (
    "For work inside the service, exact. Nothing of it is to leave the force but through an "
    "extract, where small counts are suppressed and all others rounded."
)
EXPLORATORY = (
    "Exploratory. {tests} tests are made here; if the arms did not differ for anybody, about "
    "{chance} would still come out below 0.05. A subgroup differs from others only if the test of "
    "interaction says so, and not because its own interval leaves out no difference."
)
NO_TEST_OF_BASELINE = (
    "Arms were drawn, so what differs before allocation differs by chance: there is no test, only "
    "how far. 0.1 is what many take for little."
)


def primary_in_words(
    primary: Primary | None, *, origin: Origin, definitions: str, since: int | None
) -> str:
    """Which outcome was fixed as primary in advance, and who says so; or that none was.

    Args:
        primary: of a cut; None: it keeps none.
        origin: whether the trial ran here.
        definitions: their version.
        since: the edition from which on it is so, if another was before; None: from the first one.

    Returns:
        Sentences, for whoever reads figures or files made from the cut.
    """
    if primary is None:
        told, later = NO_PRIMARY, LEFT_OUT_SINCE
    else:
        what, later = MEASURES[primary.measure].lower(), NAMED_SINCE
        told = PRIMARY[origin].format(
            measures=what, horizon=primary.horizon, definitions=definitions
        )
    return told if since is None else told + later.format(since=since)
