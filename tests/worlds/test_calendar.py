"""Working time: the examples of 2026 to the hour, and what holds for any table of holidays."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worlds.calendar import (
    HOUR_MS,
    KST,
    Calendar,
    Interval,
    Period,
    Unit,
    day_of,
    days_between,
    end_of,
    moment,
)

SEOUL = Calendar()
DAYS_7, DAYS_14 = Period(unit="days", amount=7), Period(unit="days", amount=14)


def at(text: str) -> int:
    """A Korean time of 2026: `09-21` is its opening hour, `09-21 14:00`."""
    day, _, hour = text.partition(" ")
    return round(
        datetime.fromisoformat(f"2026-{day}T{hour or '09:00'}").replace(tzinfo=KST).timestamp() * 1000
    )


def shown(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, KST).strftime("%m-%d %H:%M")


def out(first: str, last: str) -> Interval:
    return at(first), at(last)


def test_the_holidays_of_2026_are_those_in_force() -> None:
    off = [day for day in days_between(date(2026, 1, 1), date(2026, 12, 31)) if not SEOUL.is_working_day(day)]
    told = {day.strftime("%m-%d") for day in off if day.weekday() < 5}
    assert told == {
        "01-01", "02-16", "02-17", "02-18", "03-02", "05-01", "05-05", "05-25", "06-03", "07-17", "08-17",
        "09-24", "09-25", "10-05", "10-09", "12-25",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("case", "received", "period", "due"),
    [
        ("E1", "09-21", DAYS_7, "10-01"),
        ("E2", "09-21", DAYS_14, "10-14"),
        ("E3", "10-01", DAYS_7, "10-13"),
        ("E5", "09-28", DAYS_7, "10-07"),
        ("E23", "02-12", DAYS_7, "02-25"),
    ],
)
def test_days_are_counted_from_the_first_without_holidays(
    case: str, received: str, period: Period, due: str
) -> None:
    assert shown(SEOUL.due(at(received), period)) == f"{due} 18:00"


@pytest.mark.parametrize(
    ("case", "begins", "hours", "ends"),
    [
        ("E4", "09-25 15:00", 8, "09-28 18:00"),
        ("E6", "09-23 16:30", 3, "09-28 10:30"),
        ("E7", "09-22 11:30", 3, "09-22 15:30"),
        ("E8 lunch", "09-22 12:10", 3, "09-22 16:00"),
        ("E8 closed", "09-22 18:00", 3, "09-23 12:00"),
        ("E8 early", "09-22 08:50", 3, "09-22 12:00"),
        ("E8 late", "09-22 15:00", 3, "09-22 18:00"),
        ("E9", "09-22 14:00", 40, "10-01 14:00"),
        ("E15", "09-23 17:30", 8, "09-28 17:30"),
    ],
)
def test_hours_are_counted_while_the_desks_are_open(case: str, begins: str, hours: int, ends: str) -> None:
    assert shown(SEOUL.add_hours(at(begins), hours)) == ends


def test_five_days_are_forty_hours() -> None:
    assert shown(SEOUL.due(at("09-22 14:00"), Period(unit="days", amount=5))) == "10-01 14:00"


@pytest.mark.parametrize(
    ("case", "period", "excluded", "due"),
    [
        ("E10", DAYS_7, out("09-23 11:00", "09-30 16:00"), "10-08"),
        ("E12", DAYS_7, out("09-22", "10-02 18:00"), "10-14"),
        ("E14", DAYS_7, out("09-29 00:00", "09-29 23:59"), "10-02"),
    ],
)
def test_what_is_excluded_is_not_counted(case: str, period: Period, excluded: Interval, due: str) -> None:
    assert shown(SEOUL.due(at("09-21"), period, out=[excluded])) == f"{due} 18:00"


def test_e11_an_extension_goes_on_where_the_period_ended() -> None:
    assert shown(SEOUL.due(at("09-21"), DAYS_7, extra=7)) == "10-14 18:00"
    assert shown(SEOUL.due(at("09-21"), DAYS_7, extra=14)) == "10-23 18:00"


def test_e13_a_temporary_holiday_is_skipped() -> None:
    with_holiday = Calendar(added=[date(2026, 10, 2)])
    assert shown(with_holiday.due(at("09-21"), DAYS_7)) == "10-01 18:00"
    assert shown(with_holiday.due(at("09-21"), DAYS_14)) == "10-15 18:00"


def test_a_holiday_that_the_operator_takes_away_is_worked() -> None:
    assert shown(Calendar(removed=[date(2026, 10, 5)]).due(at("10-01"), DAYS_7)) == "10-12 18:00"


@pytest.mark.parametrize(
    ("case", "first", "unit", "amount", "last"),
    [
        ("E16", "08-26", "months", 1, "09-28"),
        ("E16 no 31st", "08-31", "months", 1, "09-30"),
        ("E17", "09-11", "weeks", 2, "09-28"),
        ("a year", "09-22", "years", 1, "09-21"),
        ("over the year's end", "10-31", "months", 4, "03-02"),
        ("to a year's end", "08-31", "months", 4, "12-30"),
    ],
)
def test_weeks_and_months_go_by_the_calendar(
    case: str, first: str, unit: Unit, amount: int, last: str
) -> None:
    assert shown(SEOUL.due(at(first), Period(unit=unit, amount=amount))) == f"{last} 18:00"


def test_what_is_excluded_puts_off_the_end_of_a_month() -> None:
    month = Period(unit="months", amount=1)
    assert shown(SEOUL.due(at("08-26"), month, out=[out("09-21", "09-22")])) == "09-30 18:00"


@pytest.mark.parametrize(
    ("case", "sent", "days", "last"),
    [
        ("E18", "09-18 15:00", 7, "09-28"),
        ("E19", "09-28", 10, "10-08"),
        ("E20", "09-23", 60, "11-23"),
    ],
)
def test_the_citizens_periods_begin_on_the_day_after(case: str, sent: str, days: int, last: str) -> None:
    assert shown(SEOUL.citizens_last_moment(at(sent), days)) == f"{last} 23:59"


def test_e21_the_earlier_way_to_count_ten_days() -> None:
    first = SEOUL.earlier_of_both(at("11-23"), 10)
    assert shown(first) == "12-03 18:00"
    assert shown(SEOUL.add_days(at("11-23"), 10)) == "12-04 18:00"
    assert shown(SEOUL.earlier_of_both(first, 10)) == "12-14 18:00"


def test_e22_progress_is_told_every_thirty_days_on_a_working_day() -> None:
    told, now = [], at("09-21")
    for _ in range(3):
        now = SEOUL.every_days(at("09-21"), 30, now)
        told.append(shown(now))
    assert told == ["10-21 09:00", "11-20 09:00", "12-18 09:00"]


def test_part_of_a_day_can_be_excluded_by_its_hours() -> None:
    down = out("09-22 10:00", "09-22 11:00")
    by_hours = Calendar(part_days="hours")
    assert shown(by_hours.add_hours(at("09-22"), 3, [down])) == "09-22 14:00"
    assert shown(SEOUL.add_hours(at("09-22"), 3, [down])) == "09-23 12:00"
    assert shown(by_hours.due(at("09-21"), DAYS_7, out=[down])) == "10-02 18:00"


YEAR = list(days_between(date(2026, 1, 1), date(2026, 12, 31)))
tables = st.builds(
    Calendar,
    added=st.sets(st.sampled_from(YEAR), max_size=60),
    removed=st.sets(st.sampled_from(YEAR), max_size=30),
    part_days=st.sampled_from(["whole", "hours"]),
)
moments = st.integers(moment(date(2026, 1, 1)), moment(date(2026, 11, 30)))
intervals = st.builds(lambda begin, hours: (begin, begin + hours * HOUR_MS), moments, st.integers(0, 24 * 20))
outs = st.lists(intervals, max_size=3)
units = st.sampled_from(["hours", "days"])


@given(tables, moments, units, st.integers(1, 40), outs)
def test_a_longer_period_is_due_later_whatever_the_holidays(
    calendar: Calendar, received: int, unit: Unit, amount: int, excluded: list[Interval]
) -> None:
    shorter, longer = Period(unit=unit, amount=amount), Period(unit=unit, amount=amount + 1)
    assert calendar.due(received, shorter, out=excluded) < calendar.due(received, longer, out=excluded)
    assert calendar.due(received, shorter, 0, excluded) < calendar.due(received, shorter, 1, excluded)


@given(tables, moments, st.integers(1, 60), outs)
def test_what_is_due_in_hours_has_had_just_those_hours(
    calendar: Calendar, begins: int, hours: int, excluded: list[Interval]
) -> None:
    due = calendar.add_hours(begins, hours, excluded)
    touched = {d for b, e in excluded for d in days_between(day_of(b), day_of(max(b, e - 1)))}
    minutes = 0
    for day in days_between(day_of(begins), day_of(due)):
        for begin, end in calendar.spans(day):
            for minute in range(begin, end, 60_000):
                counted = begins <= minute < due
                if calendar.part_days == "whole":
                    counted &= day not in touched
                else:
                    counted &= not any(b <= minute < e for b, e in excluded)
                minutes += counted
    assert abs(minutes - hours * 60) <= 1 + len(excluded)


@given(tables, moments, st.integers(6, 60), outs)
def test_what_is_due_in_days_ends_on_a_working_day_at_its_close(
    calendar: Calendar, received: int, days: int, excluded: list[Interval]
) -> None:
    due = calendar.due(received, Period(unit="days", amount=days), out=excluded)
    touched = {d for b, e in excluded for d in days_between(day_of(b), day_of(max(b, e - 1)))}
    first = day_of(calendar.next_working_moment(received))
    worked = [d for d in days_between(first, day_of(due)) if calendar.is_working_day(d) and d not in touched]
    assert len(worked) == days
    assert worked[-1] == day_of(due)
    assert due == calendar.closing(day_of(due))


@given(tables, moments, st.integers(1, 90))
def test_a_citizen_has_all_of_their_last_day_and_it_is_a_working_day(
    calendar: Calendar, sent: int, days: int
) -> None:
    last = calendar.citizens_last_moment(sent, days)
    assert calendar.is_working_day(day_of(last))
    assert last == end_of(day_of(last))
    assert day_of(last) >= day_of(sent) + timedelta(days=days)
