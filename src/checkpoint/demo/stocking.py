"""Plays the directory's editor: enters what is made up, and asks about what nobody vouched for."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from checkpoint.demo.fieldwork import Fieldwork
from checkpoint.demo.listings import (
    PROVIDERS,
    SERVICES,
    TOWNS,
    assured_on,
    location,
    organization,
    places,
    service,
)
from checkpoint.demo.referrals import Errand
from checkpoint.demo.week import Step
from checkpoint.foundation.actors import Role
from checkpoint.foundation.calendar import london_day

DIRECTORY = "/v1/directory"
LISTINGS = len(PROVIDERS) + len(TOWNS) + len(SERVICES)
STALE = "/v1/stale-services?size=200"
ASKED_AFTER, ANSWERED_AFTER = 2, timedelta(days=12)  # half-way; and then some answer
UNSEEN: Mapping[str, str] = MappingProxyType({"If-Match": '"0"'})


class Stocking(Fieldwork):
    """A player with a directory to refer people into."""

    def __init__(self, address: str, *, seed: int, turn: Callable[[datetime], None]) -> None:
        super().__init__(address, seed=seed, turn=turn)
        self.on_pathway: dict[str, list[str]] = {}  # services by pathway

    def do(self, step: Step) -> None:
        deeds: Mapping[StrEnum, Callable[[Step], None]] = {
            Errand.CHASE: self._chase,
            Errand.ASSURE: self._assure,
        }
        if step.deed in deeds:
            deeds[step.deed](step)
        else:
            super().do(step)

    @property
    def _editor(self) -> str:
        return self._token(Role.DIRECTORY_EDITOR, "demo-directory-editor", [])

    def stock(self, *, at: datetime) -> Iterator[str]:
        """Enter every made-up provider, place and service; the name of each as it is done."""
        terms, today = self._terms(), london_day(at)
        providers, sites = list[str](), dict[str, str]()
        for number in range(len(PROVIDERS)):
            entered = self._entered("organizations", organization(number))
            providers.append(entered["id"])
            yield entered["name"]
        for town in TOWNS:
            entered = self._entered("locations", location(town))
            sites[town.district] = entered["id"]
            yield entered["name"]
        for number, made in enumerate(SERVICES):
            document = service(
                number,
                organization_id=providers[made.provider],
                locations=sites,
                term_id=terms[made.pathway],
                assured_on=assured_on(number, self._seed, first_day=today),
            )
            entered = self._entered("services", document)
            self._state_places(number, entered["id"])
            self.on_pathway.setdefault(made.pathway, []).append(entered["id"])
            yield entered["name"]

    def plan_upkeep(self, *, since: datetime, until: datetime) -> None:
        """Half-way somebody asks about what is stale, and some days later some have answered."""
        asked = since + (until - since) / ASKED_AFTER
        for at, errand in ((asked, Errand.CHASE), (asked + ANSWERED_AFTER, Errand.ASSURE)):
            self.plan([Step(-1, "", at, errand, {})])

    def stale(self) -> list[dict[str, Any]]:
        """Services for which nobody vouched lately, the longest ago first."""
        found: list[dict[str, Any]] = self._read(STALE, self._editor).json()["items"]
        return found

    def _terms(self) -> dict[str, str]:
        """The pathways' terms by their codes, as the directory has them."""
        place = f"{DIRECTORY}/taxonomy-terms"
        lines = self._read(f"{place}?source=programme&size=200", self._editor).json()["items"]
        found = [self._read(f"{place}/{line['id']}", self._editor).json() for line in lines]
        return {each["document"]["code"]: each["id"] for each in found}

    def _entered(self, listings: str, document: Mapping[str, Any]) -> dict[str, Any]:
        place = f"{DIRECTORY}/{listings}"
        entered: dict[str, Any] = self._posted(self._editor, place, {"document": document})
        return entered

    def _state_places(self, number: int, id: str) -> None:
        most = places(number, self._seed)
        if most is None:
            return
        request = {
            "method": "PUT",
            "place": f"{DIRECTORY}/services/{id}/capacity",
            "headers": dict(UNSEEN),
            "json": {"maximum": most, "description": "Places for the programme (made up)"},
        }
        self._done(request, self._editor, lost=False)

    def _chase(self, _: Step) -> None:
        for line in self.stale():
            place = f"{DIRECTORY}/services/{line['id']}/chases"
            self._posted(self._editor, place, {"way": "telephone"})
            self.given["stale services asked about"] += 1

    def _assure(self, step: Step) -> None:
        """Of those who were asked, every second says that it holds."""
        asked = [line for line in self.stale() if line["asked_at"]]
        for line in asked[::2]:
            place = f"{DIRECTORY}/services/{line['id']}/assurance"
            said = {"assured_on": str(london_day(step.at))}
            self._posted(self._editor, place, said, **{"If-Match": f'"{line["version"]}"'})
            self.given["stale services vouched for"] += 1
