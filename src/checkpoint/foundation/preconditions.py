"""ETag and If-Match: nobody overwrites what they have not seen."""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header

from checkpoint.foundation import errors
from checkpoint.foundation.differences import as_json, differences

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


# What an edit that came too late is told.
READ_AGAIN = (
    "Read it again: your own change may be there already. If it is not, put it to what stands "
    "there now, and send that."
)
COMPARE = "It has changed since: fields says what you sent and what stands there now. Send it again"
SAME = "All that you sent stands there already: there is nothing to send again."


def unchanged_since(
    seen: int | str,
    present: int | str,
    *,
    sent: Mapping[str, Any] | None = None,
    stands: Any = None,
    before: Any = None,
    partial: bool = False,
    short: Mapping[str, Any] | None = None,
    about: Iterable[UUID] = (),
) -> None:
    """Refuse an edit of a version that is no longer the present one, and say what stands there.

    Called behind the scope: whoever is answered may read the thing. What they are shown is put
    on record as a reading of ``about``.

    Args:
        seen: the version that the sender named.
        present: the version that stands now.
        sent: what was typed, by field, where it takes the place of something that stands.
        stands: that: a mapping, a model or a row. A field that it lacks is null.
        before: what stood at the version that was named, where that is kept.
        partial: see ``differences``.
        short: for a command that takes no field's place: what stands now, in a few words.
        about: the ids of the things that are shown.

    Raises:
        Overtaken: ``seen`` is not ``present``.
    """
    if seen == present:
        return
    facts: dict[str, Any] = {"present_etag": etag(present)}
    detail = READ_AGAIN
    if sent is not None:
        facts["fields"] = differences(sent, stands, seen=before, partial=partial)
        detail = f"{COMPARE} with If-Match: {etag(present)}." if facts["fields"] else SAME
    if short is not None:
        facts["present"] = as_json(short)
    refusal = Overtaken(detail, **facts)
    if len(facts) > 1:
        refusal.shows = tuple(about)
    raise refusal
