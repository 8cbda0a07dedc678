"""Due steps as a calendar (iCalendar, RFC 5545) that phones and desktop calendars take in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Alarm, Calendar, Event

from civgeo.reports.plain_text import plain

__all__ = ["CalendarEntry", "due_calendar"]

_LONGEST = 120
"""Characters of a summary, so that a hostile name does not fill the calendar's month."""
_REMIND_BEFORE = timedelta(days=2, hours=15)
"""Nine in the morning, three days before the day itself."""


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """A last day.

    Parameters
    ----------
    id
        The same for the same step of the same case, so that a newer calendar takes the place of
        an older entry.
    due
        Last day in time.
    step, name, who
        What is to be done with which name, and by whom, in Chinese.
    details
        Further words: addressee, rule.
    simulated
        Whether the case is simulated.
    """

    id: str
    due: date
    step: str
    name: str
    who: str
    details: str = ""
    simulated: bool = False


def due_calendar(
    entries: Iterable[CalendarEntry], *, stamp: datetime, title: str = "地名办理期限"
) -> bytes:
    """Calendar of whole-day entries, each with a reminder three days before.

    Parameters
    ----------
    entries
        The last days.
    stamp
        Moment at which the calendar is made, with its zone.
    title
        What the calendar is called.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//civgeo//{title}//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", title)
    for entry in sorted(entries, key=lambda item: (item.due, item.id)):
        calendar.add_component(_event(entry, stamp))
    return bytes(calendar.to_ical())


def _event(entry: CalendarEntry, stamp: datetime) -> Event:
    mark = "【模拟数据】" if entry.simulated else ""
    summary = f"{mark}{entry.step}截止：{plain(entry.name)}"[:_LONGEST]
    event = Event()
    event.add("uid", f"{plain(entry.id)}@civgeo")
    event.add("dtstamp", stamp)
    event.add("dtstart", entry.due)
    event.add("dtend", entry.due + timedelta(days=1))
    event.add("summary", summary)
    event.add("description", f"{plain(entry.who)}办理。{plain(entry.details)}")
    event.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm.add("trigger", -_REMIND_BEFORE)
    event.add_component(alarm)
    return event
