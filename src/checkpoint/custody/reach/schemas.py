"""What is asked about who reaches a case, and what is shown of it."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from checkpoint.custody.reach.rules import MOST_NAMED
from checkpoint.custody.reach.states import (
    GlassOutcome,
    GlassReason,
    GlassState,
    RestrictionReason,
)
from checkpoint.custody.reach.tables import LEAST_WORDS, WORDS_LIMIT
from checkpoint.foundation.schemas import Command, Moment, Text, View, example

Words = Annotated[Text, Field(max_length=WORDS_LIMIT)]
SOMEBODY = "0190b3a0-0000-7000-8000-000000000001"


class RestrictCase(Command):
    """Only those who are named reach the case from now on; you are named by yourself."""

    model_config = example(
        reason_code="staff", words="The person works at this suite.", named=[SOMEBODY]
    )

    reason_code: RestrictionReason
    words: Annotated[Words, Field(description="Why, in words.")]
    named: Annotated[
        list[UUID],
        Field(
            max_length=MOST_NAMED - 1,
            description="Who else reaches it, as the identity provider has them: `id` of their "
            "GET /v1/me.",
        ),
    ] = []


class NameSomebody(Command):
    """Somebody reaches a restricted case, or does so no longer."""

    model_config = example(actor_id=SOMEBODY)

    actor_id: Annotated[UUID, Field(description="Who, as the identity provider has them.")]


class LiftRestriction(Command):
    """The case is open to its suite again."""

    model_config = example(words="The person left the force.")

    words: Annotated[Words, Field(description="Why, in words.")]


class NamedView(View):
    """Somebody who reaches a restricted case, or did."""

    actor_id: UUID
    named_at: Moment
    named_by: UUID
    ended_at: Annotated[Moment | None, Field(description="Null while they are named.")]
    ended_by: UUID | None


class RestrictionView(View):
    """A case's restriction, with everybody who was ever named for it."""

    id: UUID
    reason_code: RestrictionReason
    words: str
    restricted_at: Moment
    restricted_by: UUID
    lifted_at: Annotated[Moment | None, Field(description="Null while it stands.")]
    lifted_by: UUID | None
    lifted_because: str | None
    named: list[NamedView]


class RestrictionsView(View):
    """Whether a case is restricted now, and every restriction it had, the last one first."""

    restricted: bool
    items: list[RestrictionView]


class BreakGlass(Command):
    """Read a case that is not yours, for a while; a supervisor of its suite is told."""

    model_config = example(
        reason_code="person_present",
        words="The person is at our counter and says that they need their medication.",
    )

    reason_code: GlassReason
    words: Annotated[Words, Field(min_length=LEAST_WORDS, description="Why, in words.")]


class GlassView(View):
    """One break-glass access."""

    id: UUID
    custody_record_id: UUID
    reason_code: GlassReason
    words: str
    broken_at: Moment
    broken_by: UUID
    until: Annotated[Moment, Field(description="The case is closed again from then on.")]


class GlassBrokenView(GlassView):
    """What whoever broke the glass is told."""

    reads_only: Annotated[bool, Field(description="Nothing of the case can be changed.")] = True
    hours: Annotated[int, Field(description="How long it stands.")]
    source: Annotated[str, Field(description="Who says how long.")]


class GlassListedView(GlassView):
    """One break-glass access, as a supervisor of the case's suite sees it."""

    reference: str
    suite: str
    state: GlassState
    outcome: GlassOutcome | None
    review_words: str | None
    reviewed_at: Moment | None
    reviewed_by: UUID | None


class ReviewGlass(Command):
    """What you found; once. Unjustified ends the access at once."""

    model_config = example(outcome="justified", words="The suite was called; it was in order.")

    outcome: GlassOutcome
    words: Annotated[Words, Field(description="What you found, in words.")]
