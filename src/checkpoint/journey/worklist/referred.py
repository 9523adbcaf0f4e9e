"""What is due of referrals: selects like those of cases.

A referral tells an arm: each is for whoever knows of the start.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col

from checkpoint.contracts.states import WORKED_TO_ITS_END
from checkpoint.contracts.tables import Contract, ContractStep
from checkpoint.delivery.tables import ProgrammeStart
from checkpoint.journey.worklist.cases import NOTHING, READER, Reach, in_reach, knows
from checkpoint.journey.worklist.running import is_one_of
from checkpoint.referrals.states import OPEN, Party
from checkpoint.referrals.tables import Referral, ReferralReading, ReferralStep


def _of_referral(reach: Reach, since: Any, words: Any = NOTHING) -> Any:
    case_id = col(Referral.custody_record_id)
    return (
        in_reach(reach, since, Referral, case_id, words)
        .join(ProgrammeStart, col(ProgrammeStart.custody_record_id) == case_id)
        .where(knows(reach, col(ProgrammeStart.allocation_id)))
    )


def left_open(reach: Reach) -> Any:
    """Referrals that are open although the contract of their case has ended, by its end."""
    rows = _of_referral(reach, col(ContractStep.recorded_at))
    return (
        rows.join(Contract, col(Contract.custody_record_id) == col(Referral.custody_record_id))
        .join(
            ContractStep,
            sa.and_(
                col(ContractStep.contract_id) == col(Contract.id),
                col(ContractStep.number) == col(Contract.version),
            ),
        )
        .where(
            is_one_of(col(Referral.state), *OPEN),
            is_one_of(col(Contract.state), *WORKED_TO_ITS_END),
        )
    )


LATER = aliased(ReferralStep)


def answered(reach: Reach) -> Any:
    """Referrals whose last step is their provider's, where the reader has not read it since.

    Whatever the programme did of it afterwards was done by somebody who knew the answer.
    """
    number = col(ReferralStep.number)
    later = sa.exists().where(
        col(LATER.referral_id) == col(Referral.id), col(LATER.number) > number
    )
    read = sa.exists().where(
        col(ReferralReading.referral_id) == col(Referral.id),
        col(ReferralReading.read_by) == READER,
        col(ReferralReading.version) >= number,
    )
    words = sa.cast(col(ReferralStep.state), sa.String())
    return (
        _of_referral(reach, col(ReferralStep.recorded_at), words)
        .join(ReferralStep, col(ReferralStep.referral_id) == col(Referral.id))
        .where(is_one_of(col(ReferralStep.party), Party.PROVIDER), ~later, ~read)
    )
