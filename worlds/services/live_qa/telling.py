"""Who hears what of an event: rows as they are now, each to those who may see them."""

from collections.abc import Iterator

from protocol.message import Fact
from protocol.services import live_qa as wire
from worlds.service import Audience, Citizens, District, Everyone
from worlds.services.live_qa import captions, polls, run_sheet
from worlds.services.live_qa import events as e
from worlds.services.live_qa.roles import Office, staff
from worlds.services.live_qa.rows import (
    desk_row,
    floor_row,
    hand_row,
    is_dismissal_told,
    lowered_row,
    own_row,
    public_row,
    session_row,
)
from worlds.services.live_qa.state import ENDED, Question, Session
from worlds.services.live_qa.venue import Venue

Told = tuple[Audience, Fact]

LONGEST_ORDER = 4_000
"""Questions in one fact of the order: 12 KiB."""

PUBLIC = (
    e.Asked, e.Approved, e.Withdrawn, e.Labelled, e.Merged, e.Split, e.Pinned, e.Answered, e.Deferred,
    e.PetitionNoted, e.DeferralEnded, e.Reopened, e.Settled,
)  # fmt: skip
"""After which a published question looks another way to the audience."""

OWN = (
    e.Asked, e.Approved, e.Held, e.Withdrawn, e.Merged, e.Split, e.Pinned, e.Answered, e.Deferred,
    e.PetitionNoted, e.DeferralEnded, e.Reopened, e.Settled,
)  # fmt: skip
"""Of which the askers are told, each for their own; of dismissals by the session's setting."""


ON_STAGE = (e.Pinned, e.Answered, e.Deferred, e.Reopened)
"""After which a hall's screen or a presenter elsewhere than in the district looks again."""


def tell(venue: Venue, event: e.OfSession, now: int) -> Iterator[Told]:
    """Who hears what of an event."""
    session = venue.state.sessions[event.session]
    if isinstance(event, e.Voted):
        return
    if isinstance(event, e.OfPoll):
        yield from _of_poll(session, event)
        return
    if isinstance(event, e.OfChannel):
        yield from _of_channel(venue, session, event)
        return
    if isinstance(event, e.OfQuestion):
        yield from _of_question(venue, session, event, now)
        return
    match event:
        case e.Scheduled() | e.Adjusted() | e.JointlyDone():
            yield Everyone(), wire.SessionChanged(session=session_row(session))
        case e.Advanced():
            yield Everyone(), wire.SessionChanged(session=session_row(session))
            if event.phase == "follow_up":
                yield from _at_the_end(venue, session)
        case e.OrderFrozen():
            order = wire.OrderChanged(session=session.id, order=list(event.order[:LONGEST_ORDER]))
            yield District(session.district), order
        case e.JointlyAsked():
            request = wire.JointRequest(action=event.action, by=event.by, until=event.until)
            yield staff(Office.CREW, session), wire.JointlyAsked(session=session.id, request=request)
        case e.SeatChanged():
            yield _only(event.by), wire.SeatChanged(session=session.id, on=event.is_on)
        case e.Signalled():
            fact = wire.Signalled(session=session.id, wish=event.wish, department=event.department)
            yield staff(Office.HOST, session), fact
        case e.Minuted():
            yield District(session.district), wire.Minuted(session=session.id, minute=_minute(event, now))
        case e.RunSheetEdited() | e.CueBegun():
            sheet = wire.RunSheetChanged(
                session=session.id,
                run_sheet=run_sheet.lines(venue, session),
                sheet_version=session.sheet_version,
            )
            yield staff(Office.PART, session), sheet
            yield Everyone(), wire.SessionChanged(session=session_row(session))
        case e.Muted():
            fact_muted = wire.YouWereMuted(session=session.id, on=event.is_on, reason=event.reason)
            yield _only(event.citizen), fact_muted
        case _:
            yield from _of_floor(venue, session, event, now)


def _only(citizen: str) -> Citizens:
    return Citizens(frozenset({citizen}))


def _minute(event: e.Minuted, now: int) -> wire.Minute:
    return wire.Minute(
        kind=event.kind,
        text=event.text,
        at=now,
        question=event.question,
        owner=event.owner,
        due_at=event.due_at,
    )


# Questions


def _of_question(venue: Venue, session: Session, event: e.OfQuestion, now: int) -> Iterator[Told]:
    question = session.questions[event.question - 1]
    rows = [question, *_others(session, event)]
    for row in rows:
        desk = wire.DeskChanged(session=session.id, question=desk_row(venue, session, row, now))
        yield staff(Office.DESK, session), desk
    if isinstance(event, PUBLIC):
        for row in rows:
            if row.is_published:
                told = wire.QuestionChanged(session=session.id, question=public_row(venue, session, row))
                yield District(session.district), told
    if isinstance(event, ON_STAGE):
        yield Everyone(), wire.SessionChanged(session=session_row(session))
    if isinstance(event, OWN):
        for row in rows:
            for one in session.united(row):
                yield _to_asker(venue, session, one)
    elif isinstance(event, e.Dismissed | e.Restored) and is_dismissal_told(session):
        yield _to_asker(venue, session, question)
    elif isinstance(event, e.Revealed) and session.phase in ENDED:
        yield from _revealed(session, question)


def _others(session: Session, event: e.OfQuestion) -> list[Question]:
    """Which other rows the event changed."""
    match event:
        case e.Merged():
            return [session.questions[event.into - 1]]
        case e.Withdrawn(heir=int(heir)):
            return [session.questions[heir - 1]]
        case _:
            return []


def _to_asker(venue: Venue, session: Session, question: Question) -> Told:
    own = wire.OwnChanged(session=session.id, question=own_row(venue, session, question))
    return _only(question.author), own


def _revealed(session: Session, question: Question) -> Iterator[Told]:
    for at, reason, is_told in question.revealed:
        if is_told:
            yield (
                _only(question.author),
                wire.Revealed(session=session.id, question=question.number, reason=reason, revealed_at=at),
            )


def _at_the_end(venue: Venue, session: Session) -> Iterator[Told]:
    """What waited for the end: unanswered questions, dismissals, and who was looked up."""
    for question in session.questions:
        is_told = question.state == "dismissed" and session.options.tell_dismissed == "after_event"
        if question.state == "unanswered" or is_told:
            yield _to_asker(venue, session, question)
        yield from _revealed(session, question)


# Polls


def _of_poll(session: Session, event: e.OfPoll) -> Iterator[Told]:
    """Of a ballot its voter alone is told; who is elsewhere than in the district looks when the session changes."""
    if isinstance(event, e.TookPart):
        yield _only(event.by), wire.TookPart(session=session.id, poll=event.poll)
        return
    row = polls.poll_row(session.polls[event.poll - 1])
    yield District(session.district), wire.PollChanged(session=session.id, poll=row)
    yield Everyone(), wire.SessionChanged(session=session_row(session))


# Captions


def _of_channel(venue: Venue, session: Session, event: e.OfChannel) -> Iterator[Told]:
    """A line to who follows its channel, wherever they are, and to who wrote it; which channels there are to all."""
    if not isinstance(event, e.Captioned | e.CaptionStruck):
        yield Everyone(), wire.SessionChanged(session=session_row(session))
        return
    row = captions.line_row(venue, session.channels[event.channel], event.line)
    hearers = venue.followers_of(session.id, event.channel) | {event.by}
    yield Citizens(hearers), wire.CaptionWritten(session=session.id, channel=event.channel, line=row)


# Hands and the floor


def _of_floor(venue: Venue, session: Session, event: e.OfSession, now: int) -> Iterator[Told]:
    crew, here = staff(Office.FLOOR_MANAGER, session), District(session.district)
    floor = wire.FloorChanged(session=session.id, turn=floor_row(venue, session))

    def hand_of(citizen: str) -> Told:
        turn = session.turn
        hand = session.hands.get(citizen)
        if hand is None and turn is not None and turn.citizen == citizen:
            hand = turn.hand
        row = hand_row(venue, session, hand, now) if hand else lowered_row(venue, citizen, now)
        return crew, wire.HandChanged(session=session.id, hand=row)

    def turn_of(
        citizen: str, step: wire.TurnStep, until: int | None = None, ended: wire.TurnEnd | None = None
    ) -> Told:
        changed = wire.TurnChanged(session=session.id, step=step, until=until, ended=ended)
        return _only(citizen), changed

    match event:
        case e.HandRaised() | e.HandAway() | e.DeckReady():
            yield hand_of(event.by)
        case e.HandSkipped():
            yield hand_of(event.citizen)
        case e.HandsLowered():
            yield Citizens(frozenset(event.citizens)), wire.HandLowered(session=session.id)
            for citizen in event.citizens:
                yield hand_of(citizen)
        case e.PutOnDeck():
            yield turn_of(event.citizen, "on_deck")
            yield hand_of(event.citizen)
        case e.Invited():
            yield turn_of(event.citizen, "invited", event.until)
            yield hand_of(event.citizen)
        case e.TurnBegun() | e.TurnExtended() if session.turn is not None:
            yield turn_of(session.turn.citizen, "on_stage", event.ends_at)
            yield here, floor
            yield Everyone(), wire.SessionChanged(session=session_row(session))
            yield hand_of(session.turn.citizen)
        case e.TimeSignalled():
            yield here, wire.TimeSignalled(session=session.id, left_s=event.left_s)
        case e.TurnEnded():
            yield turn_of(
                event.citizen, "returning" if event.until else "seated", event.until or None, event.end
            )
            if event.until:
                yield here, floor
                yield Everyone(), wire.SessionChanged(session=session_row(session))
            yield hand_of(event.citizen)
        case e.Seated():
            yield turn_of(event.citizen, "seated")
        case _:
            return
