"""The calendar of last days."""

from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar
from paper_specimens import HOSTILE

from civgeo.reports.calendar_ics import CalendarEntry, due_calendar

STAMP = datetime(2026, 3, 2, 8, tzinfo=UTC)
FILING = CalendarEntry(
    "案卷1-filing",
    date(2026, 3, 17),
    "备案",
    "天中山大道",
    "驻马店市人民政府",
    "报河南省人民政府备案",
)


def events(content):
    return Calendar.from_ical(content).walk("VEVENT")


def test_entry_is_a_whole_day_with_a_reminder_three_days_before():
    (event,) = events(due_calendar([FILING], stamp=STAMP))
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (
        date(2026, 3, 17),
        date(2026, 3, 18),
    )
    assert event["summary"] == "备案截止：天中山大道"
    assert event["description"] == "驻马店市人民政府办理。报河南省人民政府备案"
    (alarm,) = event.walk("VALARM")
    assert alarm.decoded("trigger") == timedelta(days=-2, hours=-15)


def test_same_step_keeps_its_uid_and_lines_are_folded_as_the_standard_asks():
    content = due_calendar([FILING], stamp=STAMP)
    assert content == due_calendar([FILING], stamp=STAMP)
    assert events(content)[0]["uid"] == "案卷1-filing@civgeo"
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert max(map(len, content.split(b"\r\n"))) <= 75


def test_entries_stand_in_the_order_of_their_days():
    entries = [FILING, CalendarEntry("b", date(2026, 3, 1), "公告", "乙", "丙")]
    assert [
        event.decoded("dtstart").day for event in events(due_calendar(entries, stamp=STAMP))
    ] == [
        1,
        17,
    ]


def test_simulated_case_says_so():
    entry = CalendarEntry("a", date(2026, 3, 1), "公告", "乙", "丙", simulated=True)
    assert events(due_calendar([entry], stamp=STAMP))[0]["summary"].startswith("【模拟数据】")


def test_hostile_names_make_no_further_lines():
    entries = [
        CalendarEntry(f"a{number}", date(2026, 3, 1), "公告", f"{name}\r\nBEGIN:VEVENT", "丙")
        for number, name in enumerate(HOSTILE)
    ]
    assert len(events(due_calendar(entries, stamp=STAMP))) == len(HOSTILE)


def test_calendar_without_entries_is_a_calendar():
    assert events(due_calendar([], stamp=STAMP)) == []
