"""Plays the work in the field: needs, meetings, contracts, reviews, and what comes of them."""

import heapq
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from checkpoint.demo.fates import Duty
from checkpoint.demo.lives import life
from checkpoint.demo.programme import SECOND
from checkpoint.demo.team import Navigator, Team
from checkpoint.demo.week import Chance, Step
from checkpoint.foundation.calendar import london_day

CONTRACTS = "/v1/contracts"
LIVE = ("active", "suspended")
CAME: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "attended": {"outcome": "attended", "minutes": 50, "complied": True},
        "late": {"outcome": "late", "minutes": 30, "complied": True},
        "missed": {"outcome": "missed"},
        "excused": {"outcome": "missed", "excused": True, "excuse_reason": "ill"},
    }
)
# What stays of a condition from one version of the terms to the next.
OF_A_CONDITION = ("key", "kind", "pathway", "objective", "measure", "rule", "amount")
WORDS = "Made up by the demo."


class Fieldwork(Team):
    """A player who goes on to the last day of each contract, as time goes by."""

    def __init__(self, address: str, *, seed: int, turn: Callable[[datetime], None]) -> None:
        super().__init__(address)
        self._seed, self._turn = seed, turn
        self._numbers = itertools.count()
        self._diary: list[tuple[datetime, int, int, Step]] = []
        self._starts: dict[int, Step] = {}
        self._met: dict[tuple[int, str], dict[str, Any]] = {}  # the last appointment of a kind
        self._reviews: dict[int, str] = {}
        self._asked: list[dict[str, Any]] = []
        self.contracts: dict[int, dict[str, Any]] = {}  # by arrest, as last seen

    def plan(self, steps: Sequence[Step]) -> None:
        """Put steps into the diary."""
        for step in steps:
            heapq.heappush(self._diary, (step.at, step.arrest, next(self._numbers), step))

    def play_until(self, moment: datetime) -> Iterator[Step]:
        """Each step as it is done, those included that come up meanwhile; time goes with them."""
        while self._diary and self._diary[0][0] <= moment:
            step = heapq.heappop(self._diary)[-1]
            self._turn(step.at)
            self.do(step)
            yield step
        self._turn(moment)

    def do(self, step: Step) -> None:
        deeds: Mapping[StrEnum, Callable[[Step], None]] = {
            Duty.ASSESS: self._assess,
            Duty.PLAN: self._plan_meeting,
            Duty.MEET: self._meet,
            Duty.TRY: self._try,
            Duty.WARN: self._warn,
            Duty.DRAFT: self._draft,
            Duty.SIGN: self._sign,
            Duty.VARY: self._vary,
            Duty.ENTER: self._enter_evidence,
            Duty.REVIEW: self._review,
            Duty.DECIDE: self._decide,
            Duty.COMPLETE: self._complete,
            Duty.SETTLE: self._settle,
            **dict.fromkeys(NOUNS, self._step_on),
        }
        if step.deed not in deeds:
            super().do(step)
        elif step.arrest in self.holders or step.deed in (Duty.ASSESS, Duty.SETTLE):
            deeds[step.deed](step)

    def _begin(self, step: Step) -> None:
        self.plan(life(step, len(self._starts), self._seed))
        self._starts[step.arrest] = step

    def _navigator(self, step: Step) -> Navigator:
        return self.navigators[self.holders[step.arrest]]

    def _of_case(self, step: Step, noun: str, body: Mapping[str, Any]) -> Any:
        """What the navigator enters of the case."""
        request = self._once(self._place(step, noun), body)
        return self._done(request, self._navigator(step).token, lost=step.lost)

    def _of_contract(self, step: Step, noun: str, body: Mapping[str, Any], token: str = "") -> Any:
        """What the navigator, or whoever else, does to the contract as it was last seen."""
        seen = self.contracts[step.arrest]
        request = self._once(f"{CONTRACTS}/{seen['id']}/{noun}", body, version=seen["version"])
        token = token or self._navigator(step).token
        return self._keep(step, self._done(request, token, lost=step.lost))

    def _keep(self, step: Step, contract: dict[str, Any]) -> dict[str, Any]:
        """As it was last seen; its end ends the navigator's work."""
        if contract["state"] in WORKED_TO_ITS_END:
            self.holders.pop(step.arrest, None)
        self.contracts[step.arrest] = contract
        return contract

    def _about_contract(self, step: Step, noun: str, body: Mapping[str, Any], token: str) -> Any:
        """What is said about the contract, whatever its version."""
        place = f"{CONTRACTS}/{self.contracts[step.arrest]['id']}/{noun}"
        return self._done(self._once(place, body), token, lost=step.lost)

    def _once(
        self, place: str, body: Mapping[str, Any], *, version: int | None = None
    ) -> dict[str, Any]:
        headers = {"Idempotency-Key": str(uuid4())}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        return {"method": "POST", "place": place, "headers": headers, "json": dict(body)}

    def _stands(self, step: Step, *states: str) -> bool:
        contract = self.contracts.get(step.arrest)
        return contract is not None and contract["state"] in states

    def _assess(self, step: Step) -> None:
        """Every question of the instrument in use, answered by chance."""
        if step.arrest in self._gone or self._stands(step, *ENDED):
            return
        chance = Chance(step.body["seed"])
        pathways = {
            asked["pathway"]: {
                "answers": [
                    {"question": each["code"], "option": chance.one_of(each["options"])["code"]}
                    for each in asked["questions"]
                ],
                "linked_to_offending": {"answer": "yes" if chance.often(40) else "no"},
            }
            for asked in self._instrument()
        }
        body = {"timepoint": step.body["timepoint"], "assessed_at": step.at.isoformat()}
        self._said(step, self._place(step, "needs-assessments"), {**body, "pathways": pathways})
        self.given["needs assessed"] += 1

    def _instrument(self) -> list[dict[str, Any]]:
        """What the instrument in use asks, pathway by pathway."""
        if not self._asked:
            place, reader = "/v1/reference/needs-instruments", self._supervisor([])
            listed = self._read(place, reader).json()["items"]
            code = max(each["code"] for each in listed if each["available_until"] is None)
            found = self._read(f"{place}/{code}", reader).json()
            self._asked = found["instrument"]["pathways"]
        return self._asked

    def _plan_meeting(self, step: Step) -> None:
        if not self._stands(step, *ENDED):
            planned = self._of_case(step, "appointments", step.body)
            self._met[step.arrest, step.body["kind"]] = planned

    def _meet(self, step: Step) -> None:
        """Whether they came; a session attended counts for the contract."""
        which = (step.arrest, step.body["kind"])
        appointment = self._met.get(which)
        if appointment is None or self._stands(step, *ENDED):
            return
        place = f"/v1/appointments/{appointment['id']}/attendance"
        body = dict(CAME[step.body["came"]])
        if step.body["kind"] == "session" and self._stands(step, *LIVE):
            body["condition_key"] = self._condition(step, "sessions")
        request = self._once(place, body, version=appointment["version"])
        self._met[which] = self._done(request, self._navigator(step).token, lost=step.lost)
        self.given[f"meetings: {step.body['came']}"] += 1

    def _try(self, step: Step) -> None:
        """An attempt to reach them, in vain."""
        body = {"attempted_at": step.at.isoformat(), "channel": "telephone", "result": "no_answer"}
        self._of_case(step, "contacts", body)

    def _warn(self, step: Step) -> None:
        missed = self._met[step.arrest, "review"]["id"]
        body = {"issued_at": step.at.isoformat(), "how": "posted", "words": WORDS}
        self._of_case(step, "warnings", body | {"appointments": [missed]})
        self.given["written warnings"] += 1

    def _draft(self, step: Step) -> None:
        if step.arrest not in self._gone:
            self.contracts[step.arrest] = self._of_case(step, "contracts", step.body)

    def _step_on(self, step: Step) -> None:
        """One step of the contract's life, which needs nothing but a reason and a time."""
        noun, states = NOUNS[step.deed]
        if not self._stands(step, *states):
            return
        body: dict[str, Any] = {}
        if step.deed is not Duty.OFFER:
            body = {**step.body, "happened_at": step.at.isoformat()}
        self._of_contract(step, noun, body)

    def _sign(self, step: Step) -> None:
        """Whoever is needed beside the person is there; a supervisor approves."""
        needed = self._needed.get(step.arrest, {})
        for role in step.body["roles"]:
            if not self._stands(step, "offered", *LIVE):
                return
            body = {"role": role, "how": "paper", "signed_at": step.at.isoformat()}
            if role == "person":
                for who in ("appropriate_adult", "interpreter"):
                    body[who] = bool(needed.get(f"{who}_needed"))
            token = self._boss(step) if role == "supervisor" else ""
            self._of_contract(step, "signatures", body, token)

    def _vary(self, step: Step) -> None:
        """One session fewer; everything else stays as it was agreed."""
        if not self._stands(step, "active"):
            return
        agreed = self.contracts[step.arrest]["terms"]["conditions"]
        conditions = [{name: each[name] for name in OF_A_CONDITION} for each in agreed]
        for each in conditions:
            if each["rule"] == "sessions":
                each["amount"] = max(1, each["amount"] - 1)
        self._of_contract(step, "terms", {**step.body, "conditions": conditions})
        self.given["contracts varied"] += 1

    def _enter_evidence(self, step: Step) -> None:
        if self._stands(step, *LIVE):
            said = {**step.body, "happened_on": str(london_day(step.at)), "basis": "fact"}
            said["condition_key"] = self._condition(step, said.pop("rule"))
            self._about_contract(step, "condition-entries", said, self._navigator(step).token)

    def _condition(self, step: Step, rule: str) -> str:
        conditions = self.contracts[step.arrest]["terms"]["conditions"]
        return str(next(each["key"] for each in conditions if each["rule"] == rule))

    def _review(self, step: Step) -> None:
        if self._stands(step, *LIVE):
            body, token = {**step.body, "words": WORDS}, self._navigator(step).token
            told = self._about_contract(step, "breach-reviews", body, token)
            self._reviews[step.arrest] = told["id"]

    def _decide(self, step: Step) -> None:
        """Somebody decides who had no part in it; and the contract is read again."""
        review = self._reviews.get(step.arrest)
        if review is None:
            return
        other, body = self._boss(step, SECOND), {**step.body, "words": WORDS}
        if body["outcome"] == "fail":
            body["ground"] = "condition_broken"
        self._about_contract(step, f"breach-reviews/{review}/decision", body, other)
        place = f"{CONTRACTS}/{self.contracts[step.arrest]['id']}"
        self._keep(step, self._read(place, other).json())
        self.given["breach reviews decided"] += 1

    def _complete(self, step: Step) -> None:
        """Decided by somebody who does not work the case."""
        if not self._stands(step, *LIVE):
            return
        other = self._boss(step, SECOND)
        place = f"{CONTRACTS}/{self.contracts[step.arrest]['id']}/conditions"
        settled = self._read(place, other).json()["settled"]
        body = {"reason_code": "conditions_met" if settled else "named_reason"}
        if not settled:
            body["words"] = WORDS
        body["happened_at"] = step.at.isoformat()
        self._of_contract(step, "completion", body, other)

    def _settle(self, step: Step) -> None:
        """Each offence has the outcome that the contract's end proposes; nobody works the case on."""
        other = self._boss(step, SECOND)
        if self._stands(step, *ENDED):
            place = f"{CONTRACTS}/{self.contracts[step.arrest]['id']}/outcomes"
            told = self._read(place, other).json()
            proposed = told["proposal"]["outcome_code"] if told["proposal"] else None
            for each in told["items"] if proposed else ():
                body = {
                    "offence_id": each["offence_id"],
                    "outcome_code": proposed,
                    "disposed_on": str(london_day(step.at)),
                    "decided_by": "police",
                }
                self._about_contract(step, "outcomes", body, other)
                self.given[f"outcome {proposed} recorded"] += 1
        if not self._stands(step, *LIVE):
            self._end(step)


WORKED_TO_ITS_END = ("completed", "failed", "withdrawn", "closed")
ENDED = (*WORKED_TO_ITS_END, "declined", "lapsed")
# The door of each step that is taken by the navigator, and where it begins.
NOUNS: Mapping[StrEnum, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        Duty.OFFER: ("offer", ("draft",)),
        Duty.DECLINE: ("decline", ("offered",)),
        Duty.LAPSE: ("lapse", ("offered",)),
        Duty.SUSPEND: ("suspension", ("active",)),
        Duty.RESUME: ("resumption", ("suspended",)),
        Duty.WITHDRAW: ("withdrawal", LIVE),
        Duty.CLOSE: ("closure", LIVE),
    }
)
