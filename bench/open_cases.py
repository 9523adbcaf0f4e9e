"""Made-up open cases, with everything that the worklist tells of."""

import random
from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from checkpoint.foundation.actors import Role
from checkpoint.foundation.identifiers import new_id, new_reference

SUITES = ("DURHAMGATE", "PETERLEE")
SUMMARY, EITHER_WAY = "CJ88116", "TH68010"
DAYS, DETAINED, EACH = 150, 40, 30
ISSUER = "http://127.0.0.1:8000/local-issuer"


def actor_id(role: Role, name: str) -> Any:
    """As whom the local issuer's tokens make somebody known."""
    return uuid5(NAMESPACE_URL, f"{ISSUER}/{role}/{name}")


READERS = [actor_id(role, "bench") for role in (Role.CUSTODY_OFFICER, Role.SUPERVISOR)]


class Seeds:
    """Rows by table. Constraints hold; triggers and foreign keys are left aside while they go in."""

    def __init__(self, offences: dict[str, Any], rules: Any, at: datetime, cases: int) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.offences, self.rules, self.at, self.cases = offences, rules, at, cases
        self.chance, self.by, self.other = random.Random(7), new_id(), new_id()
        self.held = 0
        self.navigators = [self.a_navigator(n) for n in range(max(2, round(0.77 * cases / EACH)))]

    def add(self, table: str, **values: Any) -> Any:
        row = {"id": new_id()} | values
        self.rows[table].append(row)
        return row["id"]

    def a_navigator(self, number: int) -> Any:
        navigator = self.add(
            "navigator",
            actor_id=actor_id(Role.NAVIGATOR, f"nav-{number}"),
            name=f"Synthetic {number}",
            provider="NECA",
            base_suites=[SUITES[number % 2]],
            capacity=EACH,
            specialisms=[],
            registered_at=self.at,
            registered_by=self.by,
            version=1,
        )
        for kind in ("induction", "vetting"):
            self.add(
                "navigator_clearance",
                navigator_id=navigator,
                kind=kind,
                number=1,
                given_on=date(2015, 4, 7),
                last_day=self.at.date() + timedelta(days=number % 700),
                recorded_at=self.at,
                recorded_by=self.by,
            )
        if self.happens(0.02):
            self.add(
                "navigator_absence",
                navigator_id=navigator,
                absent_from=self.at.date() - timedelta(days=2),
                taken_away=False,
                recorded_at=self.at,
                recorded_by=self.by,
            )
        return navigator

    def some_navigator(self) -> Any:
        """In turn, so that each has thirty, of all months."""
        self.held += 1
        return self.navigators[self.held % len(self.navigators)]

    def happens(self, share: float) -> bool:
        return self.chance.random() < share

    def case(self, number: int) -> None:
        at = self.at - timedelta(days=DAYS) * (number + 1) / self.cases
        detained = number < DETAINED
        at = self.at - timedelta(hours=number % 12, minutes=5) if detained else at
        left = None if detained else at + timedelta(hours=10)
        person = self.a_person(at)
        record = self.a_record(person, at, SUITES[number % 2], left=left)
        offence = self.add(
            "alleged_offence",
            custody_record_id=record,
            offence_id=self.offences[SUMMARY if self.happens(0.4) else EITHER_WAY],
            committed_from=at.date() - timedelta(days=number % 60),
            committed_until=at.date() - timedelta(days=number % 60),
            committed_in_area=True,
            added_at=at,
        )
        self.decided(record, at)
        self.victim = None
        if self.happens(0.6):
            self.harmed(record, suite=SUITES[number % 2], at=at, left=left)
        if left is not None:
            self.came_in(record, person, number, at=left)
            if self.happens(0.3):
                self.disposed(record, offence, at=left)
        self.looked_into(record, at)

    def looked_into(self, record: Any, at: datetime) -> None:
        """Some cases are restricted, and of some somebody breaks the glass."""
        if self.happens(0.002):
            self.add(
                "case_restriction",
                custody_record_id=record,
                number=1,
                reason_code="staff",
                words="Synthetic, nothing but.",
                restricted_at=at,
                restricted_by=self.by,
            )
        if self.happens(0.005):
            glass = self.add(
                "broken_glass",
                custody_record_id=record,
                reason_code="urgent_enquiry",
                words="Synthetic, nothing but.",
                broken_at=at,
                broken_by=self.by,
                until=at + timedelta(hours=8),
            )
            if self.happens(0.9):
                self.add(
                    "broken_glass_review",
                    broken_glass_id=glass,
                    outcome="justified",
                    words="Synthetic, nothing but.",
                    reviewed_at=at,
                    reviewed_by=self.other,
                )

    def a_person(self, at: datetime) -> Any:
        number = len(self.rows["person"])
        return self.add(
            "person",
            family_name="Testperson",
            given_names=f"Synthetic {number}",
            date_of_birth=date(1960 + number % 40, 1 + number % 12, 7),
            registered_at=at,
            registered_by=self.by,
        )

    def a_record(self, person: Any, at: datetime, suite: str, *, left: datetime | None) -> Any:
        return self.add(
            "custody_record",
            reference=new_reference(),
            person_id=person,
            suite=suite,
            arrested_at=at,
            arrived_at=at,
            state="released" if left else "detained",
            released_at=left,
            released_by=self.by if left else None,
            opened_at=at,
            opened_by=self.by,
            version=1,
        )

    def decided(self, record: Any, at: datetime) -> None:
        verdict = self.chance.choices(["eligible", "pending", "refer"], [90, 7, 3])[0]
        self.add(
            "eligibility_decision",
            custody_record_id=record,
            number=1,
            record_version=1,
            rule_set_version_id=self.rules,
            verdict=verdict,
            facts="{}",
            findings="[]",
            decided_at=at,
            decided_by=self.by,
        )
        if verdict == "refer" and self.happens(0.8):
            self.add(
                "determination",
                eligibility_decision_id=self.rows["eligibility_decision"][-1]["id"],
                verdict="eligible",
                reason_code="other",
                words="Synthetic, nothing but.",
                determined_at=at,
                determined_by=self.by,
            )

    def harmed(self, record: Any, *, suite: str, at: datetime, left: datetime | None) -> None:
        self.victim = self.add(
            "victim",
            custody_record_id=record,
            person_id=self.rows["person"][0]["id"],
            vulnerable=False,
            added_at=at,
            added_by=self.by,
        )
        stamp = {"recorded_at": at, "recorded_by": self.by}
        happened = [("arrested", at)]
        if left is not None:
            happened.append(("charged", left))
            self.add(
                "movement",
                custody_record_id=record,
                number=1,
                kind="released",
                from_suite=suite,
                left_at=left,
                release_kind="charged",
                **stamp,
            )
        for what, when in happened:
            self.told(what, when)

    def told(self, what: str, at: datetime) -> None:
        """All but one in thirty are told of what happens."""
        if self.victim is not None and self.happens(0.97):
            self.add(
                "victim_notification",
                victim_id=self.victim,
                what=what,
                happened_at=at,
                told_at=at,
                channel="telephone",
                recorded_at=at,
                recorded_by=self.by,
            )

    def came_in(self, record: Any, person: Any, number: int, *, at: datetime) -> None:
        entered = self.allocated(record, person, at) if self.happens(0.3) else {}
        if not entered:
            entered["enrolment_id"] = self.add(
                "enrolment",
                custody_record_id=record,
                person_id=person,
                suite=SUITES[number % 2],
                eligibility_decision_id=self.rows["eligibility_decision"][-1]["id"],
                programme_consent_id=new_id(),
                enrolled_at=at,
                enrolled_by=self.by,
            )
        if self.happens(0.01):
            self.add(
                "consent_draft",
                custody_record_id=record,
                content="{}",
                begun_at=self.at,
                begun_by=self.by,
                saved_at=self.at,
                expires_at=self.at + timedelta(hours=24) * self.chance.random(),
                version=1,
            )
        if self.happens(0.1):
            return
        start = self.add(
            "programme_start",
            custody_record_id=record,
            **entered,
            programme_consent_id=new_id(),
            started_at=at,
            recorded_at=at,
            recorded_by=self.by,
        )
        if self.happens(0.95):
            self.worked(record, at)
            self.met(record, at)
            self.contracted(record, start, at)
        if self.happens(0.9):
            self.add(
                "person_contact",
                custody_record_id=record,
                attempted_at=at + timedelta(hours=6),
                channel="telephone",
                sought_by="navigator",
                result="reached",
                recorded_at=at + timedelta(hours=6),
                recorded_by=self.by,
            )

    def allocated(self, record: Any, person: Any, at: datetime) -> dict[str, Any]:
        """By a trial's draw; the readers have been shown the arms of half of them."""
        allocation = self.add(
            "allocation",
            trial_id=self.by,
            trial_protocol_id=self.by,
            trial_stratum_id=self.by,
            slot_id=new_id(),
            place=1 + len(self.rows["allocation"]),
            custody_record_id=record,
            person_id=person,
            eligibility_decision_id=self.rows["eligibility_decision"][-1]["id"],
            programme_consent_id=new_id(),
            research_consent_id=new_id(),
            software="bench",
            allocated_at=at,
            allocated_by=self.by,
            xid=1,
        )
        for reader in READERS if self.happens(0.5) else ():
            self.add("arm_reading", allocation_id=allocation, read_by=reader, read_at=at)
        return {"allocation_id": allocation}

    def worked(self, record: Any, at: datetime) -> None:
        assignment = self.add(
            "navigator_assignment",
            custody_record_id=record,
            navigator_id=self.some_navigator(),
            number=1,
            how="assigned",
            assigned_at=at,
            assigned_by=self.by,
        )
        if self.happens(0.01):
            self.add(
                "navigator_handover",
                assignment_id=assignment,
                number=1,
                to_navigator_id=self.chance.choice(self.rows["navigator"])["id"],
                kind="hand_over",
                offered_at=self.at - timedelta(hours=30),
                offered_by=self.by,
            )

    def met(self, record: Any, at: datetime) -> None:
        """Every fortnight an appointment, of which one in fifty has no entry; and the next one."""
        when = at + timedelta(days=1)
        while when < self.at + timedelta(days=14):
            appointment = self.add(
                "appointment",
                custody_record_id=record,
                navigator_id=self.rows["navigator_assignment"][-1]["navigator_id"],
                kind="session",
                starts_at=when,
                minutes=50,
                place="home",
                planned_at=at,
                planned_by=self.by,
            )
            if when < self.at and self.happens(0.98):
                self.add(
                    "attendance",
                    appointment_id=appointment,
                    number=1,
                    outcome="attended",
                    minutes=50,
                    excused=False,
                    recorded_at=when,
                    recorded_by=self.by,
                )
            when += timedelta(days=14)

    def contracted(self, record: Any, start: Any, at: datetime) -> None:
        """A contract that was started four days after; one in twenty is offered and not signed."""
        began = at + timedelta(days=4)
        state = "offered"
        if self.happens(0.95) and began < self.at:
            state = self.chance.choices(["active", "suspended", "completed"], [90, 5, 5])[0]
        steps = {
            "offered": ["offered"],
            "active": ["offered", "started"],
            "suspended": ["offered", "started", "suspended"],
            "completed": ["offered", "started", "completed"],
        }[state]
        ended = began + (self.at - began) * self.chance.random()
        days = {"starts_on": began.date(), "ends_on": began.date() + timedelta(days=120)}
        runs = {} if state == "offered" else days
        proposed = state == "active" and self.happens(0.04)
        steps += ["change_proposed"] * proposed
        contract = self.add(
            "contract",
            custody_record_id=record,
            programme_start_id=start,
            reference=new_reference(),
            fallback="charge",
            state=state,
            version=len(steps),
            terms_number=1,
            drafted_at=at,
            drafted_by=self.by,
            **runs,
        )
        self.agreed(contract, at, began, signed=3 if runs else 1)
        if proposed:
            change = self.agreed(
                contract, self.at, began, number=2, signed=len(self.rows["contract"]) % 3
            )
        for number, event in enumerate(steps, 1):
            self.add(
                "contract_step",
                contract_id=contract,
                number=number,
                event=f"contract.{event}",
                state=steps[0] if number == 1 else "active" if number == 2 else state,
                terms_id=change if event == "change_proposed" else None,
                terms_number=1,
                excused_days=0,
                happened_at=(at, began, ended)[number - 1],
                recorded_at=at,
                recorded_by=self.by,
                **(days if number > 1 else {}),
            )
        if runs:
            self.told("contract_started", began)
            if state == "completed":
                self.told("contract_completed", ended)
            self.questioned(contract, began)

    def agreed(
        self, contract: Any, at: datetime, began: datetime, *, number: int = 1, signed: int
    ) -> Any:
        terms = self.add(
            "contract_terms",
            contract_id=contract,
            number=number,
            kind="first" if number == 1 else "variation",
            reason_code="agreed_at_start",
            excused_days=0,
            ends_on=None if number == 1 else began.date() + timedelta(days=120),
            reckoned="4 calendar months",
            drafted_at=at,
            drafted_by=self.by,
        )
        for position in (1, 2):
            self.add(
                "contract_condition",
                terms_id=terms,
                key=new_id(),
                position=position,
                kind="pathway",
                pathway="finance",
                objective="Synthetic.",
                measure="Synthetic.",
                due_on=began.date() + timedelta(days=30 + 50 * position),
                rule="sessions",
                amount=2,
            )
            if number == 1:
                self.add(
                    "condition_entry",
                    contract_id=contract,
                    number=position,
                    condition_key=self.rows["contract_condition"][-1]["key"],
                    kind="session" if position == 1 else "met",
                    happened_on=began.date(),
                    basis="fact",
                    recorded_at=began,
                    recorded_by=self.by,
                )
        for role in ("person", "navigator", "supervisor")[:signed]:
            self.add(
                "contract_signature",
                terms_id=terms,
                role=role,
                how="paper",
                signed_at=began,
                recorded_at=began,
                recorded_by=self.by if role != "supervisor" else self.other,
            )
        return terms

    def questioned(self, contract: Any, began: datetime) -> None:
        """Some are arrested again; of most that was reviewed. Some are objected to."""
        when = began + (self.at - began) * self.chance.random()
        causes = [("missed_contact", None)] if self.happens(0.04) else []
        if self.happens(0.04):
            again = self.arrested_again(when)
            causes += [("new_arrest", again)] if self.happens(0.9) else []
        for number, (cause, other) in enumerate(causes, 1):
            review = self.add(
                "breach_review",
                contract_id=contract,
                number=number,
                cause=cause,
                other_record_id=other,
                words="Synthetic, nothing but.",
                due_on=when.date() + timedelta(days=14),
                raised_at=when,
                raised_by=self.by,
            )
            if self.happens(0.9):
                self.add(
                    "breach_decision",
                    review_id=review,
                    raised_by=self.by,
                    outcome="continue",
                    words="Synthetic, nothing but.",
                    decided_at=when,
                    decided_by=self.other,
                )
        if self.victim is not None and self.happens(0.01):
            challenge = self.add(
                "victim_challenge",
                contract_id=contract,
                victim_id=self.victim,
                number=1,
                objected_on=when.date(),
                words="Synthetic, nothing but.",
                due_on=when.date() + timedelta(days=60),
                recorded_at=when,
                recorded_by=self.by,
            )
            if self.happens(0.7):
                self.add(
                    "victim_challenge_decision",
                    challenge_id=challenge,
                    recorded_by=self.by,
                    outcome="contract_stands",
                    words="Synthetic, nothing but.",
                    decided_at=when,
                    decided_by=self.other,
                )

    def arrested_again(self, at: datetime) -> Any:
        """The same person, or in one of five who was entered as another and merged since."""
        person = self.rows["person"][-1]["id"]
        if self.happens(0.2):
            kept, person = person, self.a_person(at)
            self.add(
                "person_merge",
                kept_id=kept,
                other_id=person,
                reason="fingerprint_result",
                words="Synthetic, nothing but.",
                merged_at=at,
                merged_by=self.by,
            )
        return self.a_record(person, at, self.chance.choice(SUITES), left=at + timedelta(hours=5))

    def disposed(self, record: Any, offence: Any, *, at: datetime) -> None:
        self.add(
            "disposal",
            custody_record_id=record,
            alleged_offence_id=offence,
            first_entry_id=offence,
            number=1,
            outcome_code="17" if self.happens(0.005) else "1",
            disposed_on=at.date(),
            decided_by="police",
            conditions=[],
            recorded_at=at,
            recorded_by=self.by,
        )
