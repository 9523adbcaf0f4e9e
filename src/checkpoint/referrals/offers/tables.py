"""Which offers were shown for a case, and where no provider was available."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from checkpoint.foundation.database import Record, text_enum
from checkpoint.foundation.disclosure import Disclosure, described
from checkpoint.needs.states import NeedLevel, Pathway
from checkpoint.referrals.offers.states import NoProviderReason, NoProviderWithdrawal
from checkpoint.referrals.tables import DISTRICT_FORM, INSTANT, WORDS_LIMIT


class OfferShown(Record, table=True):
    """An offer was shown for a need of a case, for the first time.

    Append-only. Written only by ``referrals.offers.actions``.
    """

    __tablename__ = "offer_shown"
    __table_args__ = (
        sa.UniqueConstraint("custody_record_id", "pathway", "service_id"),
        sa.CheckConstraint("position >= 1", name="position_counts"),
        sa.Index("ix_offer_shown_shown_at", "shown_at"),
    )

    custody_record_id: UUID = Field(
        foreign_key="custody_record.id",
        sa_column_kwargs=described("The case.", Disclosure.INDIRECT),
    )
    pathway: Pathway = Field(
        sa_type=text_enum(Pathway, "pathway"),
        sa_column_kwargs=described("For which pathway.", Disclosure.INDIRECT),
    )
    service_id: UUID = Field(
        foreign_key="directory_listing.id",
        sa_column_kwargs=described("The service.", Disclosure.SAFE),
    )
    position: int = Field(sa_column_kwargs=described("Its place in the list.", Disclosure.SAFE))
    shown_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When, in UTC.", Disclosure.INDIRECT)
    )
    shown_by: UUID = Field(sa_column_kwargs=described("To whom.", Disclosure.DIRECT))


class NoProvider(Record, table=True):
    """No provider was available for a need of a case.

    Append-only; what counts no longer is withdrawn. Written only by ``referrals.offers.actions``.
    """

    __tablename__ = "no_provider"
    __table_args__ = (
        sa.CheckConstraint(f"district ~ '{DISTRICT_FORM}'", name="district_form"),
        sa.CheckConstraint(f"length(words) <= {WORDS_LIMIT}", name="words_length"),
        sa.CheckConstraint("reason_code <> 'other' OR words IS NOT NULL", name="other_worded"),
        sa.Index("ix_no_provider_custody_record_id", "custody_record_id", "id"),
        sa.Index("ix_no_provider_happened_on", "happened_on"),
    )

    custody_record_id: UUID = Field(
        foreign_key="custody_record.id",
        sa_column_kwargs=described("The case.", Disclosure.INDIRECT),
    )
    pathway: Pathway = Field(
        sa_type=text_enum(Pathway, "pathway"),
        sa_column_kwargs=described("For which pathway.", Disclosure.INDIRECT),
    )
    need_level: NeedLevel | None = Field(
        default=None,
        sa_type=text_enum(NeedLevel, "need_level"),
        sa_column_kwargs=described("How great the need was, if assessed.", Disclosure.INDIRECT),
    )
    district: str | None = Field(
        default=None,
        max_length=4,
        sa_column_kwargs=described("Postcode district where one is missing.", Disclosure.INDIRECT),
    )
    reason_code: NoProviderReason = Field(
        sa_type=text_enum(NoProviderReason, "reason_code"),
        sa_column_kwargs=described("Why, as a code.", Disclosure.SAFE),
    )
    words: str | None = Field(
        default=None, sa_column_kwargs=described("Why, in words.", Disclosure.NEVER)
    )
    happened_on: date = Field(
        sa_column_kwargs=described("On which day, in England.", Disclosure.INDIRECT)
    )
    recorded_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When entered, in UTC.", Disclosure.INDIRECT)
    )
    recorded_by: UUID = Field(sa_column_kwargs=described("Who entered it.", Disclosure.DIRECT))


class NoProviderTakenBack(Record, table=True):
    """An entry that no provider was available counts no longer.

    Append-only. Written only by ``referrals.offers.actions``.
    """

    __tablename__ = "no_provider_withdrawal"
    __table_args__ = (sa.UniqueConstraint("no_provider_id"),)

    no_provider_id: UUID = Field(
        foreign_key="no_provider.id",
        sa_column_kwargs=described("The entry that is withdrawn.", Disclosure.INDIRECT),
    )
    reason_code: NoProviderWithdrawal = Field(
        sa_type=text_enum(NoProviderWithdrawal, "reason_code"),
        sa_column_kwargs=described("Why, as a code.", Disclosure.SAFE),
    )
    withdrawn_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When, in UTC.", Disclosure.INDIRECT)
    )
    withdrawn_by: UUID = Field(sa_column_kwargs=described("Who withdrew it.", Disclosure.DIRECT))
