"""What is asked of extracts."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from checkpoint.extracts.states import Product, Verdict
from checkpoint.foundation.schemas import Code, Command, Day, Spelt, Text

Words = Annotated[Text, Field(max_length=2000)]
FieldName = Annotated[
    str,
    Field(pattern=r"^[a-z][a-z0-9_.-]{0,39}$", examples=["age_band"]),
    Spelt("a field as GET /v1/extract-fields names it", "age_band"),
]
# What cuts hold of people, wherever the programme ran; null is not known.
SexCode = Literal["male", "female", "not_specified"]
EthnicityCode = Literal["white", "mixed", "asian", "black", "other"]
Group = Annotated[str, Field(min_length=1, max_length=40)]


class Population(Command):
    """Of whom; whatever is left out does not narrow it."""

    sex: Annotated[list[SexCode] | None, Field(min_length=1, max_length=10)] = None
    ethnicity: Annotated[list[EthnicityCode] | None, Field(min_length=1, max_length=20)] = None
    offence_group: Annotated[list[Group] | None, Field(min_length=1, max_length=40)] = None
    residence: Annotated[list[Group] | None, Field(min_length=1, max_length=40)] = None
    age_from: Annotated[int | None, Field(ge=10, le=120, description="Whole years.")] = None
    age_to: Annotated[int | None, Field(ge=10, le=120, description="Whole years.")] = None
    observed_days: Annotated[
        int | None, Field(ge=0, le=36_500, description="Observed for so many days, or longer.")
    ] = None

    def told(self) -> dict[str, Any]:
        """Only what narrows it, with lists in one order."""
        return {
            name: sorted(set(value)) if isinstance(value, list) else value
            for name, value in self.model_dump(exclude_none=True).items()
        }


class Exempt(Command):
    """A covariate that is declared to identify nobody."""

    field: FieldName
    why: Annotated[Text, Field(max_length=300, description="Why nobody is known by it.")]


class AskForExtract(Command):
    """Ask for an extract; two other people then look at it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "trial": "CHECKPOINT-1",
                    "cut": 1,
                    "product": "person_level",
                    "fields": ["arm", "age_band", "sex", "observed_days", "arrest_day"],
                    "population": {},
                    "purpose": "The evaluation that the protocol names, at twelve months.",
                    "agreement": "Data sharing agreement 2026/17",
                    "recipient": "SYNTHETIC-UNIVERSITY",
                    "expires_on": "2027-05-31",
                }
            ]
        }
    )

    trial: Annotated[str, Field(max_length=40, description="The trial's name.")]
    cut: Annotated[int, Field(ge=1, le=1_000_000, description="Counts the trial's data cuts.")]
    product: Product
    fields: Annotated[
        list[FieldName],
        Field(
            min_length=1,
            max_length=60,
            description="Of a person-level extract, its columns; of aggregates, what to count by. "
            "See GET /v1/extract-fields.",
        ),
    ]
    events: Annotated[
        bool, Field(description="Also a row for each event; of a person-level extract alone.")
    ] = False
    exempt: Annotated[
        list[Exempt],
        Field(
            max_length=20,
            description="Covariates that identify nobody, so that people need not be alike in "
            "them; those who approve look at each.",
        ),
    ] = []
    population: Annotated[Population, Field(description="Of whom; {} is of everybody.")]
    purpose: Annotated[Words, Field(description="What for, in words.")]
    agreement: Annotated[Text, Field(max_length=200, description="The agreement it rests on.")]
    recipient: Annotated[Code, Field(description="The organisation that receives it, as a code.")]
    expires_on: Annotated[Day, Field(description="The last day on which it is given out.")]


class ApproveExtract(Command):
    """Approve a request, as one of two."""

    words: Annotated[
        Words | None,
        Field(
            description="What is to be said of it, if anything.",
            examples=["The agreement covers every field."],
        ),
    ] = None


class RefuseExtract(Command):
    """Refuse a request; it is then decided."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"words": "The agreement does not cover ethnicity."}]}
    )

    words: Annotated[Words, Field(description="Why, in words.")]


class EndExtract(Command):
    """Give nothing more out of an extract; its key is destroyed."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"words": "The recipient's agreement has lapsed."}]}
    )

    words: Annotated[Words, Field(description="Why, in words.")]


class RecordAssessment(Command):
    """What came of trying to find people in a release."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "verdict": "not_sure",
                    "method": "Two days with press reports and social media, as the ICO's "
                    "motivated intruder.",
                    "assessed_on": "2026-11-02",
                }
            ]
        }
    )

    verdict: Verdict
    method: Annotated[Words, Field(description="How it was tried, in words; nobody's name.")]
    assessed_on: Annotated[Day, Field(description="The day on which it ended.")]


class BuildExtract(Command):
    """Have it built; there is nothing to add, so send {} or nothing."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}]})
