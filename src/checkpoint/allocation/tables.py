"""Sealed lists and their places, which the API cannot read; allocations, enrolments and notes."""

from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field

from checkpoint.allocation.states import AnnotationKind, ListMethod
from checkpoint.foundation.database import Record, text_enum
from checkpoint.foundation.disclosure import Disclosure, described
from checkpoint.trials.states import TrialKind

INSTANT = sa.DateTime(timezone=True)
WORDS_LIMIT = 1000


class SealedList(Record, table=True):
    """A sealed list of a trial: its digests, which tell nothing of it.

    Append-only. Written only by ``allocation.loading``.
    """

    __tablename__ = "sealed_list"
    __table_args__ = (
        sa.ForeignKeyConstraint(["trial_id", "kind"], ["trial.id", "trial.kind"]),
        sa.ForeignKeyConstraint(
            ["trial_protocol_id", "trial_id"], ["trial_protocol.id", "trial_protocol.trial_id"]
        ),
        sa.UniqueConstraint("trial_id", "number"),
        sa.UniqueConstraint("id", "trial_id"),
        sa.CheckConstraint("number >= 1", name="number_counts"),
        sa.CheckConstraint("kind <> 'elsewhere'", name="drawn_from_here"),
        sa.CheckConstraint(
            "(method = 'permuted_blocks') = (seed_commitment IS NOT NULL)",
            name="a_seed_has_its_commitment",
        ),
    )

    trial_id: UUID = Field(sa_column_kwargs=described("The trial.", Disclosure.SAFE))
    kind: TrialKind = Field(
        sa_type=text_enum(TrialKind, "kind"),
        sa_column_kwargs=described("Live, or a test; as the trial is.", Disclosure.SAFE),
    )
    trial_protocol_id: UUID = Field(
        sa_column_kwargs=described("The protocol it was made for.", Disclosure.SAFE)
    )
    number: int = Field(sa_column_kwargs=described("Counts the trial's lists.", Disclosure.SAFE))
    method: ListMethod = Field(
        sa_type=text_enum(ListMethod, "method"),
        sa_column_kwargs=described("How it came about.", Disclosure.SAFE),
    )
    digest: str = Field(
        max_length=64,
        sa_column_kwargs=described("Salted SHA-256 of the list in the clear.", Disclosure.SAFE),
    )
    sealed_digest: str = Field(
        max_length=64,
        sa_column_kwargs=described("SHA-256 of its places as they are sealed.", Disclosure.SAFE),
    )
    seed_commitment: str | None = Field(
        default=None,
        max_length=64,
        sa_column_kwargs=described("SHA-256 that binds the seed.", Disclosure.SAFE),
    )
    key_check: str | None = Field(
        default=None,
        max_length=64,
        sa_column_kwargs=described(
            "HMAC-SHA-256 of its id by the sealing key; null before it was kept.", Disclosure.SAFE
        ),
    )
    sealed_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When sealed, in UTC.", Disclosure.SAFE)
    )
    sealed_by: UUID = Field(sa_column_kwargs=described("Who sealed it.", Disclosure.DIRECT))


class ListSecret(Record, table=True):
    """What only the proof of a list needs: its salt and the sizes of its blocks, sealed.

    Append-only, and closed to the API. Written only by ``allocation.loading``.
    """

    __tablename__ = "list_secret"
    __table_args__ = (sa.UniqueConstraint("sealed_list_id"),)

    sealed_list_id: UUID = Field(
        foreign_key="sealed_list.id", sa_column_kwargs=described("The list.", Disclosure.NEVER)
    )
    salt: bytes = Field(
        sa_type=sa.LargeBinary,
        sa_column_kwargs=described("The digest's salt, sealed.", Disclosure.NEVER),
    )
    block_sizes: bytes | None = Field(
        default=None,
        sa_type=sa.LargeBinary,
        sa_column_kwargs=described("The sizes a block may have, sealed.", Disclosure.NEVER),
    )


class Slot(Record, table=True):
    """One place of a sealed list.

    Append-only, and closed to the API: ``draw_slot`` names the next, ``sealed_arm`` gives out what
    a committed allocation took. Written only by ``allocation.loading``.
    """

    __tablename__ = "slot"
    __table_args__ = (
        sa.UniqueConstraint("trial_stratum_id", "place"),
        sa.UniqueConstraint("sealed_list_id", "trial_stratum_id", "position"),
        sa.UniqueConstraint("id", "trial_stratum_id", "place"),
        sa.CheckConstraint("position >= 1 AND place >= position", name="places_count"),
    )

    # Random, not in order of making: an id must not tell what comes next.
    id: UUID = Field(
        default_factory=uuid4,
        primary_key=True,
        sa_column_kwargs=described("Opaque identifier, a random UUID.", Disclosure.NEVER),
    )
    sealed_list_id: UUID = Field(
        foreign_key="sealed_list.id", sa_column_kwargs=described("The list.", Disclosure.NEVER)
    )
    trial_stratum_id: UUID = Field(
        foreign_key="trial_stratum.id",
        sa_column_kwargs=described("The stratum.", Disclosure.NEVER),
    )
    position: int = Field(
        sa_column_kwargs=described("Counts the list's places in it.", Disclosure.NEVER)
    )
    place: int = Field(
        sa_column_kwargs=described("Counts the stratum's over all lists.", Disclosure.NEVER)
    )
    arm: bytes = Field(
        sa_type=sa.LargeBinary, sa_column_kwargs=described("The arm, sealed.", Disclosure.NEVER)
    )


class Allocation(Record, table=True):
    """One person's place in a trial, drawn once and for ever.

    Append-only; the database fills ``place`` and ``xid``, and takes only the stratum's next place.
    Written only by ``allocation.actions``.
    """

    __tablename__ = "allocation"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["trial_stratum_id", "trial_id"], ["trial_stratum.id", "trial_stratum.trial_id"]
        ),
        sa.ForeignKeyConstraint(
            ["trial_protocol_id", "trial_id"], ["trial_protocol.id", "trial_protocol.trial_id"]
        ),
        sa.ForeignKeyConstraint(
            ["slot_id", "trial_stratum_id", "place"],
            ["slot.id", "slot.trial_stratum_id", "slot.place"],
        ),
        sa.UniqueConstraint("slot_id"),
        sa.UniqueConstraint("trial_stratum_id", "place"),
        sa.UniqueConstraint("custody_record_id"),
        sa.UniqueConstraint("trial_id", "person_id"),
        sa.Index("ix_allocation_allocated_at_id", "allocated_at", "id"),
    )

    trial_id: UUID = Field(
        foreign_key="trial.id", sa_column_kwargs=described("The trial.", Disclosure.SAFE)
    )
    trial_protocol_id: UUID = Field(
        sa_column_kwargs=described("The protocol that counted then.", Disclosure.SAFE)
    )
    trial_stratum_id: UUID = Field(
        sa_column_kwargs=described("The stratum, from the locked decision.", Disclosure.SAFE)
    )
    slot_id: UUID = Field(
        sa_column_kwargs=described("The sealed place; not its arm.", Disclosure.NEVER)
    )
    place: int | None = Field(
        default=None,
        nullable=False,
        sa_column_kwargs=described("Counts the stratum's allocations.", Disclosure.NEVER),
    )
    custody_record_id: UUID = Field(
        foreign_key="custody_record.id",
        sa_column_kwargs=described("The case.", Disclosure.INDIRECT),
    )
    person_id: UUID = Field(
        foreign_key="person.id",
        sa_column_kwargs=described("The person, as known then.", Disclosure.INDIRECT),
    )
    eligibility_decision_id: UUID = Field(
        foreign_key="eligibility_decision.id",
        sa_column_kwargs=described("The locked decision it rests on.", Disclosure.INDIRECT),
    )
    programme_consent_id: UUID = Field(
        foreign_key="consent.id",
        sa_column_kwargs=described("The consent to the programme.", Disclosure.INDIRECT),
    )
    research_consent_id: UUID = Field(
        foreign_key="consent.id",
        sa_column_kwargs=described("The consent to the research.", Disclosure.INDIRECT),
    )
    software: str = Field(
        max_length=60, sa_column_kwargs=described("The version that drew.", Disclosure.SAFE)
    )
    allocated_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When drawn, in UTC.", Disclosure.INDIRECT)
    )
    allocated_by: UUID = Field(sa_column_kwargs=described("Who drew.", Disclosure.DIRECT))
    xid: int | None = Field(
        default=None,
        nullable=False,
        sa_type=sa.BigInteger,
        sa_column_kwargs=described("The transaction that drew.", Disclosure.SAFE),
    )


class ArmReading(Record, table=True):
    """Who has been shown an allocation's arm, once each; they are no longer blind to it.

    Append-only. Written only by ``allocation.actions``.
    """

    __tablename__ = "arm_reading"
    __table_args__ = (sa.UniqueConstraint("allocation_id", "read_by"),)

    allocation_id: UUID = Field(
        foreign_key="allocation.id",
        sa_column_kwargs=described("The allocation.", Disclosure.INDIRECT),
    )
    read_by: UUID = Field(sa_column_kwargs=described("Who was shown it.", Disclosure.DIRECT))
    read_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When first, in UTC.", Disclosure.INDIRECT)
    )


class AllocationAnnotation(Record, table=True):
    """What somebody blind to the arm noted of an allocation, which stands as it is.

    Append-only. Written only by ``allocation.actions``.
    """

    __tablename__ = "allocation_annotation"
    __table_args__ = (
        sa.CheckConstraint(f"length(words) <= {WORDS_LIMIT}", name="words_length"),
        sa.Index("ix_allocation_annotation_allocation_id", "allocation_id"),
    )

    allocation_id: UUID = Field(
        foreign_key="allocation.id",
        sa_column_kwargs=described("The allocation.", Disclosure.INDIRECT),
    )
    kind: AnnotationKind = Field(
        sa_type=text_enum(AnnotationKind, "kind"),
        sa_column_kwargs=described("What it is, as a code.", Disclosure.SAFE),
    )
    words: str = Field(sa_column_kwargs=described("The same in words.", Disclosure.NEVER))
    noted_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When noted, in UTC.", Disclosure.INDIRECT)
    )
    noted_by: UUID = Field(
        sa_column_kwargs=described("Who noted it, blind to the arm.", Disclosure.DIRECT)
    )


class Enrolment(Record, table=True):
    """A case that was taken into the programme directly, where no trial was open.

    Append-only. Written only by ``allocation.actions``.
    """

    __tablename__ = "enrolment"
    __table_args__ = (sa.UniqueConstraint("custody_record_id"), sa.Index(None, "enrolled_at", "id"))

    custody_record_id: UUID = Field(
        foreign_key="custody_record.id",
        sa_column_kwargs=described("The case.", Disclosure.INDIRECT),
    )
    person_id: UUID = Field(
        foreign_key="person.id",
        sa_column_kwargs=described("The person, as known then.", Disclosure.INDIRECT),
    )
    suite: str = Field(
        foreign_key="suite.code",
        max_length=40,
        sa_column_kwargs=described("The suite, from the locked decision.", Disclosure.SAFE),
    )
    eligibility_decision_id: UUID = Field(
        foreign_key="eligibility_decision.id",
        sa_column_kwargs=described("The locked decision it rests on.", Disclosure.INDIRECT),
    )
    programme_consent_id: UUID = Field(
        foreign_key="consent.id",
        sa_column_kwargs=described("The consent to the programme.", Disclosure.INDIRECT),
    )
    enrolled_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When, in UTC.", Disclosure.INDIRECT)
    )
    enrolled_by: UUID = Field(sa_column_kwargs=described("Who did it.", Disclosure.DIRECT))
