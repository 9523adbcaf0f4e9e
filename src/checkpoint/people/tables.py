"""The tables that know a name, and the keys by which one is found."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from checkpoint.foundation.database import Record, text_enum
from checkpoint.foundation.disclosure import Disclosure, described
from checkpoint.people.states import (
    AliasKind,
    CorrectionReason,
    EthnicityMissingReason,
    ObservedEthnicity,
    SelfDefinedEthnicity,
    Sex,
)

INSTANT = sa.DateTime(timezone=True)


class Person(Record, table=True):
    """Somebody the police have dealt with. What they were in a case is said by the case.

    Written only by ``people.actions``.
    """

    __tablename__ = "person"
    __table_args__ = (
        sa.UniqueConstraint("pnc_id"),
        sa.UniqueConstraint("cro_number"),
        sa.CheckConstraint(r"pnc_id ~ '^\d{4}/\d{7}[A-HJ-NP-RT-Z]$'", name="pnc_id_form"),
        sa.CheckConstraint(
            r"cro_number ~ '^(\d{6}/\d{2}|SF\d{2}/\d{1,6})[A-HJ-NP-RT-Z]$'", name="cro_number_form"
        ),
        sa.CheckConstraint("date_of_birth >= '1900-01-01'", name="date_of_birth_range"),
        sa.CheckConstraint(
            "(estimated_age_years IS NULL) = (estimated_on IS NULL)", name="estimated_pair"
        ),
        sa.CheckConstraint(
            "date_of_birth IS NULL OR estimated_age_years IS NULL", name="birth_or_estimate"
        ),
        sa.CheckConstraint("estimated_age_years BETWEEN 10 AND 120", name="estimated_age_range"),
        sa.CheckConstraint(
            "(self_defined_ethnicity IS NOT DISTINCT FROM 'NS') = (ethnicity_missing_reason IS NOT NULL)",
            name="ethnicity_or_reason",
        ),
        sa.CheckConstraint(r"local_authority ~ '^[EWSN]\d{8}$'", name="local_authority_form"),
        sa.Index("ix_person_unindexed", "id", postgresql_where=sa.text("indexed_at IS NULL")),
    )

    family_name: str = Field(
        max_length=100, sa_column_kwargs=described("Family name.", Disclosure.DIRECT)
    )
    given_names: str | None = Field(
        default=None,
        max_length=100,
        sa_column_kwargs=described("Given names, if known.", Disclosure.DIRECT),
    )
    date_of_birth: date | None = Field(
        default=None, sa_column_kwargs=described("Date of birth, if known.", Disclosure.DIRECT)
    )
    pnc_id: str | None = Field(
        default=None,
        max_length=13,
        sa_column_kwargs=described("PNC ID, canonical form, if known.", Disclosure.DIRECT),
    )
    registered_at: datetime = Field(
        sa_type=INSTANT,
        sa_column_kwargs=described("When first registered, in UTC.", Disclosure.INDIRECT),
    )
    registered_by: UUID = Field(sa_column_kwargs=described("Who did.", Disclosure.DIRECT))
    cro_number: str | None = Field(
        default=None,
        max_length=12,
        sa_column_kwargs=described("CRO number, canonical form, if known.", Disclosure.DIRECT),
    )
    estimated_age_years: int | None = Field(
        default=None,
        sa_type=sa.SmallInteger,
        sa_column_kwargs=described(
            "Age as somebody estimated it, where no date of birth is known.", Disclosure.INDIRECT
        ),
    )
    estimated_on: date | None = Field(
        default=None,
        sa_column_kwargs=described("The day of the estimate.", Disclosure.INDIRECT),
    )
    sex: Sex | None = Field(
        default=None,
        sa_type=text_enum(Sex, "sex"),
        sa_column_kwargs=described("Sex; null is not recorded.", Disclosure.INDIRECT),
    )
    self_defined_ethnicity: SelfDefinedEthnicity | None = Field(
        default=None,
        sa_type=text_enum(SelfDefinedEthnicity, "self_defined_ethnicity"),
        sa_column_kwargs=described(
            "What they said of themselves, 18+1; null is not recorded.", Disclosure.INDIRECT
        ),
    )
    ethnicity_missing_reason: EthnicityMissingReason | None = Field(
        default=None,
        sa_type=text_enum(EthnicityMissingReason, "ethnicity_missing_reason"),
        sa_column_kwargs=described("Why it is not stated.", Disclosure.INDIRECT),
    )
    observed_ethnicity: ObservedEthnicity | None = Field(
        default=None,
        sa_type=text_enum(ObservedEthnicity, "observed_ethnicity"),
        sa_column_kwargs=described(
            "What an officer saw, PNC code; null is not recorded.", Disclosure.INDIRECT
        ),
    )
    local_authority: str | None = Field(
        default=None,
        max_length=9,
        sa_column_kwargs=described(
            "Local authority of residence, GSS code, if known.", Disclosure.INDIRECT
        ),
    )
    indexed_at: datetime | None = Field(
        default=None,
        sa_type=INSTANT,
        sa_column_kwargs=described(
            "When the search keys were written, in UTC; null is not yet.", Disclosure.INDIRECT
        ),
    )


class PersonAlias(Record, table=True):
    """Another name that somebody is or was known by.

    Append-only. Written only by ``people.actions``.
    """

    __tablename__ = "person_alias"
    __table_args__ = (sa.Index("ix_person_alias_person_id", "person_id"),)

    person_id: UUID = Field(
        foreign_key="person.id", sa_column_kwargs=described("Whose name.", Disclosure.INDIRECT)
    )
    family_name: str = Field(
        max_length=100, sa_column_kwargs=described("Family name.", Disclosure.DIRECT)
    )
    given_names: str | None = Field(
        default=None,
        max_length=100,
        sa_column_kwargs=described("Given names, if known.", Disclosure.DIRECT),
    )
    kind: AliasKind = Field(
        sa_type=text_enum(AliasKind, "kind"),
        sa_column_kwargs=described("How it came to stand here.", Disclosure.SAFE),
    )
    added_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When, in UTC.", Disclosure.INDIRECT)
    )
    added_by: UUID = Field(sa_column_kwargs=described("Who added it.", Disclosure.DIRECT))


class PersonNameKey(Record, table=True):
    """One key under which somebody is found by name and birth; see ``people.names``.

    Derived, and only ever added to: what was once misspelt goes on finding them. Written only by
    ``people.actions``.
    """

    __tablename__ = "person_name_key"
    __table_args__ = (sa.UniqueConstraint("key", "person_id"),)

    key: str = Field(
        max_length=40,
        sa_column_kwargs=described("Sounds of the name, with the day of birth.", Disclosure.DIRECT),
    )
    person_id: UUID = Field(
        foreign_key="person.id", sa_column_kwargs=described("Whose name.", Disclosure.INDIRECT)
    )


class IdentityChoice(Record, table=True):
    """Somebody was put on record although another looked alike: who said it was not they.

    Append-only. Written only by ``people.actions``.
    """

    __tablename__ = "identity_choice"
    __table_args__ = (
        sa.UniqueConstraint("person_id", "candidate_id"),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name="score_range"),
    )

    person_id: UUID = Field(
        foreign_key="person.id",
        sa_column_kwargs=described("Who was put on record.", Disclosure.INDIRECT),
    )
    candidate_id: UUID = Field(
        foreign_key="person.id",
        sa_column_kwargs=described("Who was offered and ruled out.", Disclosure.INDIRECT),
    )
    score: int = Field(
        sa_type=sa.SmallInteger,
        sa_column_kwargs=described("How alike they looked, of 100.", Disclosure.SAFE),
    )
    decided_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When, in UTC.", Disclosure.INDIRECT)
    )
    decided_by: UUID = Field(sa_column_kwargs=described("Who decided.", Disclosure.DIRECT))


class PersonCorrection(Record, table=True):
    """One particular of a person, or whom a custody record is about, put right; and why.

    Append-only. Written only by ``people.actions``.
    """

    __tablename__ = "person_correction"
    __table_args__ = (
        sa.CheckConstraint("reason <> 'other' OR words IS NOT NULL", name="other_in_words"),
        sa.Index("ix_person_correction_person_id", "person_id"),
        sa.Index("ix_person_correction_custody_record_id", "custody_record_id"),
    )

    person_id: UUID = Field(
        foreign_key="person.id", sa_column_kwargs=described("Whose.", Disclosure.INDIRECT)
    )
    custody_record_id: UUID = Field(
        sa_column_kwargs=described(
            "The custody record from which it was put right.", Disclosure.INDIRECT
        )
    )
    field: str = Field(
        max_length=40, sa_column_kwargs=described("Which particular.", Disclosure.SAFE)
    )
    before: str | None = Field(
        default=None,
        sa_column_kwargs=described("What stood there; null is nothing.", Disclosure.NEVER),
    )
    after: str | None = Field(
        default=None,
        sa_column_kwargs=described("What stands there since; null is nothing.", Disclosure.NEVER),
    )
    reason: CorrectionReason = Field(
        sa_type=text_enum(CorrectionReason, "reason"),
        sa_column_kwargs=described("Why, by code.", Disclosure.SAFE),
    )
    words: str | None = Field(
        default=None,
        max_length=500,
        sa_column_kwargs=described("Why, in words.", Disclosure.NEVER),
    )
    corrected_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When, in UTC.", Disclosure.INDIRECT)
    )
    corrected_by: UUID = Field(sa_column_kwargs=described("Who did.", Disclosure.DIRECT))
