"""What a forecast must be before it is kept. Pure."""

from collections.abc import Mapping

from checkpoint.forecast.states import RiskBand
from checkpoint.foundation import errors
from checkpoint.foundation.errors import RuleBroken

Votes = Mapping[RiskBand, int]


class OwnViewFirst(errors.Conflict):
    slug = "own-view-first"
    title = "Record your own view of the risk before the tool's band"


def check_votes(votes: Votes, *, trees: int) -> None:
    """Every tree votes once.

    Args:
        votes: trees that voted for each band, 0 or more.
        trees: how many the tool's version has.

    Raises:
        RuleBroken: the votes do not add up to the trees.

    Source: domain notes 1.8; its example, 414 high, 87 moderate and 8 low, adds up to 509.
    """
    if sum(votes.values()) != trees:
        raise RuleBroken(
            "#/votes",
            "votes-do-not-add-up",
            f"The votes must add up to {trees}, the trees of that version; copy them again.",
        )


def has_most_votes(band: RiskBand, votes: Votes) -> bool:
    """Whether no other band has as many votes.

    A tool may weigh some errors more than others, so its band is kept as it was given even where
    this is not so; it is only said.

    Args:
        band: as the tool gave it.
        votes: trees that voted for each band, 0 or more.

    Returns:
        True if every other band has fewer votes; False on a draw.
    """
    return all(votes[band] > count for other, count in votes.items() if other is not band)
