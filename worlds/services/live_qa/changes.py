"""What each event makes of the state: `apply` refuses nothing and asks nothing but the event."""

from collections.abc import Sequence

from protocol.services.live_qa import CuePlan, Minute
from worlds.service import Event
from worlds.services.live_qa import events as e
from worlds.services.live_qa.state import (
    BEFORE,
    ENDED,
    CaptionLine,
    Channel,
    Cue,
    Hand,
    Joint,
    Person,
    Poll,
    Question,
    Session,
    State,
    Turn,
)

MEAN_OF = 20
"""How many last turns are kept, of which the estimate takes the newest."""

BY_HOST = (
    e.Scheduled,
    e.Adjusted,
    e.Advanced,
    e.OrderFrozen,
    e.Pinned,
    e.Deferred,
    e.PollOpened,
    e.PollClosed,
)
BY_HEAD = (e.Restored, e.Split, e.Revealed)
BY_MODERATOR = (e.Approved, e.Held, e.Dismissed, e.Merged, e.Labelled, *BY_HEAD)


def apply(state: State, event: Event, now: int) -> None:
    """Take an event into the state."""
    if isinstance(event, e.Scheduled):
        _schedule(state, event, now)
    if not isinstance(event, e.OfSession):
        raise LookupError(f"{event.type} is not of question time")
    session = state.sessions[event.session]
    _remember_who(session, event)
    if isinstance(event, e.Asked):
        _ask(session, event, now)
    elif isinstance(event, e.Voted):
        _vote(session, event, now)
    elif isinstance(event, e.OfPoll):
        _of_poll(session, event, now)
    elif isinstance(event, e.OfChannel):
        _of_channel(session, event, now)
    elif isinstance(event, e.OfQuestion):
        question = session.questions[event.question - 1]
        question.version += 1
        _of_question(session, question, event, now)
    else:
        _of_session(state, session, event, now)


def _remember_who(session: Session, event: e.OfSession) -> None:
    """Who led and who headed the desk: they are different people."""
    if not event.by:
        return
    if isinstance(event, BY_HOST) and event.by not in session.hosts:
        session.hosts.append(event.by)
    if isinstance(event, BY_HEAD) and event.by not in session.heads:
        session.heads.append(event.by)


def _schedule(state: State, event: e.Scheduled, now: int) -> None:
    state.sessions[event.session] = Session(
        id=event.session,
        title=event.title,
        district=event.district,
        stage=event.stage,
        x=event.x,
        z=event.z,
        collects_at=event.collects_at,
        doors_at=event.doors_at,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        options=event.options,
        since=now,
        announced_at=now,
        cues=_planned(event.cues, []),
        cues_made=len(event.cues),
    )


def _planned(plans: Sequence[CuePlan], before: Sequence[Cue]) -> list[Cue]:
    """The run sheet as it is planned; what is there already keeps its times."""
    was = {one.cue: one for one in before}
    cues = []
    for plan in plans:
        assert plan.cue is not None
        cue = Cue(plan.cue, plan.at, plan.lasts_s, plan.text, plan.who, plan.is_public)
        if plan.cue in was:
            cue.began_at, cue.ended_at = was[plan.cue].began_at, was[plan.cue].ended_at
        cues.append(cue)
    return cues


def _begin_cue(session: Session, number: int | None, now: int) -> None:
    for cue in session.cues:
        if cue.is_on and cue.cue != number:
            cue.ended_at = now
        if cue.cue == number:
            cue.began_at, cue.ended_at = now, None


def _of_session(state: State, session: Session, event: e.OfSession, now: int) -> None:
    match event:
        case e.Scheduled():
            pass
        case e.Adjusted():
            changed = event.options.model_dump(exclude_none=True)
            session.options = session.options.model_copy(update=changed)
        case e.Advanced():
            _advance(session, event, now)
        case e.JointlyAsked():
            session.joint = Joint(event.action, event.by, event.is_host, event.until)
        case e.JointlyDone():
            session.joint = None
            if event.action in ("stop", "resume"):
                session.is_stopped = event.action == "stop"
            elif event.action in ("mute", "unmute"):
                session.is_muted = event.action == "mute"
        case e.OrderFrozen():
            session.order = list(event.order)
        case e.SeatChanged(is_on=True):
            session.seats[event.by] = now
        case e.SeatChanged():
            session.seats.pop(event.by, None)
        case e.Signalled():
            pass
        case e.Minuted():
            session.minutes.append(
                Minute(
                    kind=event.kind,
                    text=event.text,
                    at=now,
                    question=event.question,
                    owner=event.owner,
                    due_at=event.due_at,
                )
            )
        case e.RunSheetEdited():
            session.cues = _planned(event.cues, session.cues)
            session.sheet_version += 1
            session.cues_made = max([session.cues_made, *(cue.cue for cue in session.cues)])
        case e.CueBegun():
            _begin_cue(session, event.cue, now)
        case e.Muted():
            _person(session, event.citizen).is_muted = event.is_on
        case _:
            _of_floor(state, session, event, now)


def _advance(session: Session, event: e.Advanced, now: int) -> None:
    if event.phase == "follow_up" and session.phase in BEFORE:
        session.called_off_at = now
    session.phase, session.mode, session.since = event.phase, event.mode, now
    if event.phase == "live" and not session.live_at:
        session.live_at = now
    if event.phase in ENDED:
        _begin_cue(session, None, now)
        for question in session.questions:
            if question.state in ("open", "next", "now"):
                question.state = "unanswered"
                question.version += 1
        session.hands.clear()
        session.on_deck, session.is_deck_ready = None, False
        session.joint, session.is_stopped, session.is_muted = None, False, False


def _person(session: Session, citizen: str) -> Person:
    return session.people.setdefault(citizen, Person())


# Questions


def _ask(session: Session, event: e.Asked, now: int) -> None:
    person = _person(session, event.by)
    if not person.alias:
        session.aliases += 1
        person.alias = session.aliases
    person.asked_at = now
    person.questions.append(event.question)
    session.questions.append(
        Question(
            number=event.question,
            author=event.by,
            name=event.name,
            level=event.level,
            text=event.text,
            asked_at=now,
            state=event.state,
            alias=person.alias,
            nickname=event.nickname,
            category=event.category,
            language=event.language,
            approved_at=now if event.state == "open" else None,
            hold_reason=event.hold_reason,
            marks=event.marks,
        )
    )


def _vote(session: Session, event: e.Voted, now: int) -> None:
    question = session.questions[event.question - 1]
    person = _person(session, event.by)
    person.has_voted = True
    if now - person.votes_since >= 60_000:
        person.votes_since, person.votes = now, 0
    person.votes += 1
    if event.is_on:
        question.voters[event.by] = now
    else:
        for one in session.united(session.head_of(question)):
            one.voters.pop(event.by, None)


def _of_question(session: Session, question: Question, event: e.OfQuestion, now: int) -> None:
    if isinstance(event, BY_MODERATOR) and event.by not in question.moderators:
        question.moderators.append(event.by)
    match event:
        case e.Claimed():
            question.claimed_by = event.by if event.until else None
            question.claimed_until = event.until
        case e.Approved():
            _free(question)
            question.state, question.approved_at, question.hold_reason = "open", now, None
            if session.phase in ENDED:
                question.state = "unanswered"
            question.edited = event.text
        case e.Held():
            _free(question)
            question.state, question.hold_reason, question.held_by = "held", event.reason, event.by
        case e.Dismissed():
            _free(question)
            question.state, question.dismissal = "dismissed", event.reason
        case e.Restored():
            question.state, question.dismissal = "pending", None
        case e.Labelled(is_on=True):
            question.labels[event.label] = event.is_public
        case e.Labelled():
            question.labels.pop(event.label, None)
        case e.Merged():
            into = session.questions[event.into - 1]
            into.version += 1
            into.members.append(question.number)
            question.state, question.merged_into = "merged", into.number
        case e.Split():
            _split(session, question)
        case e.SplitAsked():
            question.wants_split = True
        case e.Withdrawn():
            _withdraw(session, question, event.heir)
        case e.Revealed():
            question.revealed.append((now, event.reason, event.is_told))
        case _:
            _on_stage(session, question, event, now)


def _free(question: Question) -> None:
    question.claimed_by, question.claimed_until = None, 0


def _split(session: Session, question: Question) -> None:
    assert question.merged_into is not None
    head = session.questions[question.merged_into - 1]
    head.version += 1
    head.members.remove(question.number)
    question.merged_into, question.wants_split = None, False
    question.state = "unanswered" if session.phase in ENDED else "open"


def _withdraw(session: Session, question: Question, heir: int | None) -> None:
    """What was joined with it stays joined, and so do those who stand behind it; only its asker goes."""
    state, question.state = question.state, "withdrawn"
    _free(question)
    if question.merged_into is not None:
        heir_question = session.questions[question.merged_into - 1]
        heir_question.members.remove(question.number)
        question.merged_into = None
    elif heir is not None:
        heir_question = session.questions[heir - 1]
        question.members.remove(heir)
        heir_question.merged_into, heir_question.state = None, state
        heir_question.pinned_at = question.pinned_at
        if session.order is not None:
            session.order = [heir if n == question.number else n for n in session.order]
    else:
        question.voters.clear()
        return
    heir_question.version += 1
    for number in question.members:
        session.questions[number - 1].merged_into = heir_question.number
    heir_question.members += question.members
    for voter, at in question.voters.items():
        if voter != heir_question.author:
            heir_question.voters.setdefault(voter, at)
    question.members = []
    question.voters.clear()


def _on_stage(session: Session, question: Question, event: e.OfQuestion, now: int) -> None:
    match event:
        case e.Pinned():
            question.state = event.to
            question.pinned_at = None if event.to == "open" else now
            question.answered_by = event.office or question.answered_by
        case e.Answered():
            is_live = question.state == "now"
            question.state = "answered" if is_live else "answered_later"
            question.answer, question.answered_by, question.answered_at = event.text, event.office, now
            question.recording_offset_s = event.recording_offset_s
        case e.Deferred():
            question.state, question.department = "deferred", event.department
        case e.PetitionNoted():
            question.petition = event.petition
            question.due_at = event.due_at if event.due_at is not None else question.due_at
            question.department = event.department or question.department
        case e.DeferralEnded(end="answered"):
            question.state, question.answer = "answered_later", event.text
            question.answered_by, question.answered_at = question.department, now
        case e.DeferralEnded():
            question.state, question.no_answer_because = "unanswered", event.reason
        case e.Reopened():
            question.state = "unanswered" if session.phase in ENDED else "open"
            question.answer = question.answered_by = question.answered_at = question.pinned_at = None
            question.recording_offset_s = None
        case e.Settled():
            question.due_at, question.no_answer_because = event.due_at, event.reason
        case _:
            raise LookupError(f"{event.type} is not of a question")


# Hands and the floor


def _of_floor(state: State, session: Session, event: e.OfSession, now: int) -> None:
    match event:
        case e.HandRaised():
            session.names.append(event.name)
            session.hands[event.by] = Hand(
                citizen=event.by,
                name=event.name,
                lane=event.lane,
                raised_at=now,
                question=event.question,
                language=event.language,
            )
        case e.HandsLowered():
            for citizen in event.citizens:
                session.hands.pop(citizen, None)
                _off_deck(session, citizen)
        case e.HandSkipped():
            session.hands[event.citizen].is_skipped = True
            _off_deck(session, event.citizen)
        case e.HandAway():
            session.hands[event.by].away_until = event.until
            if event.until:
                _off_deck(session, event.by)
        case e.PutOnDeck():
            session.on_deck, session.is_deck_ready = event.citizen, False
        case e.DeckReady():
            session.is_deck_ready = True
        case e.Invited():
            _off_deck(session, event.citizen)
            session.turn = Turn(event.citizen, "invited", event.until)
        case e.TurnBegun():
            hand = session.hands.pop(event.citizen)
            session.turn = Turn(event.citizen, "on_stage", event.ends_at, hand, now, event.ends_at)
        case e.TurnExtended():
            assert session.turn is not None
            session.turn.ends_at = session.turn.until = event.ends_at
            session.turn.is_extended, session.turn.signalled = True, []
        case e.TimeSignalled():
            assert session.turn is not None
            session.turn.signalled.append(event.left_s)
        case e.TurnEnded():
            _end_turn(state, session, event, now)
        case e.Seated():
            session.turn = None
        case _:
            raise LookupError(f"{event.type} is not of a session")


def _off_deck(session: Session, citizen: str) -> None:
    if session.on_deck == citizen:
        session.on_deck, session.is_deck_ready = None, False


def _end_turn(state: State, session: Session, event: e.TurnEnded, now: int) -> None:
    turn = session.turn
    assert turn is not None
    if turn.hand is None:
        session.turn = None
        hand = session.hands.get(event.citizen)
        if hand is not None and event.end == "no_answer":
            hand.is_skipped = True
        if event.end == "declined":
            session.hands.pop(event.citizen, None)
        return
    turn.step, turn.until = "returning", event.until
    if event.end == "lost":
        turn.hand.left_ms = event.left_ms
        session.hands[event.citizen] = turn.hand
    else:
        session.turns_ms = [*session.turns_ms, now - turn.began_at][-MEAN_OF:]
        if state.day != event.day:
            state.day = event.day
            state.spoken.clear()
        state.spoken[event.citizen] = state.spoken.get(event.citizen, 0) + 1
    turn.hand = None


# Polls


def _of_poll(session: Session, event: e.OfPoll, now: int) -> None:
    if isinstance(event, e.PollOpened):
        session.polls.append(
            Poll(
                number=event.poll,
                question=event.question,
                answers=list(event.answers),
                most=event.most,
                is_binding=event.is_binding,
                eligible=event.eligible,
                opened_at=now,
                closes_at=event.closes_at,
                present=event.present,
                min_ballots=event.min_ballots,
                min_share=event.min_share,
                guests=list(event.guests),
            )
        )
        return
    poll = session.polls[event.poll - 1]
    match event:
        case e.TookPart():
            poll.took_part[event.by] = now
            poll.turnout += 1
        case e.PollClosed():
            poll.state, poll.closed_at = "closed", now
        case e.PollCounted():
            poll.state, poll.ballots, poll.digest = event.outcome, event.ballots, event.digest
            poll.votes = list(event.votes) if event.outcome == "counted" else None
            poll.guests.clear()
            poll.took_part.clear()
        case _:
            raise LookupError(f"{event.type} is not of a poll")


# Captions

BURST_MS = 10_000
"""Over so long lines are counted."""


def _of_channel(session: Session, event: e.OfChannel, now: int) -> None:
    if isinstance(event, e.ChannelOpened):
        channel = session.channels.setdefault(event.channel, Channel(event.channel, event.kind))
        channel.writer, channel.where = event.by, event.where
        return
    channel = session.channels[event.channel]
    match event:
        case e.ChannelClosed():
            channel.writer = None
        case e.Captioned():
            if now - channel.burst_at >= BURST_MS:
                channel.burst_at, channel.burst = now, 0
            channel.burst += 1
            channel.lines.append(CaptionLine(now, event.text))
        case e.CaptionStruck():
            channel.lines[event.line - 1].is_struck = True
        case _:
            raise LookupError(f"{event.type} is not of a channel")
