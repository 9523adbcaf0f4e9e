"""Appointments as an iCalendar (RFC 5545) that names nobody. Pure."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from icalendar import Calendar, Event

from checkpoint.contracts.sessions.states import LABELS

PRODUCT = "-//Checkpoint//Appointments//EN"


def calendar(appointments: Iterable[Any]) -> bytes:
    """A navigator's appointments, for the calendar on their phone.

    Args:
        appointments: with id, kind, starts_at in UTC, minutes, place, planned_at and the case's
            reference.

    Returns:
        The calendar in UTF-8. It says what, when, where by kind, and for which reference; the same
        appointments give the same bytes.

    Source:
        RFC 5545.
    """
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    for each in appointments:
        made.add_component(_event(each))
    return bytes(made.to_ical())


def _event(each: Any) -> Event:
    event = Event()
    event.add("uid", f"{each.id}@checkpoint")
    event.add("dtstamp", each.planned_at)
    event.add("dtstart", each.starts_at)
    event.add("duration", timedelta(minutes=each.minutes))
    event.add("summary", f"{LABELS[each.kind]}, {each.reference}")
    event.add("location", LABELS[each.place])
    event.add("class", "PRIVATE")
    return event
