"""What one build has to make, put together from its request, its cut and the register."""

import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.allocation.vault import Vault
from checkpoint.evaluation.windows import horizons_of, nominal
from checkpoint.extracts import fields, keys, queries
from checkpoint.extracts.beside import earliest
from checkpoint.extracts.builds import populations
from checkpoint.extracts.builds import queries as builds
from checkpoint.extracts.choosing import as_asked, known_as, unclear
from checkpoint.extracts.columns import CALLED, EVENT_COLUMNS, Column, FieldNotOffered
from checkpoint.extracts.describing import ANONYMOUS, About, Assessment
from checkpoint.extracts.facts import Asked, Release
from checkpoint.extracts.queries import Extract
from checkpoint.extracts.references import Policy, policy_on
from checkpoint.extracts.states import BuildFault, FieldsWithheld, Label, Product, Verdict
from checkpoint.extracts.wording import described
from checkpoint.foundation.calendar import london_day
from checkpoint.monitor import queries as monitor
from checkpoint.monitor.rules import masks
from checkpoint.outcomes.cuts import queries as cuts
from checkpoint.outcomes.cuts.facts import GATES
from checkpoint.outcomes.cuts.states import CutPart, Origin
from checkpoint.outcomes.cuts.values import primary_of
from checkpoint.outcomes.elsewhere import lookups
from checkpoint.trials import queries as trials
from checkpoint.trials.states import TrialKind

REPORT = "disclosure-report.json"
AS_IN_THE_CUT = (
    "known_until", "taken_at", "followed_until", "definitions", "definitions_digest", "harm_index",
    "conviction_lag_months",
)  # fmt: skip


@dataclass(frozen=True)
class Order:
    """What a build has to make. ``fault`` says why it may not, whatever else stands here."""

    product: Product
    cut: Any
    population: Mapping[str, Any]
    policy: Policy
    columns: Sequence[Column]
    events: bool
    recipient: str
    unblinded: bool
    released_before: bool
    about: About
    asked: Asked
    key: bytes
    fault: BuildFault | None = None


async def order(session: AsyncSession, begun: Any, *, vault: Vault) -> Order:
    """Everything that the bytes of a package hang on, and nothing that changes with the day.

    The policy is that of the day of the request; whether arms have their names, and which releases
    came before, is as it was when the extract was first released.
    """
    found = await queries.any_one(session, begun.request_id, at=begun.asked_at)
    request, cut = found.request, await queries.cut_of(session, found.request.cut_id)
    first = found.releases[-1] if found.releases else None
    unblinded = (
        bool(first.unblinded) if first else await monitor.is_unblinded(session, cut.trial_id)
    )
    columns, fault = await _columns(session, cut, request)
    releases = await builds.releases_in(session, cut.trial_id)
    known = await fields.of_cut(session, cut, unblinded=True)
    known = as_asked(known, request.columns, request.sources)
    about = await _about(session, found, cut, begun, vault.software, unblinded=unblinded)
    arms = await _arms(session, cut, begun, request, vault=vault, unblinded=unblinded)
    return Order(
        product=Product(request.product),
        cut=cut,
        population=request.population,
        policy=policy_on(london_day(request.requested_at)),
        columns=columns,
        events=request.events,
        recipient=request.recipient,
        unblinded=unblinded,
        released_before=first is not None,
        about=replace(
            about,
            joined_to=[n for n, _ in before(releases, request.id, first)],
            covariates=described(columns, cut.covariates),
        ),
        asked=Asked(
            columns=columns,
            arms=arms,
            events=EVENT_COLUMNS if request.events else (),
            outcome=earliest(cut.measures).value,
            earlier=earlier(releases, known, request.id, first),
        ),
        key=keys.of(request.sealed, request.id, vault=vault) if request.sealed else b"",
        fault=fault,
    )


async def _columns(
    session: AsyncSession, cut: Any, request: Any
) -> tuple[tuple[Column, ...], BuildFault | None]:
    """The columns that were asked for; or why they may not be given now."""
    product = Product(request.product)
    if product is Product.PERSON_LEVEL and request.sealed is None:
        return (), BuildFault.KEY_DESTROYED
    if request.sources is None and unclear(request.columns, await fields.of_cut(session, cut)):
        return (), BuildFault.UNCLEAR
    try:
        found = await fields.check(
            session,
            cut,
            product,
            request.columns,
            sources=request.sources,
            exempt=[*request.exempt],
            events=request.events,
        )
    except (FieldsWithheld, FieldNotOffered):
        return (), BuildFault.WITHHELD
    return found, None


def earlier(
    releases: Iterable[Any], offered: Iterable[Column], request_id: Any, first: Any | None
) -> list[tuple[Column, int]]:
    """What other releases of the trial told before, each field at its finest.

    Args:
        releases: of the trial, the first one first.
        offered: the columns of the cut, by the names that the request has.
        request_id: whose own releases are left out.
        first: its first release, behind which none counts; None: it has none.
    """
    known, finest = known_as(offered), dict[str, int]()
    for _, row in before(releases, request_id, first):
        for name, level in row.levels.items():
            if (column := known.get(name)) is not None:
                finest[column.name] = min(level, finest.get(column.name, level))
    return [(known[name], level) for name, level in sorted(finest.items())]


def before(
    releases: Iterable[Any], request_id: Any, first: Any | None
) -> Iterator[tuple[int, Any]]:
    """Releases of rows of people that came before an extract's own first, as ``earlier`` has them.

    Yields:
        Each with its number among the trial's releases.
    """
    for number, row in enumerate(releases, 1):
        if first is not None and row.released_at >= first.released_at:
            break
        if row.request_id != request_id and row.product == Product.PERSON_LEVEL:
            yield number, row


async def _arms(
    session: AsyncSession, cut: Any, begun: Any, request: Any, *, vault: Vault, unblinded: bool
) -> dict[str, str]:
    """The arms' names by mask; the masks themselves until two people unblinded the trial."""
    if not unblinded:
        return {mask: mask for mask in cut.masks}
    standing = await trials.one(session, request.trial, at=begun.asked_at)
    named = masks(standing.protocol.arms, key=vault.key(), trial=request.trial)
    return {mask: mask for mask in cut.masks} | {mask: arm for arm, mask in named.items()}


async def _about(
    session: AsyncSession,
    found: Extract,
    cut: Any,
    begun: Any,
    software: str,
    *,
    unblinded: bool,
) -> About:
    request = found.request
    standing = await trials.one(session, request.trial, at=begun.asked_at)
    return About(
        trial=request.trial,
        title=standing.protocol.title,
        request=str(request.id),
        recipient=request.recipient,
        cut=cut.number,
        cut_digest=cut.digest,
        **{name: getattr(cut, name) for name in AS_IN_THE_CUT},
        software=software,
        population=in_words(request.population),
        rule_sets=tuple(cut.rule_sets),
        unblinded=unblinded,
        synthetic=standing.kind is TrialKind.TEST,
        gates=gates_of(cut.flow, allocated=cut.participants),
        changes=changes_of(await cuts.changes(session, cut.id)),
        assessment=assessment_of(found.assessments, begun.assessment),
        exempt=request.exempt,
        purpose=" ".join(request.purpose.split()),
        agreement=request.agreement,
        expires_on=request.expires_on,
        horizons=[(each.name, nominal(each)) for each in horizons_of(cut.horizons)],
        primary=primary_of(cut),
        primary_since=await lookups.primary_since(session, cut),
        origin=Origin(cut.origin),
    )


def in_words(population: Mapping[str, Any]) -> str:
    """Of whom an extract is, in words."""
    everybody = "everybody who was allocated, by the arm they were allocated to"
    told = [
        f"{name.replace('_', ' ')}: {', '.join(value) if isinstance(value, list) else value}"
        for name, value in sorted(population.items())
    ]
    return f"{everybody}; of them {'; '.join(told)}" if told else everybody


def gates_of(flow: Mapping[str, Any], *, allocated: int) -> list[tuple[str, int]]:
    """How many came to each gate before allocation: each has no more than the one before.

    Args:
        flow: of the cut: of a trial that ran here its ``gates``, of one elsewhere counts by code;
            what counts fewer than were allocated is no gate before, and no reason is a gate.
        allocated: how many were.
    """
    told = flow.get("gates", flow)
    before = [
        (code, told[code])
        for code in GATES[:-1]  # JSON in the database keeps no order
        if type(told.get(code)) is int and told[code] >= allocated
    ]
    return before or [("in_the_cut", allocated)]


def changes_of(rows: Iterable[Any]) -> list[tuple[str, int | None]]:
    """What changed since the cut before, by part and field.

    Args:
        rows: of ``CutChange``.

    Returns:
        Codes with how many people; of events None, as many may be of one person. A field has the
        name that the data dictionary of an extract gives it. Suites, which no extract has, are left
        out.
    """
    return [
        (
            f"{row.part}.{CALLED.get(row.field, row.field)}",
            row.changed if row.part == CutPart.PARTICIPANTS else None,
        )
        for row in rows
        if row.field not in populations.NOWHERE
    ]


def assessment_of(assessments: Sequence[Any], until: int | None) -> Assessment | None:
    """What those came to who tried to find people, up to a number; nobody is found by all or none."""
    counted = [each for each in assessments if until is not None and each.number <= until]
    if not counted:
        return None
    last = counted[-1]
    return Assessment(
        nobody_found=all(each.verdict == Verdict.NOBODY_FOUND for each in counted),
        assessed_on=last.assessed_on,
        reference=f"assessment {last.number} of {last.digest}",
    )


def entry(packed: Release, path: Path) -> dict[str, Any]:
    """What the register says of a package of rows.

    Args:
        packed: what was built.
        path: of the package.
    """
    with zipfile.ZipFile(path) as package:
        report = json.loads(package.read(REPORT))
    return {
        "label": Label.ANONYMOUS if packed.label == ANONYMOUS else Label.PSEUDONYMISED,
        "digest": packed.digest,
        "bytes": packed.size,
        "files": {each.name: each.digest for each in packed.files},
        "people": sum(map(sum, packed.plan.outcomes.values())),
        "kept": sum(packed.plan.kept.values()),
        "levels": dict(packed.plan.levels),
        "report": report,
    }
