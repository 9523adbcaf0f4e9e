"""Rows of appointments, contacts and warnings into views."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from checkpoint.access.permissions import Permission, holds
from checkpoint.contracts.sessions.rules import check_begun
from checkpoint.contracts.sessions.schemas import (
    AppointmentView,
    AttendanceView,
    ChangeView,
    ClashView,
    DayItemView,
    OneAppointmentView,
    PersonContactView,
    WarningView,
)
from checkpoint.contracts.sessions.spans import Clash
from checkpoint.contracts.sessions.states import check_held, check_open
from checkpoint.custody.movements.states import is_late
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.errors import refusal_of
from checkpoint.foundation.schemas import NextStep

TOLD = AppointmentView.model_fields.keys() - {"change", "attendance"}
ENTERED = AttendanceView.model_fields.keys() - {"entered_late"}
CONTACT = PersonContactView.model_fields.keys() - {"entered_late"}
WARNING = WarningView.model_fields.keys() - {"entered_late", "appointments", "conditions"}
DAY = DayItemView.model_fields.keys()
STEPS: Mapping[str, tuple[str, Permission, Any]] = MappingProxyType(
    {
        "move_appointment": ("move", Permission.PLAN_APPOINTMENT, check_open),
        "cancel_appointment": ("cancellation", Permission.PLAN_APPOINTMENT, check_held),
        "record_attendance": ("attendance", Permission.WORK_SESSIONS, check_held),
    }
)


def _fields(row: Any, names: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def attendance_view(row: Any, *, starts_at: Any) -> AttendanceView:
    """What was entered of somebody's coming."""
    late = is_late(starts_at, row.recorded_at)
    return AttendanceView(**_fields(row, ENTERED), entered_late=late)


def _last_entry(row: Any) -> AttendanceView | None:
    if row.entries is None:
        return None
    found = _fields(row, ENTERED - {"number", "minutes", "condition_key"})
    return AttendanceView(
        **found,
        number=row.entries,
        minutes=row.delivered_minutes,
        condition_key=row.counted_key,
        entered_late=is_late(row.starts_at, row.recorded_at),
    )


def _change(row: Any) -> ChangeView | None:
    if row.changed_at is None:
        return None
    return ChangeView(
        asked_by=row.change_asked_by,
        reason=row.change_reason,
        at=row.changed_at,
        by=row.changed_by,
    )


def appointment_view(row: Any) -> AppointmentView:
    """An appointment, and what became of it."""
    return AppointmentView(**_fields(row, TOLD), change=_change(row), attendance=_last_entry(row))


def as_typed(row: Any, sent: Mapping[str, Any]) -> dict[str, Any]:
    """An appointment, or what was entered of somebody's coming, as it is typed in a form."""
    entered = {"minutes": row.delivered_minutes, "condition_key": row.counted_key}
    typed = entered if "outcome" in sent else {}
    return {name: typed[name] if name in typed else getattr(row, name) for name in sent}


def one_view(
    row: Any, entries: Sequence[Any], clashes: Sequence[Clash], *, by: Actor, at: datetime
) -> OneAppointmentView:
    """The same, with every entry, what clashes, and what this reader may do."""
    return OneAppointmentView(
        **appointment_view(row).model_dump(),
        entries=[attendance_view(each, starts_at=row.starts_at) for each in entries],
        clashes=[ClashView(**asdict(each)) for each in clashes],
        next_steps=[_next_step(step, row, by=by, at=at) for step in STEPS],
    )


def attendance_step(row: Any, *, by: Actor, at: datetime) -> NextStep:
    """Whether this reader may enter what became of an appointment."""
    return _next_step("record_attendance", row, by=by, at=at)


def _next_step(step: str, row: Any, *, by: Actor, at: datetime) -> NextStep:
    noun, permission, check = STEPS[step]
    refusal = refusal_of(lambda: check(row.state))
    why_not = f"{refusal.title}. {refusal.detail}" if refusal else None
    if why_not is None and step == "record_attendance":
        early = refusal_of(lambda: check_begun(row.starts_at, now=at))
        why_not = early.detail if early else None
    if not holds(by.role, permission):
        why_not = "Your role does not allow this; ask the case's navigator or a supervisor."
    return NextStep(
        step=step,
        method="POST",
        href=f"/v1/appointments/{row.id}/{noun}",
        allowed=why_not is None,
        why_not=why_not,
    )


def contact_view(row: Any) -> PersonContactView:
    """A contact with the person, or an attempt at one."""
    late = is_late(row.attempted_at, row.recorded_at)
    return PersonContactView(**_fields(row, CONTACT), entered_late=late)


def warning_view(row: Any, grounds: Mapping[UUID, Sequence[Any]]) -> WarningView:
    """A written warning, with what it is for."""
    found = grounds[row.id]
    return WarningView(
        **_fields(row, WARNING),
        appointments=[each.appointment_id for each in found if each.appointment_id],
        conditions=[each.condition_id for each in found if each.condition_id],
        entered_late=is_late(row.issued_at, row.recorded_at),
    )


def day_item_view(row: Any) -> DayItemView:
    """An appointment of a day."""
    return DayItemView(**_fields(row, DAY))
