"""The words of imports. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from checkpoint.foundation import errors


class ImportEvent(StrEnum):
    """What the ledger tells of imports."""

    IMPORTED = "directory.imported"
    BROKEN_OFF = "directory.import_broken_off"


class Dialect(StrEnum):
    """How a feed is written.

    Source: HSDS 3.0 and Open Referral UK 3.0 (pages with ``contents``), Open Referral UK 1.0
    (pages with ``content``), HSDS ``format=ndjson``, and the HSDS tabular data package.
    """

    HSDS_3 = "hsds_3"
    ORUK_1 = "oruk_1"
    NDJSON = "ndjson"
    TABULAR = "tabular"


class RowOutcome(StrEnum):
    """What became of one row of a feed."""

    ACCEPTED = "accepted"
    REPAIRED = "repaired"
    REJECTED = "rejected"


class RowChange(StrEnum):
    """What a row changes in the directory."""

    NEW = "new"
    CHANGED = "changed"
    BACK = "back"
    UNCHANGED = "unchanged"
    VANISHED = "vanished"


class RunState(StrEnum):
    """How an import ended."""

    APPLIED = "applied"
    BROKEN_OFF = "broken_off"


class Format(StrEnum):
    """How the directory is written out."""

    JSON = "json"
    NDJSON = "ndjson"
    CSV = "csv"


LABELS: Mapping[StrEnum, str] = MappingProxyType(
    {
        RowOutcome.ACCEPTED: "Taken as it came",
        RowOutcome.REPAIRED: "Taken with something mended or left out",
        RowOutcome.REJECTED: "Not taken",
        RowChange.NEW: "Not in the directory before",
        RowChange.CHANGED: "Says something else than before",
        RowChange.BACK: "Had vanished, and is there again",
        RowChange.UNCHANGED: "As it stood",
        RowChange.VANISHED: "The feed no longer has it",
        RunState.APPLIED: "What the feed said stands in the directory",
        RunState.BROKEN_OFF: "The feed was not read to its end; nothing was changed",
    }
)


class ImportUnderWay(errors.Conflict):
    slug = "import-under-way"
    title = "Listings of this source are being imported"


class FeedNotRead(errors.Unprocessable):
    slug = "feed-not-read"
    title = "The feed was not read to its end; nothing was changed"


class SourceNotImported(errors.Unprocessable):
    slug = "source-not-imported"
    title = "This source takes no imports"
