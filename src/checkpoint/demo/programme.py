"""Plays what comes after a verdict, as officers and supervisors would: by the next steps they are told."""

from collections import Counter
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any
from uuid import uuid4

from checkpoint.demo.player import RECORDS, DemoInterrupted, Player
from checkpoint.demo.week import Deed, Step
from checkpoint.foundation.actors import Role
from checkpoint.foundation.calendar import london_day

CONTROL = "control"
FIRST, SECOND, BLIND = "demo-inspector", "demo-second", "demo-blind"
WHY_CROSSED = {"reason_code": "welfare", "words": "A made-up need that will not wait."}
WHY_DEVIATED = {"reason_code": "prosecuted_instead", "words": "Made up: charged at once."}


class Programme(Player):
    """A player who goes on where a case is eligible."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self._askings: dict[int, dict[str, Any]] = {}
        self._entries: dict[int, dict[str, Any]] = {}
        self._sheet: str | None = None
        self._gone: set[int] = set()  # took their consent back
        self._needed: dict[int, Mapping[str, Any]] = {}  # who has to be beside whom
        self.arms: Counter[str] = Counter()
        self.given: Counter[str] = Counter()

    def do(self, step: Step) -> None:
        """One step, where there is anything to do for it."""
        deeds: Mapping[StrEnum, Callable[[Step], None]] = {
            Deed.ASK: self._ask_consent,
            Deed.WITHDRAW: self._withdraw,
            Deed.ENTER: self._enter,
            Deed.DELIVER: self._deliver,
            Deed.ANNOTATE: self._annotate,
        }
        if step.deed is Deed.SAVE_SAFEGUARDS:
            self._needed[step.arrest] = step.body
        if step.deed not in deeds:
            super().do(step)
        elif self._verdict(step) == "eligible":
            deeds[step.deed](step)

    def trials(self) -> list[tuple[str, str]]:
        """Every trial there is, and how it stands."""
        answer = self._read("/v1/trials", self._supervisor([]))
        return [(trial["code"], trial["state"]) for trial in answer.json()["items"]]

    def of_suites(self) -> dict[str, dict[str, Any]]:
        """The count of each suite, from the service itself."""
        return {
            suite: self._read(f"/v1/cases/counts?suite={suite}", self._supervisor([suite])).json()
            for suite in self._suites
        }

    def _verdict(self, step: Step) -> str | None:
        decision = self._decisions.get(step.arrest)
        return decision["standing"]["verdict"] if decision else None

    def _place(self, step: Step, noun: str) -> str:
        return f"{RECORDS}/{self._records[step.arrest]['id']}/{noun}"

    def _next(self, step: Step) -> dict[str, Any]:
        """What may be done now, by its name."""
        answer = self._read(self._place(step, "next-steps"), self._officer(step))
        return {each["step"]: each for each in answer.json()["next_steps"] if each["allowed"]}

    def _said(
        self, step: Step, place: str, body: Mapping[str, Any], *, who: str | None = None, **how: Any
    ) -> Any:
        """What was answered to one request of an officer, or of a supervisor by name."""
        token = self._token(Role.SUPERVISOR, who, [step.suite]) if who else self._officer(step)
        headers = {} if how.get("method") == "PUT" else {"Idempotency-Key": str(uuid4())}
        request = {"method": "POST", "place": place, "headers": headers, "json": body} | how
        return self._done(request, token, lost=step.lost)

    def _ask_consent(self, step: Step) -> None:
        if "ask_for_consent" in self._next(step):
            body = {**step.body, "sheet_version": self._sheet_version()}
            self._askings[step.arrest] = self._said(step, self._place(step, "consents"), body)

    def _sheet_version(self) -> str:
        """The sheet that is given out now."""
        if self._sheet is None:
            answer = self._read("/v1/reference/information-sheets", self._supervisor([]))
            sheets = [each for each in answer.json()["items"] if each["available_until"] is None]
            if not sheets:
                raise DemoInterrupted("There is no information sheet to give out.")
            self._sheet = max(sheets, key=lambda sheet: str(sheet["available_from"]))["code"]
        return self._sheet

    def _withdraw(self, step: Step) -> None:
        step_now = self._next(step).get("withdraw_programme")
        if step_now:
            self._said(step, step_now["href"], step.body)
            self._gone.add(step.arrest)

    def _enter(self, step: Step) -> None:
        """Allocate where a trial is open, else enrol, whichever the service says."""
        steps = self._next(step)
        way = steps.get("allocate") or steps.get("enrol")
        if way is None:
            return
        body = {"eligibility_decision_id": self._decisions[step.arrest]["id"]}
        entry = self._said(step, way["href"], body, method="PUT")
        self._entries[step.arrest] = entry
        if "arm" in entry:
            self.arms[entry["arm"]] += 1

    def _deliver(self, step: Step) -> None:
        """What the arm and the plan say, in the order in which people would do it."""
        entry = self._entries.get(step.arrest)
        if entry is None:
            return
        arm, departs = entry.get("arm"), step.body["departs"]
        since = entry.get("allocated_at") or entry["enrolled_at"]
        if arm == CONTROL and departs:
            since = self._cross_over(step)
        starts = departs if arm == CONTROL else arm is None or not departs
        if starts:
            self._said(step, self._place(step, "programme-start"), {"started_at": since})
            self.given["started"] += 1
            self._begin(step)
            return
        if arm != CONTROL:
            body = WHY_DEVIATED | {"happened_at": since}
            self._said(step, self._place(step, "deviations"), body)
            self.given["deviated"] += 1
        self._dispose(step)

    def _begin(self, step: Step) -> None:
        """Somebody was started; in a week, nobody sees what becomes of it."""

    def _cross_over(self, step: Step) -> str:
        """Proposed by one of rank and confirmed by a second; gives from when on it holds."""
        for who in (FIRST, SECOND):  # whoever acts on an arm has been shown it
            self._read(
                self._place(step, "allocation"), self._token(Role.SUPERVISOR, who, [step.suite])
            )
        told = self._said(step, self._place(step, "crossovers"), WHY_CROSSED, who=FIRST)
        place = f"/v1/crossovers/{told['crossovers'][0]['id']}/confirmation"
        told = self._said(step, place, {}, who=SECOND)
        self.given["crossed over"] += 1
        at: str = told["crossovers"][0]["answered_at"]
        return at

    def _dispose(self, step: Step) -> None:
        body = {
            "offence_id": self._records[step.arrest]["offences"][0]["id"],
            "outcome_code": step.body["outcome_code"],
            "disposed_on": london_day(step.at).isoformat(),
            "decided_by": "police",
        }
        self._said(step, self._place(step, "disposals"), body)
        self.given["disposed of"] += 1

    def _annotate(self, step: Step) -> None:
        if "arm" in self._entries.get(step.arrest, {}):
            self._said(step, self._place(step, "allocation/annotations"), step.body, who=BLIND)
            self.given["annotated"] += 1
