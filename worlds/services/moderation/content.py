"""What a city says of its moderation: kinds and offices with their bounds, reasons, the ladder, what each forbids."""

import tomllib
from collections.abc import Mapping
from typing import Annotated, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from protocol.handshake import Text
from protocol.message import Name
from protocol.services.moderation import LadderStep, SanctionKind, TalkStep
from worlds.citizen import Level
from worlds.plan import CityPlan

S = 1_000
"""Milliseconds of a second; times in state and events are in ms."""

DAY = 86_400 * S

NEVER_FORBIDDEN = ("petitions.", "bookings.", "moderation.")
"""Receipt of a petition cannot be refused (Civil Petitions Treatment Act, Article 9(1)), nor can an appeal."""

LONGEST_AUTOMATIC_MUTE_S = 600
"""The strongest that follows without a person's decision."""

Seconds = Annotated[int, Field(strict=True, ge=0)]
Many = Annotated[int, Field(strict=True, ge=0)]


class Shape(BaseModel):
    """It never changes, and a word it does not know is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Rules(Shape):
    """Every number of moderation; zero means no limit, or off."""

    version: str = "1"
    """Which rules a sanction was given by; it stands in every record."""
    longest_words: Many = 500
    """Characters of a reason, a report, an appeal."""
    longest_note: Many = 300
    notes_per_case: Many = 10
    """Notes beside one case: what a page holds."""
    claim_s: Seconds = 60
    second_s: Seconds = 86_400
    """How long a second person has to agree to a sanction that takes two."""
    joint_s: Seconds = 30
    """How long a second person has to stop a venue."""
    undo_s: Seconds = 600
    alone_ban_s: Seconds = 2_592_000
    """A longer ban takes two; so does one of the city."""
    preview_over: Many = 10
    """So many people are touched without a look at the effect first."""
    address_s: Seconds = 3_600
    """How long an address is kept out at most: behind it may be a whole school."""
    appeal_days: Many = 30
    appeal_answer_days: Annotated[int, Field(strict=True, ge=0, le=3_660)] = 3
    """Working days, in which an appeal is answered by somebody else; 0 promises no time."""
    points_half_days: Annotated[int, Field(strict=True, ge=1)] = 90
    reports_per_10_min: Many = 6
    wrong_reports: Many = 5
    """After so many reports in a row that came to nothing, a citizen reports less."""
    reports_if_wrong: Many = 1
    """What is left of them in ten minutes then."""
    reports_alarm: Many = 5
    """So many people who reported the same citizen alert the desk; nothing more happens by itself."""
    report_waiting: Many = 2_000
    """Reports that may wait."""
    report_waiting_visitors: Many = 200
    """Of those so many of visitors, who are someone else whenever they come: they must not fill the desk for all."""
    held_s: Seconds = 300
    """A line that nobody read by then is refused."""
    held_per_citizen: Many = 3
    held_waiting: Many = 500
    held_waiting_visitors: Many = 150
    """Of those so many of visitors, for the same reason."""
    context_lines: Many = 5
    repeat_s: Seconds = 30
    """For so long a citizen does not say the same twice."""
    unique_s: Seconds = 600
    """Where only new texts are told: for so long nobody repeats them."""
    link_level: Level = 2
    """Below this level links and telephone numbers wait for a moderator."""
    mentions: Many = 5
    """A line that names so many others (`@name`) waits for a moderator: each of them would be called."""
    new_days: Many = 7
    """For so long a citizen is new; under the shield the new are held."""
    shield_s: Seconds = 1_800
    shield_slow_s: Seconds = 30
    shield_joins: Many = 5
    """Under the shield so many who are new come into a district within `raid_s`, the others wait in a line: who comes
    no faster can be looked at."""
    raid_joins: Many = 30
    """More who are new, in `raid_s`, are a raid: the desk is alerted."""
    raid_s: Seconds = 10
    raid_new_days: Many = 1
    raid_again_s: Seconds = 60
    blocks: Many = 200
    """Citizens whom one may block."""
    bubble_m: float = 1.0
    smallest_cell: Many = 5
    """Statistics do not tell numbers below it."""
    talk_s: Seconds = 1_200
    """How long a talk at a counter should last: told as it begins."""
    talk_over_s: Seconds = 600
    """So far beyond it a talk may be ended for its length alone (Civil Petitions Treatment Decree, Article 4(1))."""
    talk_warned_s: Seconds = 3_600
    """For so long a warning in a talk counts."""
    break_s: Seconds = 600
    """An officer's rest after a talk that was ended."""
    evidence_days: Many = 90
    """Days after a report was closed for which is kept what its reporter had heard, and who was near: appeals and their
    answers are over by then; and no longer, as most of it is of people who did nothing."""
    held_days: Many = 30
    """Days after its decision for which a line that waited is kept: who wrote it may ask why for as long as one may
    appeal. The lines around it go at once, as they were to decide by."""
    case_days: Many = 1_095
    """Days after their end for which the words of reports, sanctions, appeals and notes are kept: as long as those of
    petitions. That there was a sanction, of which kind, why and by whom, stays in the audit."""


class Kind(Shape):
    """A kind of sanction: how long without a word of it, and what it weighs."""

    default_s: Seconds
    points: float = 0.0


class Start(Shape):
    """Where a reason begins on the ladder, whatever was before."""

    kind: SanctionKind
    lasts_s: Seconds


class Reason(Shape):
    """A reason by its code; `claim_s` is within what time somebody should take up a report of it."""

    name: Text
    claim_s: Seconds = 1_800
    authority: bool = False
    """Whether what was acted upon for it is also told to an authority outside, such as the police."""
    start: Start | None = None


class Rung(Shape):
    """From so many points on this is proposed."""

    points: float
    kind: SanctionKind
    lasts_s: Seconds


class Automatic(Shape):
    """What follows by itself from so many lines of one citizen that were held for this reason within a time."""

    on: Literal["words", "link", "phone", "mentions", "new"]
    times: Annotated[int, Field(strict=True, ge=1)]
    within_s: Annotated[int, Field(strict=True, ge=1)]
    action: Literal["alert", "warn", "slow", "hold", "mute"]
    lasts_s: Seconds = 0
    every_s: Annotated[int, Field(strict=True, ge=0, le=86_400)] = 0
    reason: Name = "spam"
    words: Text
    exempt: frozenset[str] = frozenset()
    """Roles, and offices as `grant:NAME`, of which nobody is meant; staff never is."""

    @model_validator(mode="after")
    def _is_mild(self) -> Self:
        if self.action == "mute" and self.lasts_s > LONGEST_AUTOMATIC_MUTE_S:
            raise ValueError(f"mute: {LONGEST_AUTOMATIC_MUTE_S} s at most where nobody decides")
        if self.action != "alert" and not self.lasts_s:
            raise ValueError("lasts_s: a sanction has an end")
        if (self.action == "slow") != bool(self.every_s):
            raise ValueError("every_s: slow, and nothing else, has it")
        return self


class SafePlace(Shape):
    """Where one goes to be left alone."""

    district: Name
    zone: Name | None = None


class Content(Shape):
    """`services/moderation.toml` of a city."""

    rules: Rules = Rules()
    kinds: Mapping[SanctionKind, Kind]
    offices: Mapping[str, Mapping[SanctionKind, Seconds]]
    """The longest sanction of each kind by office: moderator, head, host, officer."""
    reasons: Mapping[str, Reason]
    ladder: tuple[Rung, ...]
    forbids: Mapping[SanctionKind, frozenset[str]]
    """Which commands a sanction forbids, by their type; `live_qa.*` is all of a service that do not only read."""
    observer: frozenset[str] = frozenset()
    """Which of them an observer does not give either, who reads and has no voice."""
    models: frozenset[str] = frozenset()
    """The city's own avatars: under the shield all others look plain; none named, none is unknown."""
    talk: Mapping[TalkStep, Text]
    """What an officer's step says."""
    automatic: tuple[Automatic, ...] = ()
    officer: Text | None = None
    """By what name others know an officer at a counter, with `{place}` for the counter's; none: by their own."""
    places: Mapping[str, Text] = Field(default_factory=dict)
    """The names of places by their scope; those of the city's plan are added."""
    safe_place: SafePlace | None = None

    @classmethod
    def read(cls, toml: str) -> Self:
        """The content from the text of its file; raises pydantic's ValidationError or TOMLDecodeError."""
        return cls.model_validate(tomllib.loads(toml))

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        missing = set(get_args(SanctionKind)) - set(self.kinds)
        if missing:
            raise ValueError(f"kinds: {', '.join(sorted(missing))} are missing")
        if strange := set(self.offices) - {"moderator", "head", "host", "officer"}:
            raise ValueError(f"offices: {', '.join(sorted(strange))} are none")
        if not self.ladder or [one.points for one in self.ladder] != sorted(
            one.points for one in self.ladder
        ):
            raise ValueError("ladder: rungs by growing points, from the first")
        for where, words in (
            *((f"forbids.{kind}", one) for kind, one in self.forbids.items()),
            ("observer", self.observer),
        ):
            for word in words:
                if word.startswith(NEVER_FORBIDDEN):
                    raise ValueError(f"{where}: {word} cannot be forbidden to anyone")
        if strange := {rule.reason for rule in self.automatic} - set(self.reasons):
            raise ValueError(f"automatic: {', '.join(sorted(strange))} are no reasons")
        if missing := set(get_args(TalkStep)) - set(self.talk):
            raise ValueError(f"talk: {', '.join(sorted(missing))} are missing")
        return self

    def placed(self, plan: CityPlan) -> Self:
        """With the city's names of places, and a safe one: the first arrival where none is named; raises ValueError."""
        names = {
            scope: Text(ko=name.ko, en=name.en)
            for district in plan.districts
            for scope, name in (
                (district.id, district.name),
                *((f"{district.id}/{zone.id}", zone.name) for zone in district.zones),
            )
        }
        return self._kept_safe(plan).model_copy(update={"places": {**names, **self.places}})

    def _kept_safe(self, plan: CityPlan) -> Self:
        if self.safe_place is None:
            return self.model_copy(update={"safe_place": SafePlace(district=plan.districts[0].id)})
        place = self.safe_place
        district = next((one for one in plan.districts if one.id == place.district), None)
        zones = {zone.id for zone in district.zones} if district is not None else set()
        if district is None or (place.zone is not None and place.zone not in zones):
            raise ValueError("safe_place: the city has no such place")
        return self

    def step(self, points: float, reason: str | None = None) -> LadderStep:
        """What the ladder proposes to who has so many points; a person decides."""
        rung = next(one for one in reversed(self.ladder) if one.points <= points or one is self.ladder[0])
        start = self.reasons[reason].start if reason is not None and reason in self.reasons else None
        if start is not None and _weight(start) > _weight(rung):
            return LadderStep(kind=start.kind, lasts_s=start.lasts_s)
        return LadderStep(kind=rung.kind, lasts_s=rung.lasts_s)


def _weight(step: Start | Rung) -> tuple[int, int]:
    return get_args(SanctionKind).index(step.kind), step.lasts_s
