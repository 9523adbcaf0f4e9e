"""Plays the week to a service over HTTP, as its custody officers would; and asks for the count."""

import time
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, Self
from uuid import uuid4

import httpx

from checkpoint.demo.week import MARK, READMES, Deed, Step
from checkpoint.foundation import errors
from checkpoint.foundation.actors import Role

# What a client does again, with the same key: the service asked for patience, or was not reached.
PATIENCE = frozenset({408, 429, 503})
TRIES, PAUSE_SECONDS, ANSWER_SECONDS = 20, 1.0, 30.0
OFFICERS = 4  # of each suite, in turn
SUITES_OF_ONE_TOKEN = 20
RECORDS = "/v1/custody-records"
LOOKS_ALIKE = "person-probably-known"


class NotADemoDatabase(errors.Conflict):
    slug = "not-a-demo-database"
    title = "The demo plays only where there is nobody, or nobody but made-up people"


class NoLocalIssuer(errors.Forbidden):
    slug = "no-local-issuer"
    title = "The demo plays only to a service for trying, with its local issuer"


class DemoInterrupted(errors.Unavailable):
    slug = "demo-interrupted"
    title = "The demo stopped where it was; the service did not answer as it should"


def made_up(family_name: str) -> bool:
    """Whether only somebody of the demo's, or of the README's, is called so.

    Args:
        family_name: as it is on record.

    Returns:
        False for every name that a person could have.
    """
    return family_name == READMES or family_name.startswith(MARK)


class Player:
    """Speaks to one service, as whoever is needed."""

    def __init__(self, address: str) -> None:
        self._http = httpx.Client(base_url=address, timeout=ANSWER_SECONDS, trust_env=False)
        self._tokens: dict[tuple[Role, str, tuple[str, ...]], str] = {}
        self._records: dict[int, dict[str, Any]] = {}
        self._decisions: dict[int, dict[str, Any]] = {}

    def __enter__(self) -> Self:
        try:
            self._http.get("/ping")
        except (httpx.TransportError, httpx.InvalidURL, httpx.UnsupportedProtocol) as fault:
            self._http.close()
            raise DemoInterrupted("Nobody answers at that address.") from fault
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def open_suites(self) -> list[str]:
        """The suites that take people, the newest first: it is the busy one."""
        suites = self._read("/v1/reference/suites", self._supervisor([])).json()["items"]
        self._suites = [suite["code"] for suite in suites]
        taking = [suite for suite in suites if suite["available_until"] is None]
        taking.sort(key=lambda suite: suite["available_from"] or "", reverse=True)
        return [suite["code"] for suite in taking]

    def people(self) -> int:
        """How many made-up people are there already.

        Raises:
            NotADemoDatabase: there is somebody who is neither the demo's nor the README's.
        """
        count = 0
        for line in self._everybody():
            if not made_up(str(line["family_name"])):
                raise NotADemoDatabase(
                    "It holds somebody who is not made up; nothing was changed. The demo plays "
                    f"beside its own people ({MARK}...) and the README's ({READMES}) alone: leave "
                    "out --url, or start a service with another CHECKPOINT_DATA_FOLDER."
                )
            count += 1
        return count

    def _everybody(self) -> Iterator[dict[str, Any]]:
        for first in range(0, len(self._suites), SUITES_OF_ONE_TOKEN):
            reader = self._supervisor(self._suites[first : first + SUITES_OF_ONE_TOKEN])
            place = f"{RECORDS}?size=200"
            while place:
                answer = self._read(place, reader)
                yield from answer.json()["items"]
                place = answer.links.get("next", {}).get("url", "")

    def play(self, steps: Sequence[Step]) -> Iterator[Step]:
        """Each step in turn, as it is done.

        Raises:
            DemoInterrupted: it was refused, or a request sent again got another answer.
        """
        for step in steps:
            self.do(step)
            yield step

    def do(self, step: Step) -> None:
        """One step of the suite."""
        answer = self._done(self._request(step), self._officer(step), lost=step.lost)
        if "version" in answer:
            self._records[step.arrest] = answer
        if step.deed is Deed.DECIDE:
            self._decisions[step.arrest] = answer

    def _officer(self, step: Step) -> str:
        name = f"demo-{step.suite}-{step.arrest % OFFICERS}"
        return self._token(Role.CUSTODY_OFFICER, name, [step.suite])

    def _done(self, request: dict[str, Any], token: str, *, lost: bool) -> Any:
        """What was answered; where the answer is lost, it is asked again and has to be the same."""
        answer = self._do(request, token)
        headers = request["headers"]
        once_only = "Idempotency-Key" in headers or "If-Match" not in headers
        if lost and once_only and self._do(request, token) != answer:
            raise DemoInterrupted("A request that was sent again got another answer.")
        return answer

    def _request(self, step: Step) -> dict[str, Any]:
        """Method, place, headers and body of a step."""
        method, noun = DOORS[step.deed]
        place, body, headers = RECORDS, dict(step.body), {}
        if method == "POST":
            headers["Idempotency-Key"] = str(uuid4())
        if step.deed is not Deed.BOOK_IN:
            record = self._records[step.arrest]
            place = f"{RECORDS}/{record['id']}/{noun}"
            if step.deed in ON_SIGHT:
                headers["If-Match"] = f'"{record["version"]}"'
            if step.deed is Deed.REPLACE_OFFENCE:
                body |= {"replaces": record["offences"][0]["id"], "reason": "mistyped"}
        return {"method": method, "place": place, "headers": headers, "json": body}

    def _do(self, request: dict[str, Any], token: str) -> Any:
        """Do what was asked; whoever looks like somebody already booked in is somebody else."""
        answer = self._ask(token=token, **request)
        if answer.is_error and answer.json().get("errorCode") == LOOKS_ALIKE:
            alike = answer.json()["candidates"]
            request["json"]["none_of"] = [candidate["person_id"] for candidate in alike]
            request["headers"]["Idempotency-Key"] = str(uuid4())
            answer = self._ask(token=token, **request)
        if answer.is_error:
            raise DemoInterrupted(f"{answer.status_code}, {answer.json().get('errorCode')}.")
        return answer.json()

    def counts(self) -> dict[str, Any]:
        """The count of everybody, from the service itself."""
        reader = self._supervisor(self._suites[:SUITES_OF_ONE_TOKEN])
        counted: dict[str, Any] = self._read("/v1/cases/counts", reader).json()
        return counted

    def _read(self, place: str, token: str) -> httpx.Response:
        answer = self._ask("GET", place, token)
        if answer.is_error:
            raise DemoInterrupted(f"{answer.status_code} from {place.partition('?')[0]}.")
        return answer

    def _supervisor(self, suites: Sequence[str]) -> str:
        return self._token(Role.SUPERVISOR, "demo-supervisor", suites)

    def _token(self, role: Role, name: str, suites: Sequence[str]) -> str:
        who = (role, name, tuple(suites))
        if who not in self._tokens:
            form = {"role": role.value, "name": name, "suite": list(suites)}
            answer = self._send("POST", "/local-issuer/token", data=form)
            if answer.status_code != httpx.codes.OK:
                raise NoLocalIssuer("This one gives no tokens, so it may be a real one.")
            self._tokens[who] = answer.json()["access_token"]
        return self._tokens[who]

    def _ask(self, method: str, place: str, token: str, **content: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} | content.pop("headers", {})
        return self._send(method, place, headers=headers, **content)

    def _send(self, method: str, place: str, **content: Any) -> httpx.Response:
        """Send it, and again the very same while the service cannot be reached or asks to wait."""
        for _ in range(TRIES):
            try:
                answer = self._http.request(method, place, **content)
            except httpx.TransportError:
                time.sleep(PAUSE_SECONDS)
                continue
            if answer.status_code not in PATIENCE:
                return answer
            time.sleep(float(answer.headers.get("Retry-After", PAUSE_SECONDS)))
        raise DemoInterrupted("It could not be reached, or asked to wait too often.")


DOORS: Mapping[StrEnum, tuple[str, str]] = {
    Deed.BOOK_IN: ("POST", ""),
    Deed.SAVE: ("PUT", "screening"),
    Deed.DECIDE: ("POST", "eligibility-decisions"),
    Deed.REPLACE_OFFENCE: ("POST", "offences"),
    Deed.CORRECT_PERSON: ("PUT", "person"),
    Deed.RELEASE: ("POST", "release"),
    Deed.SAVE_SAFEGUARDS: ("PUT", "safeguards"),
}
# What is changed or decided only as it was seen.
ON_SIGHT = frozenset({Deed.SAVE, Deed.DECIDE, Deed.CORRECT_PERSON, Deed.SAVE_SAFEGUARDS})
