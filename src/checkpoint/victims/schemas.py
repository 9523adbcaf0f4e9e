"""What is entered of victims, and what is shown of them to those who may know."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from checkpoint.custody.movements.schemas import Late
from checkpoint.custody.movements.states import LateReason
from checkpoint.foundation.schemas import (
    Command,
    Instant,
    Moment,
    NextStep,
    Text,
    View,
    YesNo,
    example,
)
from checkpoint.people.schemas import PersonView, Who
from checkpoint.victims.states import (
    ContactChannel,
    ContactResult,
    NotificationKind,
    RestorativeWish,
    VictimStance,
    WithdrawalReason,
)

Vulnerable = Annotated[
    YesNo | None,
    Field(description="Vulnerable or intimidated; null is not known, and the short times count."),
]


class AddVictim(Who):
    """A victim of what is alleged; or a business, by the person who speaks for it."""

    model_config = example(
        person={"family_name": "Testvictim", "given_names": "Synthetic"},
        business_name="Example Stores",
        contact_role="Store manager",
        vulnerable=False,
    )

    business_name: Annotated[Text | None, Field(max_length=200)] = None
    contact_role: Annotated[
        Text | None, Field(max_length=100, description="What the contact is in the business.")
    ] = None
    offences: Annotated[
        list[UUID],
        Field(max_length=50, description="The alleged offences they suffered; none is not known."),
    ] = []
    vulnerable: Vulnerable = None

    @model_validator(mode="after")
    def a_role_in_something(self) -> Self:
        if self.contact_role is not None and self.business_name is None:
            raise ValueError("Send contact_role only with business_name.")
        return self


class RecordContact(Command):
    """An attempt to reach the victim, and what came of it."""

    model_config = example(
        attempted_at="2026-11-03T09:30:00Z", channel="telephone", result="no_answer"
    )

    attempted_at: Annotated[Instant, Field(examples=["2026-11-03T10:00:00Z"])]
    channel: ContactChannel
    result: ContactResult
    late_reason: Late = None


class RecordViews(Command):
    """What the victim says to a disposal without prosecution. It is considered, and no veto."""

    model_config = example(
        sought_at="2026-11-03T10:00:00Z", stance="neutral", restorative_wish="undecided"
    )

    sought_at: Annotated[Instant, Field(examples=["2026-11-03T10:00:00Z"])]
    stance: VictimStance
    restorative_wish: RestorativeWish
    vulnerable: Vulnerable = None
    late_reason: Late = None


class RecordNotification(Command):
    """The victim was told of something; `what` and `happened_at` as the list of what is due has it."""

    model_config = example(
        what="arrested",
        happened_at="2026-11-02T21:40:00Z",
        told_at="2026-11-03T10:00:00Z",
        channel="telephone",
    )

    what: NotificationKind
    happened_at: Annotated[Instant, Field(description="When that had happened.")]
    told_at: Annotated[Instant, Field(examples=["2026-11-03T10:00:00Z"])]
    channel: ContactChannel
    late_reason: Late = None


class WithdrawVictim(Command):
    """Somebody should not have been entered here as a victim."""

    model_config = example(reason="entered_twice")

    reason: Annotated[
        WithdrawalReason, Field(description="See /v1/reference/victim-withdrawal-reasons.")
    ]


class ContactView(View):
    """One attempt to reach a victim."""

    attempted_at: Moment
    channel: ContactChannel
    result: ContactResult
    recorded_at: Moment
    recorded_by: UUID
    entered_late: bool
    late_reason: LateReason | None


class ViewsView(View):
    """What a victim said at one asking."""

    number: int
    sought_at: Moment
    stance: VictimStance
    restorative_wish: RestorativeWish
    vulnerable: bool | None
    recorded_at: Moment
    recorded_by: UUID
    entered_late: bool
    late_reason: LateReason | None


class NotificationView(View):
    """Something a victim has to be told, or was."""

    what: NotificationKind
    happened_at: Moment
    due_on: Annotated[date | None, Field(description="The last working day for it; null: none.")]
    told_at: Annotated[Moment | None, Field(description="Null: not told yet.")]
    channel: ContactChannel | None
    overdue: Annotated[bool, Field(description="Told later than due, or not told and past due.")]


class WithdrawalView(View):
    """That an entry was withdrawn."""

    reason: WithdrawalReason
    withdrawn_at: Moment
    withdrawn_by: UUID


class VictimCaseView(View):
    """A victim of one case, with everything that was done for them and is still due."""

    id: UUID
    custody_record_id: UUID
    person: PersonView
    business_name: str | None
    contact_role: str | None
    offences: Annotated[
        list[UUID], Field(description="Of those that stand on the record; put right where it was.")
    ]
    vulnerable: Annotated[bool | None, Field(description="As last known.")]
    contact_attempts: list[ContactView]
    views: Annotated[list[ViewsView], Field(description="The last one counts.")]
    notifications: Annotated[
        list[NotificationView],
        Field(
            description="In the order they happened; what a contract brings is listed with the "
            "contract."
        ),
    ]
    added_at: Moment
    withdrawn: Annotated[
        WithdrawalView | None,
        Field(description="Null: it stands. Of a withdrawn entry nothing is due any more."),
    ]
    next_steps: list[NextStep]


class VictimsView(View):
    """The victims of a case, in the order in which they were entered."""

    items: list[VictimCaseView]
