"""The words of extracts: what is asked for, where it stands, and how the service declines. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from checkpoint.foundation import errors


class ExtractEvent(StrEnum):
    """The room's events."""

    REQUESTED = "extract.requested"
    FIELDS_READ = "extract.fields_read"
    LISTED = "extract.listed"
    READ = "extract.read"
    APPROVED = "extract.approved"
    REFUSED = "extract.refused"
    ASSESSED = "extract.assessed"
    BUILD_ASKED = "extract.build_asked"
    BUILD_READ = "extract.build_read"
    BUILD_CANCELLED = "extract.build_cancelled"
    BUILD_FAILED = "extract.build_failed"
    RELEASED = "extract.released"
    DOWNLOADED = "extract.downloaded"
    REPORT_SHOWN = "extract.report_shown"
    TABLES_SHOWN = "extract.tables_shown"
    REGISTER_READ = "extract.register_read"
    KEY_DESTROYED = "extract.key_destroyed"
    ENDED = "extract.ended"


class Product(StrEnum):
    """What an extract is of; the two are never mixed."""

    PERSON_LEVEL = "person_level"
    AGGREGATES = "aggregates"


class RequestState(StrEnum):
    """Where a request stands; derived, never stored."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REFUSED = "refused"
    RELEASED = "released"
    ENDED = "ended"


class AnswerOutcome(StrEnum):
    """What one of the two said of a request."""

    APPROVED = "approved"
    REFUSED = "refused"


class BuildState(StrEnum):
    """How a build goes."""

    QUEUED = "queued"
    RUNNING = "running"
    RELEASED = "released"
    FAILED = "failed"
    CANCELLED = "cancelled"


LIVE = frozenset({BuildState.QUEUED, BuildState.RUNNING})


class BuildStage(StrEnum):
    """What a build is at."""

    WAITING = "waiting"
    MEASURING = "measuring"
    PEOPLE = "people"
    EVENTS = "events"
    PACKING = "packing"
    DONE = "done"


class BuildFault(StrEnum):
    """Why a build gave nothing."""

    TOO_CLOSE = "too_close_to_an_earlier_release"
    TOO_FEW = "too_few_people"
    KEY_DESTROYED = "key_destroyed"
    WITHHELD = "fields_withheld"
    NOT_PUBLIC = "not_public"
    UNCLEAR = "field_unclear"
    BROKEN = "broken"


class Verdict(StrEnum):
    """What a motivated intruder came to."""

    NOBODY_FOUND = "nobody_found"
    NOT_SURE = "not_sure"
    SOMEBODY_FOUND = "somebody_found"


class EndingKind(StrEnum):
    """Why nothing more is given out."""

    WITHDRAWN = "withdrawn"
    RECALLED = "recalled"
    EXPIRED = "expired"


class Label(StrEnum):
    """What a package calls itself."""

    ANONYMOUS = "anonymous"
    PSEUDONYMISED = "pseudonymised"
    AGGREGATES = "aggregates"


LABELS: Mapping[StrEnum, str] = MappingProxyType(
    {
        Product.PERSON_LEVEL: "One row for each person, under pseudonyms",
        Product.AGGREGATES: "Counts: under 10 suppressed, the rest rounded to 5",
        RequestState.REQUESTED: "Waits for two people's approval",
        RequestState.APPROVED: "Two people approved it; it may be built",
        RequestState.REFUSED: "Somebody refused it",
        RequestState.RELEASED: "Built, and open to its recipient",
        RequestState.ENDED: "Nothing of it is given out any more",
        BuildState.QUEUED: "Waits for a worker",
        BuildState.RUNNING: "A worker builds it",
        BuildState.RELEASED: "Stands in the register of releases",
        BuildState.FAILED: "Gave nothing; see why",
        BuildState.CANCELLED: "Cancelled; nothing of it was kept",
        BuildStage.WAITING: "Not begun",
        BuildStage.MEASURING: "How many people are alike, and what has to be coarser",
        BuildStage.PEOPLE: "Writing one row for each person",
        BuildStage.EVENTS: "Writing what happened to them",
        BuildStage.PACKING: "Packing and digests",
        BuildStage.DONE: "All done",
        BuildFault.TOO_CLOSE: "It differs from an earlier release in fewer than 10 people",
        BuildFault.TOO_FEW: "In an arm too few people are left, or all with the same outcome",
        BuildFault.KEY_DESTROYED: "Its key is destroyed; ask for another extract",
        BuildFault.WITHHELD: "It has fields that tell the arms of a trial that is not unblinded",
        BuildFault.NOT_PUBLIC: "A field declared to identify nobody might identify everybody",
        BuildFault.UNCLEAR: "A field's name means another column now; ask for another extract",
        BuildFault.BROKEN: "It broke off; the log says where",
        Verdict.NOBODY_FOUND: "Nobody was found",
        Verdict.NOT_SURE: "It cannot be said",
        Verdict.SOMEBODY_FOUND: "Somebody was found",
        EndingKind.WITHDRAWN: "Whoever asked for it took it back",
        EndingKind.RECALLED: "Those who approve recalled it",
        EndingKind.EXPIRED: "Its last day is over",
        Label.ANONYMOUS: "Anonymous information",
        Label.PSEUDONYMISED: "Pseudonymised personal data",
        Label.AGGREGATES: "Aggregates with disclosure control",
    }
)


class ExtractNotFound(errors.NotFound):
    slug = "extract-not-found"
    title = "There is no extract of that id that you may see"


class BuildNotFound(errors.NotFound):
    slug = "extract-build-not-found"
    title = "The extract has no build of that number"


class CutNotFound(errors.NotFound):
    slug = "data-cut-for-extract-not-found"
    title = "The trial has no data cut of that number"


class ExtractAnswered(errors.Conflict):
    slug = "extract-answered-already"
    title = "You, or enough others, answered this request already"


class ExtractNotApproved(errors.Conflict):
    slug = "extract-not-approved"
    title = "Two people have to approve this extract first"


class ExtractNotReleased(errors.Conflict):
    slug = "extract-not-released"
    title = "The extract was not built yet"


class NoTables(errors.Conflict):
    slug = "extract-has-no-tables"
    title = "This is a person-level extract, which has no tables"


class ExtractEnded(errors.Gone):
    slug = "extract-ended"
    title = "Nothing of this extract is given out any more"


class PackageNotKept(errors.Gone):
    slug = "extract-package-not-kept"
    title = "The package is not kept here; the same build gives the same bytes again"


class BuildUnderWay(errors.Conflict):
    slug = "extract-build-under-way"
    title = "The extract is being built already"


class BuildOver(errors.Conflict):
    slug = "extract-build-over"
    title = "The build has ended; there is nothing to cancel"


class KeyDestroyed(errors.Conflict):
    slug = "extract-key-destroyed"
    title = "The key of this extract is destroyed"


class PopulationTooClose(errors.Conflict):
    slug = "extract-population-too-close"
    title = "It differs from an earlier release of the trial in fewer than 10 people"


class FieldsWithheld(errors.Conflict):
    slug = "extract-fields-withheld"
    title = "These fields would tell the arms of a trial that is not unblinded"
