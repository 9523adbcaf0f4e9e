"""Pages of HTML that stand by themselves: their templates, and what a browser may load of them. Pure."""

import base64
import hashlib
from datetime import datetime
from typing import Protocol

from jinja2 import Environment, PackageLoader, StrictUndefined

from checkpoint.foundation.calendar import moment


def templates(package: str) -> Environment:
    """The templates of a room; everything is escaped, and they have no way to say otherwise.

    Args:
        package: the room's, with a folder ``templates``.

    Returns:
        What renders them; a name that is not given is a fault.
    """
    return Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def policy_of(style: str) -> str:
    """What a browser may load: no script, nothing from anywhere, only the page's own style sheet.

    Args:
        style: that sheet, as it stands in the page.

    Returns:
        A Content-Security-Policy.
    """
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )


class Printed(Protocol):
    """What stands on a paper: the same digest for as long as the same would be printed."""

    @property
    def digest(self) -> str: ...


class Sheet:
    """A room's paper as one page of HTML: to be printed on A4, or read aloud by a screen reader.

    Args:
        package: the room's, with a folder ``templates``.
        name: what its page and its style sheet are called there.
    """

    def __init__(self, package: str, name: str) -> None:
        found = templates(package)
        self._page = found.get_template(f"{name}.html")
        self.policy = policy_of(found.get_template(f"{name}.css").render())

    def page(self, paper: Printed, *, printed_at: datetime) -> str:
        """The paper as a page.

        Args:
            paper: what stands on it.
            printed_at: when it is printed; told as the clock on the wall shows it in England.

        Returns:
            HTML, with the digest of what stands on it.
        """
        return self._page.render(paper=paper, digest=paper.digest, printed=moment(printed_at))
