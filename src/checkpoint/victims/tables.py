"""Victims, attempts to reach them, what they said, and what they were told. None is ever edited."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from checkpoint.custody.movements.states import LateReason
from checkpoint.foundation.database import Record, text_enum
from checkpoint.foundation.disclosure import Disclosure, described
from checkpoint.victims.states import (
    ContactChannel,
    ContactResult,
    NotificationKind,
    RestorativeWish,
    VictimStance,
    WithdrawalReason,
)

INSTANT = sa.DateTime(timezone=True)


class Victim(Record, table=True):
    """Somebody whom the alleged offences of one record harmed; or a business, by a named contact.

    Append-only. The same person may be a suspect elsewhere. Written only by ``victims.actions``.
    """

    __tablename__ = "victim"
    __table_args__ = (
        sa.CheckConstraint("business_name IS NOT NULL OR contact_role IS NULL", name="role_there"),
        sa.Index("ix_victim_custody_record_id", "custody_record_id"),
        sa.Index("ix_victim_person_id", "person_id"),
    )

    custody_record_id: UUID = Field(
        foreign_key="custody_record.id",
        sa_column_kwargs=described("The case they are a victim of.", Disclosure.INDIRECT),
    )
    person_id: UUID = Field(
        foreign_key="person.id",
        sa_column_kwargs=described("Who they are, or who speaks for them.", Disclosure.INDIRECT),
    )
    business_name: str | None = Field(
        default=None,
        max_length=200,
        sa_column_kwargs=described("The business, if it is one.", Disclosure.DIRECT),
    )
    contact_role: str | None = Field(
        default=None,
        max_length=100,
        sa_column_kwargs=described("What the contact is there.", Disclosure.NEVER),
    )
    vulnerable: bool | None = Field(
        default=None,
        sa_column_kwargs=described("Vulnerable or intimidated, if known.", Disclosure.INDIRECT),
    )
    added_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When entered, in UTC.", Disclosure.INDIRECT)
    )
    added_by: UUID = Field(sa_column_kwargs=described("Who entered them.", Disclosure.DIRECT))


class VictimWithdrawal(Record, table=True):
    """Somebody should not have been entered as a victim; their entry stands no longer.

    What was done for them before can still be read. Append-only. Written only by
    ``victims.actions``.
    """

    __tablename__ = "victim_withdrawal"
    __table_args__ = (sa.UniqueConstraint("victim_id"),)

    victim_id: UUID = Field(
        foreign_key="victim.id",
        sa_column_kwargs=described("The entry that is withdrawn.", Disclosure.INDIRECT),
    )
    reason: WithdrawalReason = Field(
        sa_type=text_enum(WithdrawalReason, "reason"),
        sa_column_kwargs=described("Why.", Disclosure.SAFE),
    )
    withdrawn_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When, in UTC.", Disclosure.INDIRECT)
    )
    withdrawn_by: UUID = Field(sa_column_kwargs=described("Who withdrew it.", Disclosure.DIRECT))


class VictimOffence(Record, table=True):
    """Which alleged offence a victim suffered, as it stood when they were entered.

    Where it was put right since, it is read through the entry that replaced it. Append-only.
    Written only by ``victims.actions``.
    """

    __tablename__ = "victim_offence"
    __table_args__ = (sa.UniqueConstraint("victim_id", "alleged_offence_id"),)

    victim_id: UUID = Field(
        foreign_key="victim.id",
        sa_column_kwargs=described("Who suffered it.", Disclosure.INDIRECT),
    )
    alleged_offence_id: UUID = Field(
        foreign_key="alleged_offence.id",
        sa_column_kwargs=described("What they suffered.", Disclosure.INDIRECT),
    )


class VictimContact(Record, table=True):
    """One attempt to reach a victim. Append-only. Written only by ``victims.actions``."""

    __tablename__ = "victim_contact"
    __table_args__ = (sa.Index("ix_victim_contact_victim_id", "victim_id"),)

    victim_id: UUID = Field(
        foreign_key="victim.id",
        sa_column_kwargs=described("Who was to be reached.", Disclosure.INDIRECT),
    )
    attempted_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When, in UTC.", Disclosure.INDIRECT)
    )
    channel: ContactChannel = Field(
        sa_type=text_enum(ContactChannel, "channel"),
        sa_column_kwargs=described("How.", Disclosure.SAFE),
    )
    result: ContactResult = Field(
        sa_type=text_enum(ContactResult, "result"),
        sa_column_kwargs=described("What came of it.", Disclosure.INDIRECT),
    )
    late_reason: LateReason | None = Field(
        default=None,
        sa_type=text_enum(LateReason, "late_reason"),
        sa_column_kwargs=described("Why it was entered late, if it was.", Disclosure.SAFE),
    )
    recorded_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When entered, in UTC.", Disclosure.INDIRECT)
    )
    recorded_by: UUID = Field(sa_column_kwargs=described("Who entered it.", Disclosure.DIRECT))


class ViewGiven(Record, table=True):
    """What a victim said, at one asking; the last one counts.

    Append-only. Considered in a decision, and no veto. Written only by ``victims.actions``.
    """

    __tablename__ = "victim_view"
    __table_args__ = (
        sa.UniqueConstraint("victim_id", "number"),
        sa.CheckConstraint("number >= 1", name="number_counts"),
    )

    victim_id: UUID = Field(
        foreign_key="victim.id", sa_column_kwargs=described("Who said it.", Disclosure.INDIRECT)
    )
    number: int = Field(sa_column_kwargs=described("Counts the askings.", Disclosure.SAFE))
    sought_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When asked, in UTC.", Disclosure.INDIRECT)
    )
    stance: VictimStance = Field(
        sa_type=text_enum(VictimStance, "stance"),
        sa_column_kwargs=described("What they say to no prosecution.", Disclosure.INDIRECT),
    )
    restorative_wish: RestorativeWish = Field(
        sa_type=text_enum(RestorativeWish, "restorative_wish"),
        sa_column_kwargs=described("Wish for a restorative approach.", Disclosure.INDIRECT),
    )
    vulnerable: bool | None = Field(
        default=None,
        sa_column_kwargs=described("Vulnerable or intimidated, if known now.", Disclosure.INDIRECT),
    )
    late_reason: LateReason | None = Field(
        default=None,
        sa_type=text_enum(LateReason, "late_reason"),
        sa_column_kwargs=described("Why it was entered late, if it was.", Disclosure.SAFE),
    )
    recorded_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When entered, in UTC.", Disclosure.INDIRECT)
    )
    recorded_by: UUID = Field(sa_column_kwargs=described("Who entered it.", Disclosure.DIRECT))


class VictimNotification(Record, table=True):
    """A victim was told of something that happened in their case.

    What they still have to be told is derived and never stored. Append-only. Written only by
    ``victims.actions``.
    """

    __tablename__ = "victim_notification"
    __table_args__ = (
        sa.CheckConstraint("told_at >= happened_at", name="told_after_event"),
        sa.Index("ix_victim_notification_victim_id", "victim_id"),
    )

    victim_id: UUID = Field(
        foreign_key="victim.id", sa_column_kwargs=described("Who was told.", Disclosure.INDIRECT)
    )
    what: NotificationKind = Field(
        sa_type=text_enum(NotificationKind, "what"),
        sa_column_kwargs=described("What they were told.", Disclosure.SAFE),
    )
    happened_at: datetime = Field(
        sa_type=INSTANT,
        sa_column_kwargs=described("When that had happened, in UTC.", Disclosure.INDIRECT),
    )
    told_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When told, in UTC.", Disclosure.INDIRECT)
    )
    channel: ContactChannel = Field(
        sa_type=text_enum(ContactChannel, "channel"),
        sa_column_kwargs=described("How.", Disclosure.SAFE),
    )
    late_reason: LateReason | None = Field(
        default=None,
        sa_type=text_enum(LateReason, "late_reason"),
        sa_column_kwargs=described("Why it was entered late, if it was.", Disclosure.SAFE),
    )
    recorded_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When entered, in UTC.", Disclosure.INDIRECT)
    )
    recorded_by: UUID = Field(sa_column_kwargs=described("Who entered it.", Disclosure.DIRECT))
