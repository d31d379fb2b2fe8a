"""What a city decides about its question times: the numbers, the words, the stages."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from protocol.handshake import Text
from worlds.plan import CityPlan

S = 1_000
"""Milliseconds of a second; times in state and events are in ms."""

MINUTE = 60 * S

DAY = 1_440 * MINUTE

Seconds = Annotated[int, Field(strict=True, ge=0)]
Many = Annotated[int, Field(strict=True, ge=0)]


class Shape(BaseModel):
    """It never changes, and a word it does not know is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Rules(Shape):
    """Every number of a question time; zero means no limit, or off."""

    shortest_question: Many = 10
    """Characters: less is no question."""
    longest_question: Many = 300
    """Characters: what can be read aloud in half a minute."""
    longest_answer: Many = 1_000
    """Characters of a written answer or an entry of the minutes."""
    longest_reason: Many = 300
    """Characters of a reason."""
    longest_nickname: Many = 20
    ask_level: Literal[0, 1, 2, 3] = 1
    """From which level on one may ask, vote and raise a hand; visitors read."""
    questions_open_per_person: Many = 3
    question_every_s: Seconds = 60
    votes_per_minute: Many = 60
    next_questions: Many = 3
    """How many may be pinned as the next."""
    claim_s: Seconds = 60
    """How long a moderator works on a question before it is free again."""
    withdraw_edited_s: Seconds = 600
    """How long an asker may withdraw after their words were changed, whatever became of it."""
    doors_before_s: Seconds = 1_800
    closing_s: Seconds = 600
    """How long the closing lasts at most, past the end that was announced."""
    farthest_days: Many = 1_830
    """How far ahead a session may be announced or an answer promised: what is further is a slip of the pen."""
    overrun_s: Seconds = 3_600
    """How long after its announced end a live session is closed by itself."""
    joint_s: Seconds = 30
    """How long a second person has to confirm what concerns the whole venue."""
    invitation_s: Seconds = 15
    speaking_s: Seconds = 90
    speaking_least_s: Seconds = 30
    """What is left at least to a speaker who lost the line and speaks again."""
    signals_s: tuple[Seconds, ...] = (30, 10, 0)
    """At how much time left the speaker is told."""
    extension_s: Seconds = 30
    answer_s: Seconds = 240
    """How long an answer should take, shown to who answers."""
    off_after_s: Seconds = 10
    """How long past the speaking time the microphone stays on."""
    return_s: Seconds = 5
    """How long the way back from the stage takes before the next is called."""
    away_s: Seconds = 120
    """How long a broken connection keeps its place in the queue."""
    estimate_turns: Annotated[int, Field(strict=True, ge=1)] = 5
    """Of how many last turns the mean is the estimate of the next."""
    utc_offset_minutes: int = 540
    """Where the city's day begins, for `times spoken today`; Seoul has no summer time."""
    time_zone: str = "Asia/Seoul"
    """That offset's name in the tz database, for calendars."""
    pending_alarm_s: Seconds = 300
    """A question that waits longer alarms the host."""
    similar_from: Annotated[float, Field(ge=0, le=1)] = 0.5
    """From which likeness on two questions are suggested as duplicates."""
    similar_shown: Many = 3
    smallest_cell: Many = 5
    """Breakdowns are not told by number below this many people."""
    counted_questions: Many = 200
    """Of how many questions, from the first, the running numbers are sent: 1 kB a second."""
    hands: Many = 500
    """How many hands may be up."""
    cues: Many = 24
    """Lines of a run sheet: what fits one message, and one page."""
    longest_cue: Many = 80
    """Characters of a line of the run sheet."""
    longest_cue_who: Many = 40
    """Characters of who sees to it."""
    overrun_alarm_s: Seconds = 60
    """A line of the run sheet that goes on for so much longer than planned alarms who runs the event."""
    poll_s: Seconds = 120
    """How long a poll is open where its host says nothing else."""
    poll_shortest_s: Seconds = 10
    """Less nobody can read, and decide."""
    poll_longest_s: Seconds = 3_600
    polls: Many = 20
    """Polls of one session."""
    longest_poll_question: Many = 120
    longest_poll_answer: Many = 40
    """Characters: with twenty answers in two languages a poll still fits a view beside the questions."""
    channels: Many = 6
    """Channels of captions and sign language in one session."""
    captions: Many = 20_000
    """Lines of one channel: a whole day."""
    captions_per_10_s: Many = 20
    """Twice as many as a fast speaker fills."""
    longest_caption: Many = 200
    """Characters of a line: what is read before the next one comes."""
    longest_where: Many = 60
    """Characters of where sign language is to be seen."""
    name_days: Many = 30
    """Days after the end for which the names of who asked and raised a hand are kept: so long an asker whose name was
    revealed, or who was muted, may complain (an appeal's time)."""
    hidden_days: Many = 90
    """Days after the end for which words are kept that the audience never saw, or that were taken back, and the
    originals of what was edited: to answer who asks why."""
    record_days: Many = 0
    """Days after the end for which published words are kept: the record is public, and for ever."""


class RunSheetEntry(Shape):
    """What is to come `at_s` from the start (before it: negative), and who sees to it."""

    at_s: int
    lasts_s: Many | None = None
    """Without it, until the next."""
    text: Text
    who: Text
    is_public: bool = True
    """Whether the audience is told of it."""


class Words(Shape):
    """What people read; `{number}` is filled in."""

    citizen: Text
    way_to_petition: Text
    alarm_pending: Text
    alarm_away: Text
    alarm_overrun: Text
    dismissals: Mapping[str, Text]
    petition_title: Text
    deferrals: Mapping[Literal["withdrawn", "passed_on", "closed"], Text]
    """Why there is no answer to a question whose petition ended without one."""


class Content(Shape):
    """`services/live_qa.toml` of a city."""

    rules: Rules = Rules()
    words: Words
    categories: Mapping[str, Text] = {}
    """Among which an asker chooses; none: any word."""
    run_sheet: tuple[RunSheetEntry, ...] = ()

    @classmethod
    def read(cls, toml: str) -> Self:
        """The content from the text of its file; raises pydantic's ValidationError or TOMLDecodeError."""
        return cls.model_validate(tomllib.loads(toml))


@dataclass(frozen=True, slots=True)
class Stage:
    """A place from which one speaks to a district, metres."""

    x: float
    z: float


def stages_of(plan: CityPlan) -> dict[tuple[str, str], Stage]:
    """The stages of a city by district and id."""
    return {
        (district.id, stage.id): Stage(stage.x, stage.z)
        for district in plan.districts
        for stage in district.stages
    }
