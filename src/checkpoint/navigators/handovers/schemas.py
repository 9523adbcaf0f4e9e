"""What is offered to another navigator, and how they answer."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from checkpoint.foundation.schemas import Command, Day, Moment, View, example
from checkpoint.navigators.schemas import Override, Words
from checkpoint.navigators.states import OfferKind


class OfferCase(Command):
    """A case is offered to another navigator; an earlier offer that is open ends with it."""

    model_config = example(navigator_id="019e2f6a-7c1d-7b3e-9a54-3f0d8f2b6c11", kind="hand_over")

    navigator_id: Annotated[UUID, Field(description="To whom; see GET /v1/me/colleagues.")]
    kind: Annotated[OfferKind, Field(description="See /v1/reference/navigator-handover-kinds.")]
    cover_last_day: Annotated[
        Day | None, Field(description="Only of a cover: it ends by itself after this day.")
    ] = None
    words: Annotated[Words | None, Field(description="What they should know beforehand.")] = None
    override_words: Override = None


class AcceptOffer(Command):
    """Take the case; there is nothing to add, so send {} or nothing."""

    model_config = example()


class DeclineOffer(Command):
    """Leave the case where it is."""

    model_config = example(words="The case is too far away.")

    words: Words


class EndCover(Command):
    """End a cover before its day; there is nothing to add, so send {} or nothing."""

    model_config = example()


class OfferToMeView(View):
    """A case that somebody is offered; who it is about is told once they have it."""

    id: UUID
    reference: str
    suite: str
    kind: OfferKind
    cover_last_day: date | None
    words: str | None
    from_navigator: str
    offered_at: Moment
