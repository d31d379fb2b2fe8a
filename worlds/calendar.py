"""Working time: what a period of the Civil Petitions Treatment Act comes to, in Korea's time and holidays.

Times are milliseconds since the epoch, UTC; days are Korean days. The rules C1-C7 are those of Act 19, Decree 20
and Civil Act 156-161: hours up to five days, working days from six, the calendar for weeks, months and years.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Annotated, Literal, TypeAlias

import holidays
from pydantic import BaseModel, ConfigDict, Field

KST = timezone(timedelta(hours=9), "KST")
"""Korea's time; no summer time since 1988."""

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
HOURS_A_DAY = 8
"""Working hours that a day of a period counts as (Act 19(1))."""

LAST_DAY_IN_HOURS = 5
"""Up to so many days a period is counted in hours, beyond in days (Act 19(1)(2))."""

SATURDAY = 5

Unit = Literal["hours", "days", "weeks", "months", "years"]
Interval: TypeAlias = tuple[int, int]
"""From and to, in ms."""


class Period(BaseModel):
    """How long something may take: an amount of one unit."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    unit: Unit
    amount: Annotated[int, Field(ge=1, le=3660)]


class WorkingHours(BaseModel):
    """When the desks are open, in hours of the day (Decree 8-3(1)); lunch by the service rules of local officials."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    opens: int = 9
    lunch_begins: int = 12
    lunch_ends: int = 13
    closes: int = 18


@lru_cache(maxsize=64)
def public_holidays(year: int) -> frozenset[date]:
    """Korea's public holidays of a year with their substitutes; Sundays are not listed."""
    return frozenset(holidays.country_holidays("KR", years=year))


def day_of(at: int) -> date:
    """The Korean day of a moment."""
    return datetime.fromtimestamp(at / 1000, KST).date()


def moment(day: date, hour: int = 0) -> int:
    """The moment at which an hour of a Korean day begins."""
    return int(datetime(day.year, day.month, day.day, tzinfo=KST).timestamp()) * 1000 + hour * HOUR_MS


def end_of(day: date) -> int:
    """The last moment of a Korean day."""
    return moment(day) + DAY_MS - 1


def days_between(first: date, last: date) -> Iterator[date]:
    """The days from the first to the last, both included."""
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


class Calendar:
    """Which time is working time: weekdays, without holidays, with the operator's table of days.

    `part_days` says what an exclusion of part of a day does to a period counted in hours: the whole day goes, or
    only those hours. In a period counted in days a day that is touched is always skipped (C7).
    """

    def __init__(
        self,
        added: Iterable[date] = (),
        removed: Iterable[date] = (),
        hours: WorkingHours | None = None,
        part_days: Literal["whole", "hours"] = "whole",
        holidays_of: Callable[[int], frozenset[date]] = public_holidays,
    ) -> None:
        self.added = frozenset(added)
        self.removed = frozenset(removed)
        self.hours = hours or WorkingHours()
        self.part_days = part_days
        self._holidays_of = holidays_of

    def is_working_day(self, day: date) -> bool:
        """Whether it is Monday to Friday and no holiday."""
        if day.weekday() >= SATURDAY or day in self.added:
            return False
        return day in self.removed or day not in self._holidays_of(day.year)

    def next_working_day(self, day: date) -> date:
        """The day itself, or the first working day after it (Civil Act 161)."""
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return day

    def last_working_day(self, day: date) -> date:
        """The day itself, or the last working day before it."""
        while not self.is_working_day(day):
            day -= timedelta(days=1)
        return day

    def spans(self, day: date) -> tuple[Interval, ...]:
        """The working time of a day: before lunch and after."""
        if not self.is_working_day(day):
            return ()
        hours = self.hours
        halves = ((hours.opens, hours.lunch_begins), (hours.lunch_ends, hours.closes))
        return tuple((moment(day, begin), moment(day, end)) for begin, end in halves)

    def closing(self, day: date) -> int:
        """When the desks close on a day."""
        return moment(day, self.hours.closes)

    def next_working_moment(self, at: int) -> int:
        """The moment itself, or when the desks next open; the closing hour is already the next day."""
        day = day_of(at)
        while True:
            for begin, end in self.spans(day):
                if at < end:
                    return max(at, begin)
            day += timedelta(days=1)

    def add_hours(self, at: int, hours: int, out: Iterable[Interval] = ()) -> int:
        """C1, C4: when so many working hours have passed, without those excluded."""
        left, at, out = hours * HOUR_MS, self.next_working_moment(at), tuple(out)
        touched = self._touched(out) if self.part_days == "whole" else frozenset()
        day = day_of(at)
        while True:
            for span in self.spans(day) if day not in touched else ():
                for begin, end in _without(span, out) if self.part_days == "hours" else (span,):
                    begin = max(begin, at)
                    if begin >= end:
                        continue
                    if left <= end - begin:
                        return begin + left
                    left -= end - begin
            day += timedelta(days=1)

    def add_days(self, at: int, days: int, out: Iterable[Interval] = ()) -> int:
        """C2: the close of the last of so many working days, the first included, without those excluded."""
        day, touched = day_of(self.next_working_moment(at)), self._touched(out)
        while True:
            if day not in touched and self.is_working_day(day):
                days -= 1
                if not days:
                    return self.closing(day)
            day += timedelta(days=1)

    def last_day(self, first: date, period: Period) -> date:
        """C3: the day on which weeks, months or years end, the first day included."""
        match period.unit:
            case "weeks":
                last = first + timedelta(weeks=period.amount, days=-1)
            case "months":
                last = _before_corresponding(first, period.amount)
            case "years":
                last = _before_corresponding(first, 12 * period.amount)
            case _:
                raise ValueError(f"{period.unit} are not counted by the calendar")
        return self.next_working_day(last)

    def due(self, at: int, period: Period, extra: int = 0, out: Iterable[Interval] = ()) -> int:
        """When what was received at a moment is due; `extra` units were added, some intervals are excluded."""
        out, amount = tuple(out), period.amount + extra
        match period.unit:
            case "hours":
                return self.add_hours(at, amount, out)
            case "days" if period.amount <= LAST_DAY_IN_HOURS:
                return self.add_hours(at, amount * HOURS_A_DAY, out)
            case "days":
                return self.add_days(at, amount, out)
            case _:
                first = day_of(self.next_working_moment(at))
                last = self.last_day(first, Period(unit=period.unit, amount=amount))
                return self.closing(self._put_off(first, last, self._touched(out)))

    def citizens_last_moment(self, at: int, days: int) -> int:
        """C5: the end of a citizen's period in calendar days, the first not included (Decree 24(4))."""
        return end_of(self.next_working_day(day_of(at) + timedelta(days=days)))

    def earlier_of_both(self, at: int, days: int) -> int:
        """The close of the day by the calendar (C5) or in working days (C2), whichever comes first."""
        by_calendar = self.closing(self.next_working_day(day_of(at) + timedelta(days=days)))
        return min(by_calendar, self.add_days(at, days))

    def every_days(self, at: int, days: int, after: int) -> int:
        """The opening hour of the first day after `after` that is a multiple of `days` later, on a working day.

        Where that day is none, the working day before it.
        """
        first = day_of(at)
        number = max(1, (day_of(after) - first).days // days)
        while True:
            day = self.last_working_day(first + timedelta(days=number * days))
            if moment(day, self.hours.opens) > after:
                return moment(day, self.hours.opens)
            number += 1

    def _put_off(self, first: date, last: date, touched: frozenset[date]) -> date:
        lost = sum(1 for day in touched if first <= day <= last and self.is_working_day(day))
        while lost or last in touched or not self.is_working_day(last):
            last += timedelta(days=1)
            if lost and last not in touched and self.is_working_day(last):
                lost -= 1
        return last

    def _touched(self, out: Iterable[Interval]) -> frozenset[date]:
        """Days of which an exclusion takes any part; one that ends at midnight does not touch the next."""
        return frozenset(
            day
            for begin, end in out
            if end >= begin
            for day in days_between(day_of(begin), day_of(max(begin, end - 1)))
        )


def _without(span: Interval, out: Iterable[Interval]) -> Iterator[Interval]:
    begin, end = span
    for gone, back in sorted(out):
        if back <= begin or gone >= end:
            continue
        if gone > begin:
            yield begin, gone
        begin = max(begin, back)
    if begin < end:
        yield begin, end


def _before_corresponding(first: date, months: int) -> date:
    """The day before the corresponding date; the month's last day where there is none (Civil Act 160)."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    try:
        return date(year, month + 1, first.day) - timedelta(days=1)
    except ValueError:
        return date(year + month // 11, (month + 1) % 12 + 1, 1) - timedelta(days=1)
