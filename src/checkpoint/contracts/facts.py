"""All that is on record of one contract, and what follows from it. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from checkpoint.contracts.agreements.states import ConditionKind, SignatureRole
from checkpoint.contracts.rules import Stand
from checkpoint.contracts.states import LIVE, ContractEvent, ContractState

FORM = ("reason_code", "words", "ends_on", "override_words")
CONDITION_FORM = (
    *("kind", "pathway", "objective", "measure", "due_on", "rule", "amount"),
    *("tag_from", "tag_until"),
)
RUNS = (ContractEvent.STARTED, ContractEvent.SUSPENDED, ContractEvent.RESUMED)


def terms_form(terms: Any, conditions: Iterable[Any]) -> dict[str, Any]:
    """Terms as they are typed, so that what is typed can stand beside what was saved.

    Args:
        terms: one version of them, as typed or as saved.
        conditions: theirs, in their order.

    Returns:
        What somebody types of them, by field; neither keys nor victims, which the service finds
        where they are left out.
    """
    return {name: getattr(terms, name) for name in FORM} | {
        "conditions": [
            {name: getattr(each, name) for name in CONDITION_FORM} for each in conditions
        ]
    }


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What the rest of the case says of a contract.

    ``prosecute_by`` is the last day to start proceedings and ``limit_on`` what it leaves to a
    contract; both None where no limit runs. ``exit_assessed`` is whether the person's needs at exit
    are on record.
    """

    prosecute_by: date | None
    limit_on: date | None
    consent_stands: bool
    exit_assessed: bool


@dataclass(frozen=True, kw_only=True)
class Whole:
    """A contract with its steps, its terms in their order, their conditions and signatures."""

    contract: Any
    steps: Sequence[Any]
    terms: Sequence[Any]
    conditions: Sequence[Any]
    signatures: Sequence[Any]

    @property
    def stand(self) -> Stand:
        """Where it stands, by its last step."""
        last = self.steps[-1]
        return Stand(
            state=ContractState(last.state),
            number=last.number,
            terms_number=last.terms_number,
            starts_on=last.starts_on,
            ends_on=last.ends_on,
            excused_days=last.excused_days,
        )

    @property
    def current(self) -> Any:
        """The terms that count."""
        return self.terms[self.stand.terms_number - 1]

    @property
    def proposed(self) -> Any | None:
        """A change that is open to be signed: the last terms, if they neither count nor were declined."""
        last = self.terms[-1]
        declined = [each.terms_id for each in self.steps if each.event == ContractEvent.REFUSED]
        is_open = self.stand.state in LIVE and last.number > self.stand.terms_number
        return last if is_open and last.id not in declined else None

    @property
    def since(self) -> datetime | None:
        """When its clock last started, stood still or went on; None before that."""
        told = [each.happened_at for each in self.steps if each.event in RUNS]
        return told[-1] if told else None

    @property
    def started_at(self) -> datetime | None:
        """When its person signed what started it; None before that."""
        told = [each.happened_at for each in self.steps if each.event == ContractEvent.STARTED]
        return told[0] if told else None

    @property
    def keys(self) -> dict[UUID, ConditionKind]:
        """Every condition that it ever had, by the key that is the same in all terms."""
        return {each.key: ConditionKind(each.kind) for each in self.conditions}

    @property
    def signers(self) -> set[UUID]:
        """Who signed any of its terms as the navigator."""
        return {
            each.recorded_by for each in self.signatures if each.role == SignatureRole.NAVIGATOR
        }

    def of(self, terms: Any) -> list[Any]:
        """The conditions of these terms, in their order."""
        return [each for each in self.conditions if each.terms_id == terms.id]

    def saved_by(self, version: int) -> Any | None:
        """The last terms that were saved when it stood at a version; None where it never did."""
        ids = {each.terms_id for each in self.steps if each.number <= version}
        told = [each for each in self.terms if each.id in ids]
        return told[-1] if told else None

    def signed(self, terms: Any) -> dict[SignatureRole, Any]:
        """The signatures under these terms."""
        return {
            SignatureRole(each.role): each for each in self.signatures if each.terms_id == terms.id
        }
