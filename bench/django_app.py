"""The same operations as a team would otherwise build them: Django REST framework, in one module.

Models, serializers and views in the framework's own way, atomic requests, persistent connections;
the eligibility rules themselves are the very functions the service uses.
"""

import hashlib
import os
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import django
from django.apps import AppConfig
from django.conf import settings

from plain import AUDIENCE, MAY_DECIDE, MAY_READ, SERVER

DATABASE = urlsplit(os.environ["CHECKPOINT_DATABASE_URL"])


class Checkpoint(AppConfig):
    """This module as a Django app."""

    name = __name__
    path = str(Path(__file__).parent)


settings.configure(
    ALLOWED_HOSTS=["*"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": DATABASE.path.lstrip("/"),
            "USER": DATABASE.username,
            "PASSWORD": DATABASE.password,
            "HOST": parse_qs(DATABASE.query).get("host", [DATABASE.hostname])[0],
            "PORT": DATABASE.port or "",
            "OPTIONS": {
                "options": " ".join(f"-c {name}={value}" for name, value in SERVER.items())
            },
            "CONN_MAX_AGE": None,
            "ATOMIC_REQUESTS": True,
        }
    },
    INSTALLED_APPS=["rest_framework", f"{__name__}.Checkpoint"],
    LOGGING={
        "version": 1,
        "handlers": {"console": {"class": "logging.StreamHandler"}},
        "loggers": {"django.request": {"handlers": ["console"], "level": "ERROR"}},
    },
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
    ],
    REST_FRAMEWORK={
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
        "UNAUTHENTICATED_USER": None,
    },
    ROOT_URLCONF=__name__,
    SECRET_KEY=os.environ["CHECKPOINT_CURSOR_KEY"],
    TIME_ZONE="UTC",
    USE_TZ=True,
)
django.setup()

# ruff: noqa: E402 - Django wants its settings before its models are imported
from django.contrib.postgres.fields import ArrayField
from django.core.wsgi import get_wsgi_application
from django.db import connection, models
from django.db.models import Max
from django.http import HttpResponse
from django.urls import path
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import APIException, AuthenticationFailed, NotFound
from rest_framework.generics import GenericAPIView, get_object_or_404
from rest_framework.pagination import PageNumberPagination
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from checkpoint.custody.clocks import ProsecutionClock, clock_of
from checkpoint.eligibility.facts import FACTS, gather
from checkpoint.eligibility.rules import chosen_because, decide, parse, until_of
from checkpoint.eligibility.states import MEANING, Verdict
from checkpoint.foundation.identifiers import new_id
from plain import (
    Caller,
    NotAdmitted,
    Revoked,
    alleged,
    caller_of,
    kept_id,
    ledger_row,
    lock_of,
    rule_set_of,
    standing_by_rules,
    timed,
    what_a_supervisor_may_say,
)

LONDON = ZoneInfo("Europe/London")


class Table(models.Model):
    """A table that the service's migrations made."""

    id = models.UUIDField(primary_key=True, default=new_id)

    class Meta:
        abstract = True


def table(name: str) -> type:
    return type("Meta", (), {"managed": False, "db_table": name})


class Person(Table):
    family_name = models.CharField(max_length=100)
    given_names = models.CharField(max_length=100, null=True)
    date_of_birth = models.DateField(null=True)
    Meta = table("person")


class CustodyRecord(Table):
    reference = models.CharField(max_length=14)
    person = models.ForeignKey(Person, models.PROTECT)
    suite = models.CharField(max_length=40)
    arrested_at = models.DateTimeField()
    arrived_at = models.DateTimeField()
    state = models.CharField(max_length=40)
    version = models.IntegerField()
    Meta = table("custody_record")


class OffenceClassification(Table):
    code = models.CharField(max_length=8)
    offence_class = models.CharField(max_length=40)
    Meta = table("offence_classification")


class Offence(Table):
    code = models.CharField(max_length=8)
    title = models.CharField(max_length=400)
    mode_of_trial = models.CharField(max_length=40)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    Meta = table("offence")


class ScheduleList(Table):
    name = models.TextField()
    loaded_at = models.DateTimeField()
    Meta = table("schedule_list")


class ScheduledOffence(Table):
    schedule_list = models.ForeignKey(ScheduleList, models.PROTECT)
    code = models.CharField(max_length=8)
    schedule = models.CharField(max_length=40)
    Meta = table("scheduled_offence")


class AllegedOffence(Table):
    custody_record = models.ForeignKey(CustodyRecord, models.PROTECT)
    offence = models.ForeignKey(Offence, models.PROTECT)
    committed_from = models.DateField()
    committed_until = models.DateField()
    committed_in_area = models.BooleanField(null=True)
    domestic_abuse_grade = models.CharField(max_length=40, null=True)
    hate_crime = models.BooleanField(null=True)
    formally_reported_on = models.DateField(null=True)
    Meta = table("alleged_offence")


class Screening(Table):
    custody_record = models.ForeignKey(CustodyRecord, models.PROTECT)
    number = models.IntegerField()
    lives_in_area = models.BooleanField(null=True)
    interview_stance = models.CharField(max_length=40, null=True)
    evidential_test_met = models.BooleanField(null=True)
    subject_to_order = models.BooleanField(null=True)
    order_ends_on = models.DateField(null=True)
    on_bail = models.BooleanField(null=True)
    bail_ends_on = models.DateField(null=True)
    under_supervision = models.BooleanField(null=True)
    supervision_ends_on = models.DateField(null=True)
    detained_for_court = models.BooleanField(null=True)
    detained_under_mental_health_act = models.BooleanField(null=True)
    co_accused = models.BooleanField(null=True)
    domestic_abuse_grade = models.CharField(max_length=40, null=True)
    hate_crime = models.BooleanField(null=True)
    understands_obligations = models.BooleanField(null=True)
    Meta = table("screening")


class RuleSetVersion(Table):
    version = models.CharField(max_length=40)
    in_force_from = models.DateField()
    applies_to = models.CharField(max_length=40)
    digest = models.CharField(max_length=64)
    content = models.TextField()
    Meta = table("rule_set_version")


class EligibilityDecision(Table):
    custody_record = models.ForeignKey(CustodyRecord, models.PROTECT)
    number = models.IntegerField()
    record_version = models.IntegerField()
    rule_set_version = models.ForeignKey(RuleSetVersion, models.PROTECT)
    verdict = models.CharField(max_length=40)
    facts = models.JSONField()
    findings = models.JSONField()
    prosecution_clock = models.JSONField(null=True)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="superseded_by"
    )
    decided_at = models.DateTimeField()
    decided_by = models.UUIDField()
    Meta = table("eligibility_decision")


class Determination(Table):
    eligibility_decision = models.OneToOneField(
        EligibilityDecision, models.PROTECT, related_name="determination"
    )
    verdict = models.CharField(max_length=40)
    Meta = table("determination")


class EligibilityOverride(Table):
    eligibility_decision = models.ForeignKey(
        EligibilityDecision, models.PROTECT, related_name="overrides"
    )
    number = models.IntegerField()
    verdict = models.CharField(max_length=40)
    Meta = table("eligibility_override")


class RiskForecast(Table):
    custody_record = models.ForeignKey(CustodyRecord, models.PROTECT)
    number = models.IntegerField()
    band = models.CharField(max_length=40)
    Meta = table("risk_forecast")


class AuditEntry(Table):
    stream = models.SmallIntegerField()
    at = models.DateTimeField()
    request_id = models.UUIDField()
    operation = models.CharField(max_length=40)
    event = models.TextField()
    outcome = models.TextField()
    door = models.TextField()
    subject_kind = models.TextField()
    subject_ids = ArrayField(models.UUIDField())
    changed_fields = ArrayField(models.TextField())
    actor_id = models.UUIDField()
    actor_role = models.CharField(max_length=40)
    client = models.TextField(null=True)
    purpose = models.TextField()
    recipient = models.TextField(null=True)
    canonical = models.TextField()
    Meta = table("audit_entry")


class KeptAnswer(Table):
    request_digest = models.BinaryField()
    status = models.IntegerField()
    headers = models.JSONField()
    body = models.BinaryField()
    kept_at = models.DateTimeField()
    Meta = table("kept_answer")


class TokenRevocation(Table):
    actor_id = models.UUIDField()
    issued_before = models.DateTimeField()
    Meta = table("token_revocation")


class StillInFlight(APIException):
    status_code = 409


class Overtaken(APIException):
    status_code = 412


revoked = Revoked()


class BearerToken(BaseAuthentication):
    """The token's bearer as the request's user."""

    def authenticate(self, request: Request) -> tuple[Caller, None]:
        if revoked.stale:
            rows = TokenRevocation.objects.values_list("actor_id").annotate(Max("issued_before"))
            revoked.keep(dict(rows))
        try:
            caller = caller_of(request.headers.get("Authorization", ""))
            revoked.check(caller)
        except NotAdmitted as fault:
            raise AuthenticationFailed from fault
        return caller, None

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - REST framework's
        return f'Bearer realm="{AUDIENCE}"'


def holding(roles: frozenset[str]) -> type[BasePermission]:
    """Lets through only these roles."""

    class Holds(BasePermission):
        def has_permission(self, request: Request, view: APIView) -> bool:  # noqa: ARG002
            return request.user.role in roles

    return Holds


class FindingSerializer(serializers.Serializer):
    code = serializers.CharField()
    question = serializers.CharField()
    answer = serializers.CharField()
    refers = serializers.BooleanField()
    reason = serializers.CharField()
    missing = serializers.ListField(child=serializers.CharField())
    source = serializers.CharField()
    until = serializers.DateField(allow_null=True)


class DecisionSerializer(serializers.ModelSerializer):
    """A decision, explained."""

    meaning = serializers.SerializerMethodField()
    ineligible_until = serializers.SerializerMethodField()
    rule_set = serializers.SerializerMethodField()
    findings = FindingSerializer(many=True)
    missing = serializers.SerializerMethodField()
    superseded_by_id = serializers.SerializerMethodField()
    standing = serializers.SerializerMethodField()
    # Only the service asks whether its facts have moved; here they have not.
    overtaken = serializers.ReadOnlyField(default=False)
    overtaken_by = serializers.ReadOnlyField(default=[])
    next_steps = serializers.SerializerMethodField()

    class Meta:
        model = EligibilityDecision
        fields = (
            "verdict",
            "meaning",
            "ineligible_until",
            "rule_set",
            "findings",
            "missing",
            "prosecution_clock",
            "facts",
            "id",
            "custody_record_id",
            "number",
            "record_version",
            "supersedes_id",
            "superseded_by_id",
            "decided_at",
            "decided_by",
            "standing",
            "overtaken",
            "overtaken_by",
            "next_steps",
        )

    def get_meaning(self, decision: EligibilityDecision) -> str:
        return MEANING[Verdict(decision.verdict)]

    def get_rule_set(self, decision: EligibilityDecision) -> dict[str, str]:
        rules = decision.rule_set_version
        parsed = parse(rules.content)
        because = {"chosen_because": chosen_because(parsed, decision.facts)}
        return rule_set_of(parsed, rules.digest) | because

    def get_ineligible_until(self, decision: EligibilityDecision) -> Any:
        return until_of(decision.findings)

    def get_missing(self, decision: EligibilityDecision) -> list[dict[str, str]]:
        return [
            {"fact": name, "question": FACTS[name].question, "given_as": FACTS[name].given_as}
            for name in missing_from(decision)
        ]

    def get_superseded_by_id(self, decision: EligibilityDecision) -> uuid.UUID | None:
        later = getattr(decision, "superseded_by", None)
        return later.id if later else None

    def get_standing(self, decision: EligibilityDecision) -> dict[str, Any]:
        return standing_by_rules(decision.verdict)

    def get_next_steps(self, decision: EligibilityDecision) -> list[dict[str, Any]]:
        said = what_a_supervisor_may_say(decision.id, decision.verdict)
        return [
            {
                "step": "decide_eligibility",
                "method": "POST",
                "href": f"/v1/custody-records/{decision.custody_record_id}/eligibility-decisions",
                "allowed": True,
                "why_not": None,
                "missing": [*dict.fromkeys(FACTS[n].given_as for n in missing_from(decision))],
            },
            *(said if self.context.get("reading") else []),
        ]


def missing_from(decision: EligibilityDecision) -> list[str]:
    return list(dict.fromkeys(name for found in decision.findings for name in found["missing"]))


class CaseSerializer(serializers.ModelSerializer):
    """One line of the suite's list."""

    family_name = serializers.CharField(source="person.family_name")
    given_names = serializers.CharField(source="person.given_names")
    # Only the service asks; nobody here is held twice.
    also_detained = serializers.ReadOnlyField(default=False)

    class Meta:
        model = CustodyRecord
        fields = (
            "id",
            "reference",
            "state",
            "suite",
            "family_name",
            "given_names",
            "arrested_at",
            "arrived_at",
            "also_detained",
        )


class Pages(PageNumberPagination):
    """Numbered pages, as they come; only the envelope is the service's."""

    page_size = 50

    def get_paginated_response(self, data: list[Any]) -> Response:
        return Response({"items": data, "next": self.get_next_link()})


class Guarded:
    authentication_classes = [BearerToken]


class DecideView(Guarded, APIView):
    """Record a decision on a case."""

    permission_classes = [holding(MAY_DECIDE)]

    def post(self, request: Request, id: uuid.UUID) -> HttpResponse:
        now, digest = datetime.now(UTC), hashlib.sha256(request.body).digest()
        kept = kept_id(request.user, f"POST {request.path}", request.headers["Idempotency-Key"])
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [lock_of(kept)])
            if not cursor.fetchone()[0]:
                raise StillInFlight
        earlier = KeptAnswer.objects.filter(pk=kept).first()
        if earlier is not None:
            return HttpResponse(bytes(earlier.body), "application/json", earlier.status)
        decision = self.decide(request, id, now)
        body = DecisionSerializer(decision).data
        headers = {
            "ETag": f'"{decision.number}"',
            "Location": f"/v1/eligibility-decisions/{decision.id}",
        }
        answer = Response(body, 201, headers=headers)
        self.keep(request, answer, kept, digest, now)
        return answer

    def keep(self, request: Request, answer: Response, id: uuid.UUID, digest: bytes, now: datetime) -> None:  # fmt: skip
        """Keep the answer beside its effect; rendering it is part of that."""
        renderer, media = self.perform_content_negotiation(request)
        KeptAnswer.objects.create(
            id=id,
            request_digest=digest,
            status=201,
            headers={"etag": answer["ETag"], "location": answer["Location"]},
            body=renderer.render(answer.data, media),
            kept_at=now,
        )

    def decide(self, request: Request, id: uuid.UUID, now: datetime) -> EligibilityDecision:
        cases = CustodyRecord.objects.select_related("person").filter(suite__in=request.user.suites)
        case = get_object_or_404(cases.select_for_update(of=("self",), no_key=True), pk=id)
        if request.headers["If-Match"] != f'"{case.version}"':
            raise Overtaken
        today = now.astimezone(LONDON).date()
        arrested = case.arrested_at.astimezone(LONDON).date()
        rules = (
            RuleSetVersion.objects.filter(in_force_from__lte=today)
            .filter(models.Q(in_force_from__lte=arrested) | models.Q(applies_to="decisions_from"))
            .order_by("-in_force_from")
            .first()
        )
        facts, clock = self.facts(case, arrested, today)
        verdict, findings = decide(parse(rules.content), facts)
        before = (
            EligibilityDecision.objects.filter(custody_record=case)
            .only("id", "number")
            .order_by("-number")
            .first()
        )
        decision = EligibilityDecision.objects.create(
            custody_record=case,
            number=before.number + 1 if before else 1,
            record_version=case.version,
            rule_set_version=rules,
            verdict=verdict.value,
            facts=facts,
            findings=[finding.model_dump(mode="json") for finding in findings],
            prosecution_clock=clock.model_dump(mode="json"),
            supersedes=before,
            decided_at=now,
            decided_by=request.user.id,
        )
        record(
            request,
            "collection",
            "eligibility.decided",
            door="POST /v1/custody-records/{id}/eligibility-decisions",
            kind="eligibility_decision",
            subjects=[decision.id, case.id, case.person_id],
            at=now,
        )
        return decision

    def facts(
        self, case: CustodyRecord, arrested: Any, today: Any
    ) -> tuple[dict[str, Any], ProsecutionClock]:
        standing = [*AllegedOffence.objects.filter(custody_record=case).select_related("offence")]
        codes = [alleged.offence.code for alleged in standing]
        classes = dict(
            OffenceClassification.objects.filter(code__in=codes).values_list(
                "code", "offence_class"
            )
        )
        own = models.ExpressionWrapper(
            models.Q(name="starter list"), output_field=models.BooleanField()
        )
        listed = ScheduleList.objects.alias(own=own).order_by("own", "-loaded_at").first()
        schedules = [
            *ScheduledOffence.objects.filter(code__in=codes, schedule_list=listed).order_by(
                "schedule"
            )
        ]
        offences = [
            offence.offence.__dict__
            | offence.__dict__
            | {
                "offence_class": classes.get(offence.offence.code),
                "schedules": [s.schedule for s in schedules if s.code == offence.offence.code],
            }
            for offence in standing
        ]
        last = Screening.objects.filter(custody_record=case).order_by("-number").first()
        screening = last.__dict__ if last else {}
        forecast = RiskForecast.objects.filter(custody_record=case).order_by("-number").first()
        clock = clock_of([timed(offence, screening) for offence in offences], on=today)
        facts = gather(
            born=case.person.date_of_birth,
            arrested_on=arrested,
            decided_on=today,
            offences=[alleged(offence) for offence in offences],
            screening=screening,
            clock=clock,
            risk_band=forecast.band if forecast else None,
        )
        return facts, clock


class DecisionView(Guarded, APIView):
    """Read a decision."""

    permission_classes = [holding(MAY_READ)]

    def get(self, request: Request, id: uuid.UUID) -> Response:
        decision = (
            EligibilityDecision.objects.select_related(
                "rule_set_version", "superseded_by", "determination"
            )
            .prefetch_related("overrides")
            .filter(custody_record__suite__in=request.user.suites, pk=id)
            .first()
        )
        if decision is None:
            raise NotFound
        record(
            request,
            "consultation",
            "eligibility.read",
            door="GET /v1/eligibility-decisions/{id}",
            kind="eligibility_decision",
            subjects=[decision.id, decision.custody_record_id],
            at=datetime.now(UTC),
        )
        body = DecisionSerializer(decision, context={"reading": True}).data
        superseded = "-superseded" if body["superseded_by_id"] else ""
        return Response(body, headers={"ETag": f'"{decision.number}{superseded}"'})


class CasesView(Guarded, GenericAPIView):
    """List the suites' cases, latest arrest first."""

    permission_classes = [holding(MAY_READ)]
    serializer_class = CaseSerializer
    pagination_class = Pages

    def get_queryset(self) -> models.QuerySet[CustodyRecord]:
        cases = CustodyRecord.objects.filter(suite__in=self.request.user.suites)
        return cases.select_related("person").order_by("-arrested_at", "-id")

    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        record(
            request,
            "consultation",
            "custody.listed",
            door="GET /v1/custody-records",
            kind="custody_record",
            subjects=[case.id for case in page],
            at=datetime.now(UTC),
        )
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


def record(request: Request, operation: str, event: str, **facts: Any) -> None:
    AuditEntry.objects.create(**ledger_row(request.user, operation, event, **facts))


def ping(_: Any) -> HttpResponse:
    return HttpResponse("pong")


urlpatterns = [
    path("ping", ping),
    path("v1/custody-records", CasesView.as_view()),
    path("v1/custody-records/<uuid:id>/eligibility-decisions", DecideView.as_view()),
    path("v1/eligibility-decisions/<uuid:id>", DecisionView.as_view()),
]
application = get_wsgi_application()
