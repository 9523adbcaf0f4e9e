"""A closed test trial, from its follow-up to its evaluation and its extracts, step by step."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from checkpoint.demo.findings import Findings
from checkpoint.demo.followup import found
from checkpoint.demo.office import Office
from checkpoint.demo.releasing import PRODUCTS, Releasing

STAGES = 7
KEPT = timedelta(days=30)


def evaluated(
    player: Releasing,
    office: Office,
    folder: Path,
    *,
    seed: int,
    span: tuple[date, date],
    seen: Callable[[str], None],
) -> Findings | None:
    """Have a closed trial followed up, cut, unblinded and evaluated, and extracts built of it.

    Args:
        player: who speaks to the service.
        office: whose trial it is.
        folder: where figures, pictures and packages are written to.
        seed: the same seed makes the same follow-up up.
        span: the first and the last day that is looked at.
        seen: is told of each stage as it begins.

    Returns:
        What came of it; None where nobody was allocated who has a PNC ID.
    """
    since, until = span
    seen("Asking a made-up bureau")
    numbers = office.roster()
    if not numbers:
        return None
    seen("Bringing follow-up in")
    rows = found(numbers, seed, since=since, until=until)
    batch = player.follow_up(office.trial, rows, until=until)
    seen("Taking a data cut")
    cut = player.cut(office.trial)
    seen("Unblinding, by two")
    player.unblind(office.trial)
    seen("Evaluating")
    folder.mkdir(parents=True, exist_ok=True)
    summary = player.evaluation(office.trial, cut, folder)
    seen("Asking for extracts")
    there = [
        player.order(office.trial, cut, product, expires_on=until + KEPT) for product in PRODUCTS
    ]
    seen("Building extracts")
    packages = [player.fetch(place, folder) for place in there]
    return Findings(
        trial=office.trial,
        batch=batch,
        summary=summary,
        folder=folder,
        packages=packages,
    )
