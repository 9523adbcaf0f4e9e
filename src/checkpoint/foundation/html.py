"""Pages of HTML that stand by themselves: their templates, and what a browser may load of them. Pure."""

import base64
import hashlib

from jinja2 import Environment, PackageLoader, StrictUndefined


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
