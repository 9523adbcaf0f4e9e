"""A contract as one page of HTML: to be printed on A4, or read aloud by a screen reader. Pure."""

from datetime import datetime

from checkpoint.contracts.papers import Paper
from checkpoint.foundation.calendar import moment
from checkpoint.foundation.html import policy_of, templates

TEMPLATES = templates("checkpoint.contracts")
PAGE = TEMPLATES.get_template("contract.html")
STYLE = TEMPLATES.get_template("contract.css").render()
POLICY = policy_of(STYLE)


def page(paper: Paper, *, printed_at: datetime) -> str:
    """The paper as a page.

    Args:
        paper: what stands on it.
        printed_at: when it is printed; told as the clock on the wall shows it in England.

    Returns:
        HTML, with the digest of what stands on it.
    """
    return PAGE.render(paper=paper, digest=paper.digest, printed=moment(printed_at))
