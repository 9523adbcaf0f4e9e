"""Plays referrals: the navigator refers, the provider answers with a token of its own."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import httpx

from checkpoint.demo.fates import fate
from checkpoint.demo.fieldwork import LIVE
from checkpoint.demo.player import DemoInterrupted, NoLocalIssuer
from checkpoint.demo.referrals import CONDITION, Errand, referrals
from checkpoint.demo.stocking import Stocking
from checkpoint.demo.week import Step
from checkpoint.foundation.actors import Role
from checkpoint.foundation.calendar import london_day

REFERRALS, PROVIDERS_DOOR = "/v1/referrals", "/v1/provider/referrals"
SHOWN = 4  # offers for each need
NOT_SHARED, FULL = "sharing-consent-needed", "no-place-free"
# The navigator reads what the provider answers, but that it has the referral.
UNREAD = frozenset({"acknowledgement"})
BEFORE_START = ("made", "acknowledged", "waiting")
OPEN = (*BEFORE_START, "started")
# Of how each may end, where it begins; what would begin elsewhere is left out.
ENDING: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "completed": ("started",),
        "disengaged": ("acknowledged", "waiting", "started"),
        "no_place": BEFORE_START,
    }
)
# Why an open referral is withdrawn once the contract has ended early, by how that ended.
ENDED_EARLY: Mapping[str, str] = MappingProxyType(
    {"failed": "contract_ended", "withdrawn": "consent_withdrawn", "closed": "died"}
)


class Referring(Stocking):
    """A player who refers those who were started, and answers as the providers."""

    def __init__(self, address: str, *, seed: int, turn: Callable[[datetime], None]) -> None:
        super().__init__(address, seed=seed, turn=turn)
        self._providers: dict[str, str] = {}  # tokens by organization
        self.referrals: dict[tuple[int, str], dict[str, Any]] = {}  # as last seen
        self._services: dict[tuple[int, str], dict[str, str]] = {}  # where each was made to

    def do(self, step: Step) -> None:
        deeds: Mapping[StrEnum, Callable[[Step], None]] = {
            Errand.REFER: self._refer,
            Errand.ACKNOWLEDGE: self._acknowledge,
            Errand.LIST: self._put_on_list,
            Errand.START: self._start,
            Errand.ATTEND: self._attend,
            Errand.END: self._end_referral,
            Errand.UNSHARE: self._unshare,
        }
        if step.deed in deeds:
            deeds[step.deed](step)
        else:
            super().do(step)

    def _begin(self, step: Step) -> None:
        place = len(self._starts)
        super()._begin(step)
        self.plan(referrals(step, place, self._seed, fate(place, self._seed)))

    def _refer(self, step: Step) -> None:
        """The worst need is looked at, or the condition's own; of what fits, one is chosen."""
        if step.arrest not in self.holders or step.arrest in self._gone:
            return
        about = step.body["basis"] == CONDITION
        if about and not self._stands(step, *LIVE):
            return
        navigator, own = self._navigator(step).token, self._own_pathway(step)
        where = f"service-offers?most={SHOWN}&district={step.body['district']}"
        needs = self._read(self._place(step, where), navigator).json()["items"]
        wanted = [need for need in needs if (need["pathway"] == own) is about]
        if not wanted:
            self.given["referred nowhere: no such need seen"] += 1
            return
        there = self._referred_to(step)
        fitting = [
            each for each in wanted[0]["items"] if each["fits"] and each["service_id"] not in there
        ]
        if "missing" in step.body or not fitting:
            missing = step.body.get("missing", "not_eligible")
            self._nobody(step, wanted[0]["pathway"], missing)
            return
        chosen = fitting[step.body["nth"] % len(fitting)]["service_id"]
        self._made(step, chosen, wanted[0]["pathway"])

    def _referred_to(self, step: Step) -> set[str]:
        """Where the person is referred already."""
        return {
            service["service_id"]
            for (arrest, _), service in self._services.items()
            if arrest == step.arrest
        }

    def _own_pathway(self, step: Step) -> str | None:
        """What the contract's sessions are about; None where there is no contract."""
        if not self._stands(step, *LIVE):
            return None
        conditions = self.contracts[step.arrest]["terms"]["conditions"]
        return str(next(each["pathway"] for each in conditions if each["rule"] == "sessions"))

    def _made(self, step: Step, service_id: str, pathway: str) -> None:
        """Refer; where no place is free, wait, go elsewhere, or say that there is nobody."""
        body: dict[str, Any] = {
            "service_id": service_id,
            "name": "initials",
            **{name: step.body[name] for name in ("contact", "risks", "district")},
        }
        if step.body["basis"] == CONDITION:
            body["condition_key"] = self._condition(step, "sessions")
        else:
            body["pathway"] = pathway
        answer = self._posting(step, body)
        if answer.is_error and answer.json()["errorCode"] == FULL:
            free = [each["service_id"] for each in answer.json()["others"]]
            others = [each for each in free if each not in self._referred_to(step)]
            if not others and not step.body["waits"]:
                self._nobody(step, pathway, "no_place")
                return
            more = {"service_id": others[0]} if others else {"wait": True}
            answer = self._posting(step, body | more)
        if answer.is_error and answer.json()["errorCode"] == NOT_SHARED:
            self.given["referred nowhere: sharing not agreed to"] += 1
            return
        if answer.is_error:
            raise DemoInterrupted(f"{answer.status_code}, {answer.json()['errorCode']}.")
        made = answer.json()
        self._services[_which(step)] = made["service"]
        self.referrals[_which(step)] = made
        self.given["referred"] += 1

    def _posting(self, step: Step, body: Mapping[str, Any]) -> httpx.Response:
        request = self._once(self._place(step, "referrals"), body)
        return self._ask(token=self._navigator(step).token, **request)

    def _nobody(self, step: Step, pathway: str, reason: str) -> None:
        body = {"pathway": pathway, "reason_code": reason, "district": step.body["district"]}
        self._of_case(step, "no-provider-available", body)
        self.given["no provider available"] += 1

    def _acknowledge(self, step: Step) -> None:
        """The provider finds it among its own, reads who it is, and says that it has it."""
        if not self._is(step, "made"):
            return
        seen, token = self.referrals[_which(step)], self._provider(step)
        listed = self._read(f"{PROVIDERS_DOOR}?state=made&size=200", token).json()["items"]
        if seen["id"] not in [each["id"] for each in listed]:
            raise DemoInterrupted("A provider was not shown a referral of its own.")
        self._read(f"{PROVIDERS_DOOR}/{seen['id']}", token)
        self._step(step, "acknowledgement")

    def _put_on_list(self, step: Step) -> None:
        if self._is(step, "made", "acknowledged"):
            self._step(step, "waiting-list", reason_code=step.body["reason_code"])
            self.given["put on a waiting list"] += 1

    def _start(self, step: Step) -> None:
        if self._is(step, *BEFORE_START):
            self._step(step, "start")

    def _attend(self, step: Step) -> None:
        """Who came on which day, of the weeks until today."""
        if not self._is(step, "started"):
            return
        weeks, today = step.body["weeks"], london_day(step.at)
        days = [today - timedelta(weeks=ago) for ago in reversed(range(len(weeks)))]
        came = [
            {"session_on": str(day), "attended": attended}
            for day, attended in zip(days, weeks, strict=True)
        ]
        place = f"{PROVIDERS_DOOR}/{self.referrals[_which(step)]['id']}/sessions"
        told = self._done(
            self._once(place, {"sessions": came}), self._provider(step), lost=step.lost
        )
        self.referrals[_which(step)] = told

    def _end_referral(self, step: Step) -> None:
        outcome = step.body["outcome"]
        if self._is(step, *ENDING.get(outcome, OPEN)):
            said = {"outcome": outcome, "reason_code": step.body["reason_code"]}
            self._step(step, "end", by_provider=step.body["by_provider"], **said)
            self.given[f"referrals: {outcome.replace('_', ' ')}"] += 1

    def _unshare(self, step: Step) -> None:
        """The person takes back that they are told of; from then on the provider is shown nothing."""
        way = self._next(step).get("withdraw_information_sharing")
        if way is None or not self._is(step, *OPEN):
            return
        body = {
            "kind": "information_sharing",
            "withdrawn_at": step.at.isoformat(),
            "told_by": "person",
            "reason_code": "no_reason_given",
        }
        self._said(step, way["href"], body)
        place = f"{PROVIDERS_DOOR}/{self.referrals[_which(step)]['id']}"
        if self._read(place, self._provider(step)).json()["told"] is not None:
            raise DemoInterrupted("A provider was told of somebody who had taken that back.")
        self.given["sharing withdrawn"] += 1

    def _settle(self, step: Step) -> None:
        """What the contract's early end leaves open is withdrawn."""
        super()._settle(step)
        contract = self.contracts.get(step.arrest)
        reason = ENDED_EARLY.get(contract["state"]) if contract else None
        for arrest, basis in [*self.referrals] if reason else ():
            own = Step(step.arrest, step.suite, step.at, step.deed, {"basis": basis})
            if arrest == step.arrest and self._is(own, *OPEN):
                said = {"outcome": "withdrawn", "reason_code": reason}
                self._step(own, "end", by_provider=False, **said)
                self.given["referrals: withdrawn"] += 1

    def _is(self, step: Step, *states: str) -> bool:
        seen = self.referrals.get(_which(step))
        return seen is not None and seen["state"] in states

    def _step(self, step: Step, noun: str, *, by_provider: bool = True, **said: Any) -> None:
        """The next step of a referral, by its provider or by whoever referred."""
        seen = self.referrals[_which(step)]
        door = PROVIDERS_DOOR if by_provider else REFERRALS
        token = self._provider(step) if by_provider else self._referrer(step)
        body = {"happened_on": str(london_day(step.at)), **said}
        request = self._once(f"{door}/{seen['id']}/{noun}", body, version=seen["version"])
        self.referrals[_which(step)] = self._done(request, token, lost=step.lost)
        if by_provider and noun not in UNREAD and step.arrest in self.holders:
            self._read(f"{REFERRALS}/{seen['id']}", self._navigator(step).token)

    def _referrer(self, step: Step) -> str:
        """The case's navigator; where it has none any more, a supervisor."""
        if step.arrest in self.holders:
            return self._navigator(step).token
        return self._boss(step)

    def _provider(self, step: Step) -> str:
        """A token that opens the referrals of one organization, and nothing else."""
        id = self._services[_which(step)]["organization_id"]
        if id not in self._providers:
            form = {
                "role": Role.PROVIDER.value,
                "name": f"demo-provider-{len(self._providers) + 1}",
            }
            answer = self._send("POST", "/local-issuer/token", data=form | {"organization": id})
            if answer.is_error:
                raise NoLocalIssuer("This one gives no tokens to providers.")
            self._providers[id] = answer.json()["access_token"]
        return self._providers[id]


def _which(step: Step) -> tuple[int, str]:
    """One referral of one arrest."""
    return step.arrest, step.body["basis"]
