"""ETag and If-Match: nobody overwrites what they have not seen."""

import re
from typing import Annotated

from fastapi import Depends, Header

from checkpoint.foundation import errors

# Quoted, as an entity tag is; a bare number is understood too.
VERSION = re.compile(r'^(?:"([0-9]{1,9})"|([0-9]{1,9}))$')


class IfMatchMissing(errors.PreconditionMissing):
    slug = "if-match-missing"
    title = "Say which version you are changing"


class Overtaken(errors.Stale):
    slug = "overtaken"
    title = "This has changed since the version you named"


def etag(version: int) -> str:
    """A strong entity tag for one version of one thing."""
    return f'"{version}"'


async def seen_version(
    if_match: Annotated[
        str | None,
        Header(description="The ETag of the version you are changing.", examples=['"1"']),
    ] = None,
) -> int:
    if if_match is None or if_match.strip() == "*":
        raise IfMatchMissing("Send If-Match with the ETag that you were given when you read it.")
    found = VERSION.match(if_match.strip())
    return int(found[1] or found[2]) if found else -1  # no version of anything: overtaken


SeenVersion = Annotated[int, Depends(seen_version)]


def unchanged_since(seen: int, present: int) -> None:
    """Refuse an edit of a version that is no longer the present one."""
    if seen != present:
        raise Overtaken(
            "Read it again: your own change may be there already. If it is not, put it to what "
            "stands there now, and send that.",
            present_etag=etag(present),
        )
