"""A person as they are given, as they are looked for, and as they are shown."""

from datetime import date
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, model_validator

from checkpoint.foundation.schemas import Command, Day, Moment, Name, Spelt, Text, View, example
from checkpoint.people.identifiers import CRO_EXAMPLE, EXAMPLE, is_cro, is_pnc_id
from checkpoint.people.names import parts
from checkpoint.people.states import (
    AliasKind,
    CorrectionReason,
    EthnicityMissingReason,
    ObservedEthnicity,
    SelfDefinedEthnicity,
    Sex,
)


def checked(text: str) -> str:
    if not is_pnc_id(text):
        raise ValueError(
            f"This is not a PNC ID: year, stroke, up to seven digits and the right check letter, "
            f"e.g. {EXAMPLE}. Check the letter against the paper."
        )
    return text


def checked_cro(text: str) -> str:
    if not is_cro(text):
        raise ValueError(
            f"This is not a CRO number: up to six digits, stroke, year and the right check letter, "
            f"e.g. {CRO_EXAMPLE}, or SF, year, stroke, digits and letter. Check it against the paper."
        )
    return text


def either(text: str) -> str:
    if not is_pnc_id(text) and not is_cro(text):
        raise ValueError(
            f"This is neither a PNC ID (e.g. {EXAMPLE}) nor a CRO number (e.g. {CRO_EXAMPLE}); "
            "check the last letter against the paper."
        )
    return text


PncId = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=13),
    AfterValidator(checked),
    Field(description="In any written form; the check letter must be right.", examples=[EXAMPLE]),
]
CroNumber = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=13),
    AfterValidator(checked_cro),
    Field(
        description="In any written form; the check letter must be right.", examples=[CRO_EXAMPLE]
    ),
]
LocalAuthority = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_upper=True, pattern=r"^[EWSNewsn][0-9]{8}$"),
    Spelt("a GSS code of a letter and eight digits", "E06000047"),
    Field(
        description="GSS code; see /v1/reference/local-authorities for the nearest.",
        examples=["E06000047"],
    ),
]


def findable(text: str) -> str:
    if not parts(text):
        raise ValueError(
            "Write at least one letter or digit: nobody is found by a name without any. "
            "Ask how the name is written."
        )
    return text


FamilyName = Annotated[Name, AfterValidator(findable)]


class Particulars(Command):
    """What may be known of a person."""

    family_name: FamilyName | None = None
    given_names: Annotated[Name | None, Field(examples=["Synthetic"])] = None
    date_of_birth: Annotated[Day | None, Field(examples=["1994-02-11"])] = None
    pnc_id: PncId | None = None
    cro_number: CroNumber | None = None
    estimated_age_years: Annotated[
        int | None,
        Field(
            strict=True,
            ge=10,
            le=120,
            description="Where no date of birth is known; kept as an estimate of today.",
            examples=[None],
        ),
    ] = None
    sex: Annotated[Sex | None, Field(examples=["male"])] = None
    self_defined_ethnicity: Annotated[
        SelfDefinedEthnicity | None,
        Field(description="What the person says of themselves, 18+1.", examples=["W1"]),
    ] = None
    ethnicity_missing_reason: Annotated[
        EthnicityMissingReason | None,
        Field(description="With NS, and only with it: why it is not stated.", examples=[None]),
    ] = None
    observed_ethnicity: Annotated[
        ObservedEthnicity | None,
        Field(description="What an officer saw; never instead of the other.", examples=["IC1"]),
    ] = None
    local_authority: LocalAuthority | None = None

    @model_validator(mode="after")
    def one_age(self) -> Self:
        if self.date_of_birth is not None and self.estimated_age_years is not None:
            raise ValueError("Send date_of_birth or estimated_age_years, not both.")
        return self

    @model_validator(mode="after")
    def stated_or_why_not(self) -> Self:
        missing = self.self_defined_ethnicity is SelfDefinedEthnicity.NS
        if missing != (self.ethnicity_missing_reason is not None):
            raise ValueError(
                "Send ethnicity_missing_reason with self_defined_ethnicity NS, and only then."
            )
        return self


class RegisterPerson(Particulars):
    """Who was arrested, as far as is known."""

    family_name: FamilyName


class Because(Command):
    """Why something on record is put right."""

    reason: Annotated[CorrectionReason, Field(examples=["document_seen"])]
    words: Annotated[
        Text | None,
        Field(max_length=500, description="In words; wanted with `other`.", examples=[None]),
    ] = None

    @model_validator(mode="after")
    def other_in_words(self) -> Self:
        if self.reason is CorrectionReason.OTHER and self.words is None:
            raise ValueError("Say in words what the other reason is.")
        return self


class CorrectPerson(Particulars, Because):
    """A person's right particulars, and why; what is left out stays as it is."""

    model_config = example(family_name="Testperson", given_names="Synthetic", reason="misheard")

    @model_validator(mode="after")
    def something(self) -> Self:
        if all(getattr(self, name) is None for name in Particulars.model_fields):
            raise ValueError("Send at least one of the particulars that are put right.")
        return self


class Who(Command):
    """Who it is: somebody on record, or somebody who is to be put there."""

    person: Annotated[
        RegisterPerson | None, Field(description="Who, if they are not on record yet.")
    ] = None
    person_id: Annotated[UUID | None, Field(description="Who, if they are on record.")] = None
    none_of: Annotated[
        list[UUID],
        Field(
            max_length=100,
            description="With person: the people who were offered and whom it is not.",
        ),
    ] = []

    @model_validator(mode="after")
    def one_person(self) -> Self:
        if (self.person is None) == (self.person_id is None):
            raise ValueError("Send person or person_id, one of the two.")
        return self

    @property
    def newcomer(self) -> RegisterPerson:
        """Who is to be put on record; only where no person_id was sent."""
        if self.person is None:
            raise ValueError("a known person is no newcomer")
        return self.person


SEARCH: dict[str, Any] = {"family_name": "Testperson", "date_of_birth": "1994-02-11"}


class SearchPeople(Command):
    """Who is looked for: by an identifier, or by name and date of birth as far as they are known."""

    model_config = ConfigDict(json_schema_extra={"examples": [SEARCH]})

    identifier: Annotated[
        str | None,
        StringConstraints(strip_whitespace=True, max_length=13),
        Field(description="A PNC ID or a CRO number, in any written form.", examples=[None]),
    ] = None
    family_name: Name | None = None
    given_names: Annotated[Name | None, Field(examples=["Synthetic"])] = None
    date_of_birth: Annotated[Day | None, Field(examples=["1994-02-11"])] = None

    @model_validator(mode="after")
    def one_way(self) -> Self:
        named = self.family_name is not None or self.given_names is not None
        if (self.identifier is not None) == (named or self.date_of_birth is not None):
            raise ValueError("Send identifier, or names with or without date_of_birth, not both.")
        if self.identifier is None and not named:
            raise ValueError("Send at least one name with the date of birth.")
        if self.identifier is not None:
            either(self.identifier)
        return self


class AddAlias(Command):
    """Another name that somebody is known by."""

    model_config = example(family_name="Testperson", given_names="Synthetic")

    family_name: FamilyName
    given_names: Annotated[Name | None, Field(examples=["Synthetic"])] = None


class PersonView(View):
    """A person, to somebody who may know their name."""

    id: UUID
    family_name: str
    given_names: str | None
    date_of_birth: date | None
    pnc_id: str | None
    cro_number: str | None
    estimated_age_years: Annotated[
        int | None, Field(description="An estimate, of the day that is named beside it.")
    ]
    estimated_on: date | None
    sex: Sex | None
    self_defined_ethnicity: SelfDefinedEthnicity | None
    ethnicity_missing_reason: EthnicityMissingReason | None
    observed_ethnicity: ObservedEthnicity | None
    local_authority: str | None


class AliasView(View):
    """Another name of a person, and how it came to stand there."""

    id: UUID
    family_name: str
    given_names: str | None
    kind: AliasKind
    added_at: Moment
    added_by: UUID


class KnownPersonView(PersonView):
    """A person with every other name they are or were known by."""

    aliases: list[AliasView]


class FoundView(View):
    """Somebody who may be who is looked for."""

    score: Annotated[int, Field(ge=0, le=100, description="100: all is known and the same.")]
    reasons: Annotated[list[str], Field(examples=[["Same date of birth"]])]
    person: PersonView
    found_as: Annotated[
        list[PersonView], Field(description="Records merged into this person, where one fits.")
    ]


class FoundPeopleView(View):
    """Who may be meant, the likeliest first."""

    items: list[FoundView]
    more: Annotated[bool, Field(description="There are others: say more about who it is.")]
