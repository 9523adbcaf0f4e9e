"""One case, and people who stand in every relationship to it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from assessing import WHOLE_NEEDS
from builders import WHOLE_CONSENT, a_key, a_person, proposed
from checkpoint.custody.reach.tables import BrokenGlass
from checkpoint.foundation.actors import Role
from checkpoint.foundation.database import insert, transaction
from checkpoint.navigators.states import EndReason, How, OfferKind, OfferOutcome
from checkpoint.navigators.tables import Assignment, Cover, Offer, OfferAnswer
from conftest import NOON
from house.test_enumeration import ABSENT, BODIES, filled
from keeping import SESSIONS, entered, running, said, started
from meeting import planned
from navigating import registered
from referring import listed

OFFICER, SUPERVISOR, NAVIGATOR = Role.CUSTODY_OFFICER, Role.SUPERVISOR, Role.NAVIGATOR
RECORD = "/v1/custody-records/{record_id}"


def newest(told):
    """The id of what was just entered, wherever the answer shows it."""
    if "id" in told:
        return told["id"]
    items = [each for item in told["items"] for each in item.get("entries", [item])]
    return items[0]["id"]


class Scene:
    """One case, whatever belongs to it, and people who stand in every relationship to it."""

    def __init__(self, clients):
        self.clients = clients
        self.people = {}  # by relationship, clients by role
        self.ids = {}

    def somebody(self, relationship, role, *suites, name=None):
        name = name or f"{relationship} {role}".replace(" ", "-").replace(",", "")
        self.people.setdefault(relationship, {})[role] = self.clients(role, *suites, name=name)
        return self.people[relationship][role]

    async def set(self):
        boss, officer = [
            self.somebody("own suite", role, "DURHAMGATE") for role in (SUPERVISOR, OFFICER)
        ]
        record = await started(self.clients)
        self.ids["record_id"] = record["id"]
        self.ids["offence_id"] = record["offences"][0]["id"]
        here = f"{RECORD}".format(**self.ids)
        decisions = (await officer.get(f"{here}/eligibility-decisions")).json()["items"]
        self.ids["decision_id"] = decisions[0]["id"]
        self.ids["override_id"] = (await proposed(boss, decisions[0]))["id"]
        for name, noun, body in (
            ("victim_id", "victims", {"person": a_person()}),
            ("asking_id", "consents", WHOLE_CONSENT | {"draft": True}),
            ("assessment_id", "needs-assessments", WHOLE_NEEDS | {"draft": True}),
        ):
            made = await officer.post(f"{here}/{noun}", json=body, headers=a_key())
            assert made.status_code == 201, made.text
            self.ids[name] = made.json()["id"]
        self.ids["crossover_id"] = ABSENT  # needs a control case of a trial: see tests/delivery
        for relationship in ("other suite", "broken glass", "glass that stands no longer"):
            for role in (OFFICER, SUPERVISOR):
                self.somebody(relationship, role, "PETERLEE")
        self.somebody("team works it", SUPERVISOR, "DARLINGTON")
        navigators = {}
        for relationship in ("was in caseload", "in caseload", "covering", "offered"):
            led = (
                {"base_suites": ["DURHAMGATE", "DARLINGTON"]} if relationship == "covering" else {}
            )
            found = await registered(self.clients, **led)
            navigators[relationship] = UUID(found.id)
            self.people[relationship] = {NAVIGATOR: found.client}
        await self.written(UUID(record["id"]), navigators)
        await self.worked(record, boss, officer)

    async def worked(self, record, boss, officer):
        """A contract that runs, and what is on record of how it is kept."""
        contract = await running(self.clients, SESSIONS, record=record)
        navigator = self.people["in caseload"][NAVIGATOR]
        objection = {"victim_id": self.ids["victim_id"], "objected_on": "2026-11-03", "words": "No"}
        for name, made in (
            ("appointment_id", await planned(navigator, record)),
            ("entry_id", await entered(navigator, contract, "sessions", "session")),
            ("review_id", await said(boss, contract, "breach-reviews", cause="missed_contact", words="Missed two.")),
            ("challenge_id", await said(officer, contract, "victim-challenges", **objection)),
        ):  # fmt: skip
            assert made.status_code == 201, made.text
            self.ids[name] = newest(made.json())
        self.ids["contract_id"] = contract.id
        await self.referred(contract, navigator)

    async def referred(self, contract, navigator):
        """A referral for its condition, and a need for which there was nobody."""
        here = RECORD.format(**self.ids)
        offer = await listed(self.clients.app.state.engine)
        self.ids["service_id"] = offer.service_id
        body = BODIES["make_referral"] | {"service_id": offer.service_id}
        body |= {"condition_key": contract.keys["sessions"]}
        for name, noun, sent in (
            ("referral_id", "referrals", body),
            ("no_provider_id", "no-provider-available", BODIES["record_no_provider"]),
        ):
            made = await navigator.post(f"{here}/{noun}", json=sent, headers=a_key())
            assert made.status_code == 201, made.text
            self.ids[name] = newest(made.json())

    async def written(self, record_id, navigators):
        """What only time and other rooms bring about."""
        async with transaction(self.clients.app.state.engine) as session:
            first, second = [
                Assignment(
                    custody_record_id=record_id,
                    navigator_id=navigators[whose],
                    number=number,
                    how=How.ASSIGNED,
                    assigned_at=NOON - timedelta(days=1),
                    assigned_by=uuid4(),
                    **ended,
                )
                for number, whose, ended in (
                    (1, "was in caseload", {"ended_at": NOON, "ended_by": uuid4(), "end_reason": EndReason.HANDED_OVER}),
                    (2, "in caseload", {}),
                )
            ]  # fmt: skip
            offers = [
                Offer(
                    assignment_id=second.id,
                    number=number,
                    to_navigator_id=navigators[whose],
                    kind=kind,
                    cover_last_day=day,
                    offered_at=NOON,
                    offered_by=uuid4(),
                )
                for number, whose, kind, day in (
                    (1, "covering", OfferKind.COVER, NOON.date()),
                    (2, "offered", OfferKind.HAND_OVER, None),
                )
            ]
            await insert(session, first, second)
            await insert(session, *offers)
            taken = OfferAnswer(
                handover_id=offers[0].id,
                outcome=OfferOutcome.ACCEPTED,
                answered_at=NOON,
                answered_by=uuid4(),
            )
            cover = Cover(
                assignment_id=second.id,
                handover_id=offers[0].id,
                navigator_id=navigators["covering"],
                covers_from=NOON - timedelta(hours=1),
                until=datetime(2026, 11, 4, tzinfo=UTC),
            )
            await insert(session, taken)
            await insert(session, cover)
            glass = [
                BrokenGlass(
                    custody_record_id=record_id,
                    reason_code="other",
                    words="The person is at the counter here.",
                    broken_at=until - timedelta(hours=4),
                    broken_by=UUID(await self.id_of(relationship, role)),
                    until=until,
                )
                for relationship, until in (
                    ("broken glass", NOON + timedelta(minutes=1)),
                    ("glass that stands no longer", NOON),
                )
                for role in (OFFICER, SUPERVISOR)
            ]
            await insert(session, *glass)
        self.ids |= {"handover_id": str(offers[1].id), "glass_id": str(glass[0].id)}

    async def id_of(self, relationship, role):
        return (await self.people[relationship][role].get("/v1/me")).json()["id"]

    async def restrict(self):
        """Restricted, with one of each kind named; whoever does it is, too."""
        for role, suite in ((OFFICER, "DURHAMGATE"), (SUPERVISOR, "DURHAMGATE")):
            self.somebody("own suite, named", role, suite)
        for role in (OFFICER, SUPERVISOR):
            self.somebody("other suite, named", role, "PETERLEE")
        found = self.people["in caseload, named"] = {NAVIGATOR: self.people["covering"][NAVIGATOR]}
        self.people["covering"] = {}  # is one of them
        named = [
            await self.id_of(relationship, role)
            for relationship in ("own suite, named", "other suite, named")
            for role in (OFFICER, SUPERVISOR)
        ]
        named.append((await found[NAVIGATOR].get("/v1/me")).json()["id"])
        body = {"reason_code": "staff", "words": "Works at this suite.", "named": named}
        boss = self.people["own suite, named"][SUPERVISOR]
        address = f"{RECORD}/restrictions".format(**self.ids)
        assert (await boss.post(address, json=body, headers=a_key())).status_code == 201

    async def knock(self, client, door, route, *, ids=None):
        ids = ids or self.ids
        method, path = door.split(" ")
        body = {} if method == "GET" else {"json": filled(BODIES[route.name], ids)}
        headers = a_key() | {"If-Match": '"1"'}
        return await client.request(method, path.format(**ids), headers=headers, **body)
