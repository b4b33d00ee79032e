"""Dates of decisions and tasks as a calendar file (iCalendar, RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Alarm, Calendar, Event


@dataclass(frozen=True, slots=True)
class Date:
    """Something of a whole day. ``uid`` names it for good, so that a change moves the entry that
    a calendar has, and makes no second one. ``ahead``: days before that a reminder is shown."""

    uid: str
    day: date
    title: str
    says: str
    link: str = ""
    ahead: int = 1


def as_ics(dates: Iterable[Date], name: str, now: datetime) -> bytes:
    """A calendar called ``name``; the same dates make the same file but for ``now``."""
    book = Calendar()
    book.add("prodid", "-//Shuniu//ZH")
    book.add("version", "2.0")
    book.add("method", "PUBLISH")
    book.add("x-wr-calname", name)
    # How often a subscriber should look again (RFC 7986), and the name that Outlook knows.
    book.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    book.add("x-published-ttl", "PT6H")
    for one in dates:
        event = Event()
        event.add("uid", one.uid)
        event.add("dtstamp", now)
        event.add("dtstart", one.day)
        event.add("dtend", one.day + timedelta(days=1))
        event.add("summary", one.title)
        event.add("description", one.says)
        event.add("transp", "TRANSPARENT")
        if one.link:
            event.add("url", one.link)
        if one.ahead:
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", one.title)
            # At nine in the morning, so many days before.
            alarm.add("trigger", timedelta(hours=9) - timedelta(days=one.ahead))
            event.add_component(alarm)
        book.add_component(event)
    return bytes(book.to_ical())
