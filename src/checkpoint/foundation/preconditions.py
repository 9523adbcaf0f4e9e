"""ETag and If-Match: nobody overwrites what they have not seen."""

import re
from typing import Annotated

from fastapi import Depends, Header

from checkpoint.foundation import errors

# Quoted, as an entity tag is; a bare number is understood too.
VERSION = re.compile(r'^(?:"([0-9]{1,9})"|([0-9]{1,9}))$')

# The tag of a thing whose state is part of its version, such as "2-superseded".
TAG = re.compile(r'^(?:"([0-9]{1,9}(?:-[a-z0-9-]{1,30})?)"|([0-9]{1,9}(?:-[a-z0-9-]{1,30})?))$')


class IfMatchMissing(errors.PreconditionMissing):
    slug = "if-match-missing"
    title = "Say which version you are changing"


class Overtaken(errors.Stale):
    slug = "overtaken"
    title = "This has changed since the version you named"


def etag(version: int | str) -> str:
    """A strong entity tag for one version of one thing."""
    return f'"{version}"'


IfMatch = Annotated[
    str | None,
    Header(description="The ETag of the version you are changing.", examples=['"1"']),
]


async def seen_version(if_match: IfMatch = None) -> int:
    found = VERSION.match(_said(if_match))
    return int(found[1] or found[2]) if found else -1  # no version of anything: overtaken


async def seen_tag(if_match: IfMatch = None) -> str:
    found = TAG.match(_said(if_match))
    return (found[1] or found[2]) if found else ""  # the tag of nothing: overtaken


def _said(if_match: str | None) -> str:
    if if_match is None or if_match.strip() == "*":
        raise IfMatchMissing("Send If-Match with the ETag that you were given when you read it.")
    return if_match.strip()


SeenVersion = Annotated[int, Depends(seen_version)]
SeenTag = Annotated[str, Depends(seen_tag)]


def unchanged_since(seen: int | str, present: int | str) -> None:
    """Refuse an edit of a version that is no longer the present one."""
    if seen != present:
        raise Overtaken(
            "Read it again: your own change may be there already. If it is not, put it to what "
            "stands there now, and send that.",
            present_etag=etag(present),
        )
