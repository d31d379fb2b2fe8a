"""Live question time as a service: which rule answers which command, and what follows from an event."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, ClassVar, TypeAlias

from pydantic import BaseModel, TypeAdapter

from protocol.message import Command, Count, Fact
from protocol.services import live_qa as wire
from protocol.services.petitions import FilePetition
from worlds.access import holds_any
from worlds.citizen import Citizen
from worlds.evidence import Witness
from worlds.service import (
    Audience,
    Ballot,
    Effect,
    Event,
    Listing,
    Move,
    Personal,
    Record,
    Service,
    Spotlight,
    Tally,
    Texts,
)
from worlds.services.live_qa import (
    answering,
    asking,
    captions,
    changes,
    deadlines,
    floor,
    moderation,
    polls,
    retention,
    run_sheet,
    sessions,
    telling,
    views,
)
from worlds.services.live_qa import events as e
from worlds.services.live_qa.content import Content, Stage
from worlds.services.live_qa.counting import Counting
from worlds.services.live_qa.inside import (
    NotePetition,
    Presence,
    TakeTally,
    WitnessedFollow,
    WitnessedHand,
    WitnessedPoll,
)
from worlds.services.live_qa.ranking import places, today
from worlds.services.live_qa.records import poll_record, question_record, session_record
from worlds.services.live_qa.roles import Office, holds
from worlds.services.live_qa.rows import desk_row, name_of, session_row
from worlds.services.live_qa.state import ENDED, Session, State
from worlds.services.live_qa.venue import Marks, Venue, no_marks

Rule: TypeAlias = Callable[[Venue, Any, Citizen, int], Iterator[e.OfSession]]

RULES: Mapping[type[Command], Rule] = {
    wire.Reserve: asking.reserve,
    wire.Ask: asking.ask,
    wire.Vote: asking.vote,
    wire.Withdraw: asking.withdraw,
    wire.AskSplit: asking.ask_split,
    wire.RaiseHand: floor.raise_hand,
    wire.LowerHand: floor.lower_hand,
    wire.TakeFloor: floor.take,
    wire.SteerFloor: floor.steer,
    wire.Claim: moderation.claim,
    wire.Approve: moderation.approve,
    wire.Hold: moderation.hold,
    wire.Dismiss: moderation.dismiss,
    wire.Restore: moderation.restore,
    wire.PutLabel: moderation.label,
    wire.Merge: moderation.merge,
    wire.Split: moderation.split,
    wire.Reveal: moderation.reveal,
    wire.Mute: moderation.mute,
    wire.Pin: answering.pin,
    wire.AnswerQuestion: answering.answer,
    wire.Defer: answering.defer,
    wire.Reopen: answering.reopen,
    wire.Settle: answering.settle,
    wire.Schedule: sessions.schedule,
    wire.Adjust: sessions.adjust,
    wire.Advance: sessions.advance,
    wire.ActJointly: sessions.act_jointly,
    wire.RefreshOrder: sessions.refresh_order,
    wire.Signal: sessions.signal,
    wire.TakeMinutes: sessions.take_minutes,
    wire.EditRunSheet: run_sheet.edit,
    wire.BeginCue: run_sheet.begin,
    wire.OpenPoll: polls.open_poll,
    WitnessedPoll: polls.open_poll,
    wire.CastBallot: polls.cast,
    wire.ClosePoll: polls.close_poll,
    TakeTally: polls.take_tally,
    wire.OpenChannel: captions.open_channel,
    wire.CloseChannel: captions.close_channel,
    wire.WriteCaption: captions.caption,
    wire.StrikeCaption: captions.strike,
    wire.FollowCaptions: captions.require_channels,
    WitnessedFollow: captions.require_channels,
    WitnessedHand: floor.raise_hand,
    Presence: floor.presence,
    NotePetition: answering.note_petition,
}
"""What each command is decided by; the others only read."""

ENDS: Mapping[str, e.DeferralEnd] = {
    "answered": "answered", "granted": "answered", "rejected": "answered",
    "withdrawn": "withdrawn", "deemed_withdrawn": "withdrawn",
    "closed_transferred": "passed_on",
    "returned": "closed", "not_processed": "closed", "closed_repeat": "closed",
}  # fmt: skip
"""What the last state of a petition is to the question that it was."""

STATE = TypeAdapter(State)


class LiveQa(Service[e.OfSession]):
    """Question times of one city."""

    name: ClassVar[str] = "live_qa"
    events: ClassVar[tuple[type[Event], ...]] = e.EVENTS
    commands: ClassVar[tuple[type[Command], ...]] = (
        *wire.COMMANDS,
        Presence,
        NotePetition,
        WitnessedPoll,
        WitnessedFollow,
        WitnessedHand,
        TakeTally,
    )

    def __init__(
        self,
        texts: Texts,
        content: Content,
        stages: Mapping[tuple[str, str], Stage],
        marks: Marks = no_marks,
    ) -> None:
        super().__init__(texts)
        self.venue = Venue(texts, content, stages, marks)
        self._running: dict[str, Session] = {}
        self._petitions: dict[str, tuple[str, int]] = {}
        self._uncounted: dict[str, tuple[str, int]] = {}
        self._counting = Counting(self.venue)

    # Deciding

    def decide(self, command: Command, citizen: Citizen, now: int, chance: bytes) -> Iterator[e.OfSession]:
        rule = RULES.get(type(command))
        if rule is not None:
            yield from rule(self.venue, command, citizen, now)

    def apply(self, event: e.OfSession, now: int) -> None:
        changes.apply(self.venue.state, event, now)
        session = self.venue.state.sessions[event.session]
        if not isinstance(event, e.Voted | e.TookPart | e.OfChannel):
            self.venue.ranking.forget(session.id)
        if isinstance(event, e.Scheduled | e.Advanced | e.Seated):
            self._run(session)
        if isinstance(event, e.PetitionNoted):
            self._petitions[event.petition] = event.session, event.question
        if isinstance(event, e.PollClosed):
            self._uncounted[polls.box_of(session.id, event.poll)] = session.id, event.poll
        elif isinstance(event, e.PollCounted):
            self._uncounted.pop(polls.box_of(session.id, event.poll), None)

    def _run(self, session: Session) -> None:
        if deadlines.is_running(session):
            self._running[session.id] = session
        else:
            self._running.pop(session.id, None)
            self.venue.profiles.pop(session.id, None)
            self.venue.followers.pop(session.id, None)

    def answer(
        self, command: Command, citizen: Citizen, events: Iterable[e.OfSession], now: int
    ) -> BaseModel | None:
        venue = self.venue
        match command:
            case wire.ListSessions():
                return views.sessions(venue, command)
            case wire.Look():
                return views.look(venue, command, citizen, now)
            case wire.ListQuestions():
                return views.questions(venue, command, citizen, now)
            case wire.ListDesk():
                return views.desk(venue, command, citizen, now)
            case wire.ReadRecord():
                return views.record(venue, command)
            case wire.ListPolls():
                return views.poll_list(venue, command, citizen)
            case wire.ListCaptions():
                return views.caption_page(venue, command)
            case wire.FollowCaptions():
                return captions.follow(venue, command, citizen)
            case wire.OpenPoll():
                return next(wire.PollOpened(poll=one.poll) for one in events if isinstance(one, e.PollOpened))
            case wire.Schedule():
                return next(wire.QuestionTimeScheduled(session=one.session) for one in events)
            case wire.ActJointly():
                asked = next((one for one in events if isinstance(one, e.JointlyAsked)), None)
                return wire.JointState(
                    state="asked" if asked else "done", until=asked.until if asked else None
                )
            case wire.EditRunSheet():
                session = venue.state.session(command.session)
                return wire.RunSheetEdited(sheet_version=session.sheet_version)
            case wire.RaiseHand():
                session = venue.state.session(command.session)
                found = places(venue.state, session, venue.rules, today(venue.rules, now))
                return found.get(citizen.id) or wire.OwnHand(place=1, of=len(found), estimate_s=0)
            case _:
                return self._answer_question(command, events, now)

    def _answer_question(self, command: Command, events: Iterable[e.OfSession], now: int) -> BaseModel | None:
        match command:
            case wire.Ask():
                asked = next(one for one in events if isinstance(one, e.Asked))
                session = self.venue.state.session(command.session)
                question = session.question(asked.question)
                return wire.QuestionAsked(
                    question=question.number,
                    state="open" if asked.state == "open" else "held",
                    by=name_of(self.venue, question),
                )
            case wire.Vote():
                session = self.venue.state.session(command.session)
                head = session.head_of(session.question(command.question))
                return wire.QuestionBackers(backers=session.backers(head))
            case wire.Reveal():
                question = self.venue.state.session(command.session).question(command.question)
                return wire.AskerIdentity(
                    citizen=question.author, name=self.texts[question.name], level=question.level
                )
            case (
                wire.Claim() | wire.Approve() | wire.Hold() | wire.Dismiss() | wire.Restore()
                | wire.PutLabel() | wire.Merge() | wire.Split() | wire.Pin() | wire.AnswerQuestion()
                | wire.Defer() | wire.Reopen() | wire.Settle()
            ):  # fmt: skip
                session = self.venue.state.session(command.session)
                question = session.question(command.question)
                return wire.Moderated(row=desk_row(self.venue, session, question, now))
            case _:
                return None

    # Telling

    def tell(self, event: e.OfSession, now: int) -> Iterator[tuple[Audience, Fact]]:
        yield from telling.tell(self.venue, event, now)

    def effects(self, event: e.OfSession) -> Iterator[Effect]:
        session = self.venue.state.sessions[event.session]
        match event:
            case e.TurnBegun(citizen=citizen):
                yield Move(citizen, session.district, session.x, session.z)
                yield Spotlight(citizen, True)
            case e.TurnEnded(citizen=citizen) if event.until:
                yield Spotlight(citizen, False)
                yield Move(citizen, session.district, None, None)
            case _:
                return

    def records(self, event: e.OfSession, now: int) -> Iterator[Record]:
        session = self.venue.state.sessions[event.session]
        match event:
            case e.Voted() | e.TookPart() | e.OfChannel():
                return
            case e.OfPoll():
                yield poll_record(session, session.polls[event.poll - 1])
            case e.Scheduled() | e.Adjusted():
                yield session_record(session)
            case e.Advanced():
                yield session_record(session)
                if session.phase in ENDED:
                    for question in session.questions:
                        yield from question_record(session, question)
            case e.OfQuestion():
                question = session.questions[event.question - 1]
                yield from question_record(session, question)
                if question.merged_into is not None:
                    yield from question_record(session, session.head_of(question))
            case _:
                return

    kinds: ClassVar[tuple[str, ...]] = ("question_time", "question", "poll")

    def listing(self, kind: str, citizen: Citizen) -> Listing | None:
        """Sessions, polls, and what is on record: everyone; the questions of a session before that: who works at it."""
        if kind != "question":
            return Listing()
        offices = (Office.CREW, Office.CLERK, Office.ANSWERER)
        if any(holds_any(citizen, office.value, None) for office in offices):
            return Listing(with_texts=True)
        theirs = (
            {"session": session.id}
            for session in self._running.values()
            if any(holds(citizen, office, session) for office in offices)
        )
        return Listing(({"is_on_record": True}, *theirs), with_texts=True)

    def presence(self, citizen: Citizen, *, is_away: bool) -> Iterator[Command]:
        """Whoever waits with a hand up, or speaks, is seen to be away; nobody else is noted.

        Who is away hears no captions: back again they ask for them, and are given the last lines.
        """
        if is_away:
            for following in self.venue.followers.values():
                following.pop(citizen.id, None)
        for session in self.venue.state.sessions.values():
            speaks = session.turn is not None and session.turn.citizen == citizen.id
            if speaks or citizen.id in session.hands:
                yield Presence(id=0, away=is_away)
                return

    def follow(self, event: Event, now: int) -> Iterator[tuple[Command, Citizen]]:
        """A deferred question is filed as its asker's petition; what becomes of it is noted.

        Events of other services are known by their words alone: one service does not import another.
        """
        if isinstance(event, e.Deferred):
            yield self._petition(event)
            return
        petition = getattr(event, "petition", None)
        if not event.type.startswith("petitions.") or not isinstance(petition, str):
            return
        origin = getattr(event, "origin", None)
        if isinstance(origin, str) and origin.startswith(f"{self.name}/"):
            _, session, number = origin.split("/")
            known: tuple[str, int] | None = (session, int(number))
        else:
            known = self._petitions.get(petition)
        if known is not None:
            yield self._noted(event, *known), Citizen(id="", name="")

    def _noted(self, event: Any, session: str, question: int) -> NotePetition:
        """Of another service's event: its words are looked up, as it may lack any of them."""
        end = ENDS.get(getattr(event, "to", None) or "")
        is_told = end == "answered" and getattr(event, "in_public", False)
        return NotePetition(
            id=0,
            session=session,
            question=question,
            petition=event.petition,
            due_at=getattr(event, "due_at", 0) or None,
            department=event.department if event.type == "petitions.routed" else None,
            end=end,
            text=self.texts[event.text] if is_told else "",
        )

    def _petition(self, event: e.Deferred) -> tuple[Command, Citizen]:
        session = self.venue.state.sessions[event.session]
        question = session.questions[event.question - 1]
        title = self.venue.content.words.petition_title.ko
        command = FilePetition.model_validate(
            {
                "id": 0,
                "kind": event.kind,
                "title": title.format(title=session.title.ko, number=question.number),
                "text": self.texts[question.shown_text],
                "name": self.texts[question.name],
                "department": event.department,
                "channel": "question_time",
                "origin": f"{self.name}/{session.id}/{question.number}",
            }
        )
        asker = Citizen(question.author, self.texts[question.name], ("citizen",), level=question.level)
        return command, asker

    def scopes(self, command: Command) -> tuple[str, ...]:
        session = self.venue.state.sessions.get(getattr(command, "session", ""))
        return () if session is None else (session.scope,)

    # Secret polls

    def took_part(self, event: e.OfSession) -> str | None:
        return polls.box_of(event.session, event.poll) if isinstance(event, e.TookPart) else None

    def ballot(self, command: Command) -> Ballot | None:
        return polls.ballot_of(command) if isinstance(command, wire.CastBallot) else None

    def uncounted(self) -> Collection[str]:
        return self._uncounted

    def counted(self, tally: Tally) -> Command:
        session, poll = self._uncounted[tally.poll]
        return TakeTally(id=0, session=session, poll=poll, times=dict(tally.times), digest=tally.digest)

    def witnessed(self, command: Command, citizen: Citizen, witness: Witness) -> Command:
        if isinstance(command, wire.FollowCaptions):
            return WitnessedFollow(**dict(command), is_here=witness.citizen(citizen.id) is not None)
        session = self.venue.state.sessions.get(getattr(command, "session", ""))
        if session is None:
            return command
        match command:
            case wire.OpenPoll():
                return WitnessedPoll(**dict(command), here=tuple(witness.who_is_in(session.district)))
            case wire.RaiseHand():
                is_in_hall = witness.is_in_hall(citizen.id, session.district)
                return WitnessedHand(**dict(command), is_in_hall=is_in_hall)
            case _:
                return command

    # Showing

    def view(self, citizen: Citizen, district: str, now: int) -> Mapping[str, Any] | None:
        here = [session for session in self._running.values() if session.district == district]
        if not here:
            return None
        current = min(
            here, key=lambda session: (session.phase in ("scheduled", "collecting"), session.starts_at)
        )
        shown = views.audience(self.venue, current, citizen, now)
        rows = [session_row(session) for session in here[: views.MAX_SESSIONS] if session is not current]
        return {
            "audience": shown.model_dump(exclude_none=True),
            "sessions": [
                row.model_dump(exclude_none=True) for row in views.within(rows, views.MINE_BYTES // 2)
            ],
        }

    def counts(self, now: int) -> Iterator[tuple[Audience, Count]]:
        yield from self._counting.of(self._running.values(), now)

    # Deadlines

    def due(self, now: int) -> Iterator[e.OfSession]:
        for session in self._running.values():
            at = deadlines.next_due(self.venue, session)
            if at is not None and at <= now:
                yield from deadlines.due(self.venue, session, now)

    def next_due(self) -> int | None:
        dues = (deadlines.next_due(self.venue, session) for session in self._running.values())
        return min((at for at in dues if at is not None), default=None)

    # Keeping

    def expired(self, now: int) -> Iterator[Personal]:
        yield from retention.expired(self.venue, now)

    def forget(self, erased: Collection[str]) -> None:
        retention.forget(self.venue, erased)

    def snapshot(self) -> Any:
        return STATE.dump_python(self.venue.state, mode="json")

    def restore(self, snapshot: Any) -> None:
        self.venue.state = STATE.validate_python(snapshot)
        self._running = {}
        self._petitions = {}
        self._uncounted = {}
        self._counting = Counting(self.venue)
        for session in self.venue.state.sessions.values():
            self.venue.ranking.forget(session.id)
            self.venue.profiles.pop(session.id, None)
            self._run(session)
            for poll in session.polls:
                if poll.state == "closed":
                    self._uncounted[polls.box_of(session.id, poll.number)] = session.id, poll.number
            for question in session.questions:
                if question.petition is not None:
                    self._petitions[question.petition] = session.id, question.number
