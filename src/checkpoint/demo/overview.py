"""Asks the service how the work and the referrals stand, as navigators and a supervisor would."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from checkpoint.demo.board import AHEAD, Line
from checkpoint.demo.programme import FIRST
from checkpoint.demo.referring import Referring
from checkpoint.demo.team import Navigator
from checkpoint.foundation.actors import Role
from checkpoint.foundation.calendar import london_day

NOT_FOUND = 404


class Overview(Referring):
    """A player who looks up from the work."""

    def month(self) -> str:
        """What has come of it so far, in one line, by the demo's own count."""
        states = Counter(contract["state"] for contract in self.contracts.values())
        said = {
            "arrested": len(self._records),
            "started": len(self._starts),
            "on contract": states["active"] + states["suspended"],
            "completed": states["completed"],
            "failed": states["failed"],
            "referred": len(self.referrals),
        }
        return ", ".join(f"{number} {words}" for words, number in said.items())

    def lines(self, suites: Sequence[str], *, at: datetime) -> list[Line]:
        """How each navigator's work stands, by the API's own doors."""
        boss = self._token(Role.SUPERVISOR, FIRST, suites)
        listed = self._read("/v1/navigators?size=200", boss).json()["items"]
        contracts = self._by_navigator()
        found = []
        for line in sorted(listed, key=lambda line: str(line["name"])):
            whole = self._read(f"/v1/navigators/{line['id']}", boss).json()
            own = self.navigators[line["id"]]
            found.append(
                Line(
                    navigator=line["name"],
                    open=len(self._read("/v1/me/caseload?size=200", own.token).json()["items"]),
                    capacity=line["capacity"],
                    absent=whole["absent"],
                    contracts=contracts.get(line["id"], Counter()),
                    appointments=self._ahead(own, at=at),
                    overdue=self._overdue(own),
                )
            )
        return found

    def came_of_referrals(self, suites: Sequence[str]) -> tuple[dict[str, Any], dict[str, Any]]:
        """What came of them and what was missing, exactly: of suites whose cases are read."""
        boss = self._token(Role.SUPERVISOR, FIRST, suites)
        summary = self._read("/v1/referrals/summary", boss).json()
        return summary, self._read("/v1/referrals/gaps", boss).json()

    def _by_navigator(self) -> dict[str, Counter[str]]:
        """The contracts by state, each with whoever had the case last."""
        found: dict[str, Counter[str]] = {}
        for arrest in self.contracts:
            start = self._starts[arrest]
            boss = self._boss(start)
            history = self._read(self._place(start, "navigator"), boss).json()["history"]
            items = self._read(self._place(start, "contracts"), boss).json()["items"]
            counted = found.setdefault(history[0]["navigator_id"], Counter())
            counted.update(str(each["state"]) for each in items)
        return found

    def _ahead(self, own: Navigator, *, at: datetime) -> list[datetime]:
        """The appointments of the coming days that are theirs to attend."""
        items: list[dict[str, Any]] = []
        for days in range(AHEAD):
            day = london_day(at + timedelta(days=days))
            items += self._read(f"/v1/me/appointments?on={day}", own.token).json()["items"]
        planned = [each for each in items if each["yours"] and each["state"] == "planned"]
        begins = [datetime.fromisoformat(each["starts_at"]) for each in planned]
        return sorted(moment for moment in begins if moment >= at)

    def _overdue(self, own: Navigator) -> int | None:
        """How much of their worklist is overdue; None where the service has no such door."""
        answer = self._ask("GET", "/v1/worklist?size=1", own.token)
        if answer.status_code == NOT_FOUND:
            return None
        counts = answer.raise_for_status().json()["counts"]["urgencies"]
        return sum(int(each["items"]) for each in counts if each["urgency"] == "overdue")
