"""A contract as one page of HTML: to be printed on A4, or read aloud by a screen reader. Pure."""

import base64
import hashlib
from datetime import datetime

from jinja2 import Environment, PackageLoader, StrictUndefined

from checkpoint.contracts.papers import Paper, moment

# Everything is escaped: the templates have no way to say otherwise.
TEMPLATES = Environment(
    loader=PackageLoader("checkpoint.contracts"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
PAGE = TEMPLATES.get_template("contract.html")
STYLE = TEMPLATES.get_template("contract.css").render()
HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
# No script, nothing from anywhere, and only the one style sheet that stands in the page itself.
POLICY = (
    f"default-src 'none'; style-src 'sha256-{HASH}'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


def page(paper: Paper, *, printed_at: datetime) -> str:
    """The paper as a page.

    Args:
        paper: what stands on it.
        printed_at: when it is printed; told as the clock on the wall shows it in England.

    Returns:
        HTML, with the digest of what stands on it.
    """
    return PAGE.render(paper=paper, digest=paper.digest, printed=moment(printed_at))
