"""Plays whose case it is: navigators of made-up providers, hand-overs, and one who falls sick."""

import base64
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import uuid4

from checkpoint.demo.fates import Duty
from checkpoint.demo.programme import FIRST, Programme
from checkpoint.demo.week import Step
from checkpoint.foundation.actors import Role
from checkpoint.foundation.calendar import london_day

PROVIDERS = ("MADE-UP-NORTH", "MADE-UP-SOUTH")
NAVIGATORS = 5
SICK_DAYS = timedelta(days=20)
CLEARED = timedelta(days=300)


@dataclass(frozen=True, kw_only=True)
class Navigator:
    """A made-up navigator, and how to speak as them."""

    id: str
    name: str
    token: str


class Team(Programme):
    """A player with navigators, who knows whose case each is."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.navigators: dict[str, Navigator] = {}
        self.holders: dict[int, str] = {}  # by arrest, the navigator's id
        self._shown: set[tuple[int, str]] = set()

    def do(self, step: Step) -> None:
        deeds: Mapping[StrEnum, Callable[[Step], None]] = {
            Duty.ASSIGN: self._assign,
            Duty.HAND_OVER: self._hand_over,
            Duty.FALL_SICK: self._fall_sick,
        }
        if step.deed in deeds:
            deeds[step.deed](step)
        else:
            super().do(step)

    def register(self, suites: Sequence[str], *, capacity: int, at: datetime) -> None:
        """Made-up providers and their navigators, inducted and vetted."""
        boss, today = self._token(Role.SUPERVISOR, FIRST, suites), london_day(at)
        source = "Invented for `checkpoint demo`"
        for code in PROVIDERS:
            body = {"code": code, "name": code.replace("-", " ").capitalize(), "source": source}
            self._posted(boss, "/v1/navigator-providers", body | {"available_from": str(today)})
        for number in range(NAVIGATORS):
            name = f"demo-navigator-{number + 1}"
            token = self._token(Role.NAVIGATOR, name, suites)
            particulars: dict[str, Any] = {
                "actor_id": _subject(token),
                "name": f"Synthetic {number + 1}",
                "provider": PROVIDERS[number % len(PROVIDERS)],
                "base_suites": [suites[number % len(suites)]],
                "capacity": capacity,
            }
            found = self._posted(boss, "/v1/navigators", particulars)
            self.navigators[found["id"]] = Navigator(
                id=found["id"], name=particulars["name"], token=token
            )
            for kind in ("induction", "vetting"):
                days = {"given_on": str(today), "last_day": str(today + CLEARED)}
                self._posted(
                    boss, f"/v1/navigators/{found['id']}/clearances", days | {"kind": kind}
                )

    def _posted(self, token: str, place: str, body: Mapping[str, Any], **headers: str) -> Any:
        """What is created once, as somebody."""
        headers = {"Idempotency-Key": str(uuid4())} | headers
        request = {"method": "POST", "place": place, "headers": headers, "json": dict(body)}
        return self._done(request, token, lost=False)

    def _boss(self, step: Step, who: str = FIRST) -> str:
        """A supervisor who has been shown the case's arm, if it has one."""
        token = self._token(Role.SUPERVISOR, who, [step.suite])
        if "arm" in self._entries[step.arrest] and (step.arrest, who) not in self._shown:
            self._read(self._place(step, "allocation"), token)
            self._shown.add((step.arrest, who))
        return token

    def _assign(self, step: Step) -> None:
        """To whoever the service suggests first; where everybody is full, to nobody."""
        if step.arrest in self._gone:
            return
        boss = self._boss(step)
        found = self._read(self._place(step, "navigator-suggestions"), boss).json()["items"]
        ranked = {each["rank"]: each["navigator_id"] for each in found if each["rank"]}
        if not ranked:
            self.given["no navigator free"] += 1
            return
        body = {"navigator_id": ranked[min(ranked)]}
        self._posted(boss, self._place(step, "navigator"), body)
        self.holders[step.arrest] = body["navigator_id"]

    def _hand_over(self, step: Step) -> None:
        """Offered to a colleague, who takes it if they can be found."""
        if step.arrest not in self.holders:
            return
        own = self.navigators[self.holders[step.arrest]]
        colleagues = self._read("/v1/me/colleagues", own.token).json()["items"]
        if not colleagues:
            return
        other = self.navigators[min(colleagues, key=lambda each: str(each["name"]))["id"]]
        body = {"navigator_id": other.id, "kind": "hand_over", "words": "Made up: nearer to home."}
        offer = self._posted(own.token, self._place(step, "navigator-handovers"), body)
        self._posted(other.token, f"/v1/navigator-handovers/{offer['id']}/acceptance", {})
        self.holders[step.arrest] = other.id
        self.given["handed over"] += 1

    def _fall_sick(self, step: Step) -> None:
        """Whoever has most cases is absent, and their whole caseload goes to the others."""
        if not self.holders:
            return
        boss = self._token(Role.SUPERVISOR, FIRST, step.body["suites"])
        ((id, _),) = Counter(self.holders.values()).most_common(1)
        here, today = f"/v1/navigators/{id}", london_day(step.at)
        days = {"absent_from": str(today), "last_day": str(today + SICK_DAYS)}
        self._posted(boss, f"{here}/absences", days)
        plan = self._posted(boss, f"{here}/reassignment-plan", {})
        if not plan["holds"]:
            self.given["caseload could not be placed"] += 1
            return
        seen = {"If-Match": f'"{plan["tag"]}"'}
        done = self._posted(boss, f"{here}/reassignments", {"reason_code": "sick"}, **seen)
        to = {each["custody_record_id"]: each["navigator_id"] for each in done["items"]}
        for arrest in [arrest for arrest, holder in self.holders.items() if holder == id]:
            self.holders[arrest] = to[self._records[arrest]["id"]]
        self.given["caseload of a sick navigator reassigned"] += 1

    def _end(self, step: Step) -> None:
        """The case needs no navigator any more."""
        if self.holders.pop(step.arrest, None):
            place = self._place(step, "navigator/end")
            self._posted(self._boss(step), place, {"reason": "case_ended"})


def _subject(token: str) -> str:
    """Who a token is for; it is the demo's own, so nothing is checked."""
    claims = token.split(".")[1]
    subject: str = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["sub"]
    return subject
