"""What a city sets of the procedure: kinds, periods, departments, reasons and texts, each with its article.

Articles change, so every period and reason is content (`services/petitions.toml` of a city). The figures that
the law leaves open have their defaults here; a limit of 0 is off.
"""

import tomllib
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from protocol.services.petitions import Correctable
from worlds.calendar import Period, WorkingHours

KindCode = Literal[
    "statutory", "certificate", "inquiry_law", "inquiry_procedure", "suggestion", "other", "grievance", "compound",
    "prior_review",
]  # fmt: skip

Natural = Annotated[int, Field(ge=0)]


class Shape(BaseModel):
    """Never changes; a word it does not know is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Words(Shape):
    """The same in Korean and English."""

    ko: Annotated[str, Field(pattern=r"\S")]
    en: Annotated[str, Field(pattern=r"\S")]


class Department(Shape):
    """A department of the city; `contact` is told where an officer gave none of their own."""

    id: str
    name: Words
    contact: str


class Body(Shape):
    """Another body that may be competent; time lost to a distant one is not counted (Decree 20)."""

    id: str
    name: Words
    distant: bool = False


class KindRule(Shape):
    """A kind of petition: how long it may take, how it ends, what a form needs."""

    name: Words
    period: Period
    article: Words
    ends_by: Literal["answer", "grant"] = "answer"
    statutory: bool = False
    public: bool = False
    free_delivery: bool = False
    requires: tuple[Literal["name", "address", "contact"], ...] = ("name", "address", "contact")
    longest: Period | None = None


class StatutoryType(Shape):
    """A type of statutory petition with the period that its law sets, split by who does what."""

    id: str
    name: Words
    kind: KindCode
    article: Words
    period: Period
    lead: str
    with_departments: tuple[str, ...] = ()
    shares: Mapping[str, str] = {}


class Reason(Shape):
    """One of the reasons that a rule lists."""

    name: Words
    article: Words


class DayOff(Shape):
    """A day that the city's table adds."""

    day: date
    name: str


class Limits(Shape):
    """How much, how long, how often; 0 is off."""

    text_length: Natural = (
        4_000  # characters; with an answer of the same length a case still fits one message
    )
    second_length: Natural = 1_000  # characters of a text beside another one
    title_length: Natural = 120  # characters
    person_length: Natural = 200  # characters of a name, an address, a contact
    filings_per_day: Natural = 30  # of one citizen; beyond that the e-window is restricted (Decree 11-2)
    drafts: Natural = 10  # of one citizen
    signers: Natural = 2_000  # of one petition
    draft_days: Natural = 30  # a draft is kept
    files: Natural = 30  # of one petition, over all its steps


class Figures(Shape):
    """Periods and numbers of the procedure; hours are working hours."""

    receive_hours: int = 8  # Decree 6(8)
    route_hours: int = 1  # Decree 13(1)
    far_route_hours: int = 3  # Decree 13(1): far, or the wrong department
    transfer_hours: int = 8  # Decree 13(3)
    supplement_hours: int = 8  # Decree 24(1)
    longest_supplement_days: int = 60  # reasonable is not defined: ours
    supplement_extensions: int = 2  # Decree 24(2)
    second_supplement_days: int = 10  # Decree 24(3)
    supplement_reminder_days: int = 2  # before the end: ours
    undeliverable_times: int = 2  # Decree 25(2)
    extensions: int = 2  # Decree 21(1)
    site_days: int = 14  # Decree 17(4)
    longer_site_days: int = 7  # Decree 17(5)
    longest_pause_days: int = 90  # other reasons of Decree 20: ours
    progress_days: int = 30  # Decree 23
    merge_people: int = 5  # Decree 6(7)
    many_households: int = 5  # Act 2(6)
    many_people: int = 5  # Act 2(6)
    represented_people: int = 3  # Decree 8: so many on one paper are asked who speaks for them
    repeats: int = 3  # Act 23(1)
    notified_repeats: int = 2  # Act 23(1)
    objection_days: int = 60  # Act 35(1)
    objection_decision_days: int = 10  # Act 35(2)
    objection_counted: Literal["earlier", "calendar", "working"] = "earlier"  # the law is silent
    uncollected_days: int = 15  # Decree 25(4)
    uncollected_warning_days: int = 3  # before it is closed: ours
    idle_hops: int = 2  # handed on so often without action: an alarm; ours
    overdue_days: int = 3  # working days: the new date that is told when one has passed; ours
    low_stars: int = 2  # ratings up to this go to the examiners; ours
    text_days: int = (
        3 * 365
    )  # after the end, before texts need no longer be kept: set by each city; 0 is for ever


class Rules(Shape):
    """All that a city sets; raises ValueError where its parts do not fit together."""

    number_prefix: Annotated[str, Field(pattern=r"^[0-9A-Z]{2,4}$")] = "MD"
    departments: tuple[Department, ...]
    bodies: tuple[Body, ...] = ()
    civil_service: str
    audit: str
    kinds: Mapping[KindCode, KindRule]
    types: tuple[StatutoryType, ...] = ()
    extension_reasons: Mapping[str, Reason]
    unprocessed_reasons: Mapping[str, Reason]
    pauses: Mapping[str, Reason]
    states: Mapping[str, Words]
    notices: Mapping[str, Words]
    steps: Mapping[str, Words]
    parts: Mapping[Correctable, Words]
    alarms: Mapping[str, Words]
    sentences: Mapping[str, Words]
    added_holidays: tuple[DayOff, ...] = ()
    removed_holidays: tuple[date, ...] = ()
    hours: WorkingHours = WorkingHours()
    part_days: Literal["whole", "hours"] = "whole"
    limits: Limits = Limits()
    figures: Figures = Figures()

    @classmethod
    def read(cls, toml: str) -> Self:
        """From the text of a city's `services/petitions.toml`; raises ValueError."""
        return cls.model_validate(tomllib.loads(toml))

    @model_validator(mode="after")
    def _fits(self) -> Self:
        departments = {department.id for department in self.departments}
        named = {self.civil_service, self.audit}
        for one in self.types:
            named |= {one.lead, *one.with_departments}
        if named - departments:
            raise ValueError(f"no such department: {sorted(named - departments)}")
        if len(departments) + len(self.bodies) != len(departments | {body.id for body in self.bodies}):
            raise ValueError("a department or body is named twice")
        return self

    def department(self, id: str) -> Department | None:
        """The department, or None."""
        return next((one for one in self.departments if one.id == id), None)

    def body(self, id: str) -> Body | None:
        """The other body, or None."""
        return next((one for one in self.bodies if one.id == id), None)

    def type(self, id: str | None) -> StatutoryType | None:
        """The statutory type, or None."""
        return next((one for one in self.types if one.id == id), None)

    def period(self, kind: KindCode, type_id: str | None) -> Period:
        """How long a petition may take: its type's period, else its kind's; never longer than its kind may."""
        rule, found = self.kinds[kind], self.type(type_id)
        period = found.period if found is not None and kind != "certificate" else rule.period
        longest = rule.longest
        if longest is not None and period.unit == longest.unit and period.amount > longest.amount:
            return longest
        if longest is not None and period.unit in ("weeks", "months", "years"):
            return longest
        return period
