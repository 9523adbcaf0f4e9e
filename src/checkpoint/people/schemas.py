"""A person as they are given, and as they are shown."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from checkpoint.foundation.schemas import Command, Day, Name, View
from checkpoint.people.identifiers import EXAMPLE, is_pnc_id


def checked(text: str) -> str:
    if not is_pnc_id(text):
        raise ValueError(
            f"This is not a PNC ID: year, stroke, up to seven digits and the right check letter, "
            f"e.g. {EXAMPLE}. Check the letter against the paper."
        )
    return text


PncId = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=13),
    AfterValidator(checked),
    Field(description="In any written form; the check letter must be right.", examples=[EXAMPLE]),
]


class RegisterPerson(Command):
    """Who was arrested, as far as is known."""

    family_name: Name
    given_names: Annotated[Name | None, Field(examples=["Synthetic"])] = None
    date_of_birth: Annotated[Day | None, Field(examples=["1994-02-11"])] = None
    pnc_id: PncId | None = None


class PersonView(View):
    """A person, to somebody who may know their name."""

    id: UUID
    family_name: str
    given_names: str | None
    date_of_birth: date | None
    pnc_id: str | None
