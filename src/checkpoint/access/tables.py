"""Whose tokens no longer count."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from checkpoint.foundation.database import Record
from checkpoint.foundation.disclosure import Disclosure, described


class TokenRevocation(Record, table=True):
    """From when on one actor must have a new token: they left, or their role changed.

    Append-only; the latest row of an actor counts. Written only by ``access.actions``.
    """

    __tablename__ = "token_revocation"
    __table_args__ = (sa.Index("ix_token_revocation_actor_id", "actor_id"),)

    actor_id: UUID = Field(sa_column_kwargs=described("Whose tokens.", Disclosure.DIRECT))
    issued_before: datetime = Field(
        sa_type=sa.DateTime(timezone=True),
        sa_column_kwargs=described("Tokens issued before this are refused.", Disclosure.SAFE),
    )
    revoked_by: UUID = Field(sa_column_kwargs=described("Who said so.", Disclosure.DIRECT))
