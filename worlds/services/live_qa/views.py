"""What each reader is shown: views, lists in pages, the public record. All made from the one state."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from pydantic import BaseModel

from protocol.refusals import Refusal, Refused
from protocol.services import live_qa as wire
from worlds.citizen import Citizen
from worlds.services.live_qa import captions, polls, run_sheet
from worlds.services.live_qa.content import S
from worlds.services.live_qa.ranking import order_for, places, queue, today
from worlds.services.live_qa.roles import Office, require
from worlds.services.live_qa.rows import (
    desk_row,
    floor_row,
    hand_row,
    own_row,
    prompt,
    public_bytes,
    public_row,
    session_row,
)
from worlds.services.live_qa.state import ENDED, Poll, Question, Session
from worlds.services.live_qa.venue import Venue

PAGE_BYTES = 12_000
"""Of rows on one page, so that with what stands around them a view stays under 16 KiB."""

MINE_BYTES = 4_000
"""Of one's own questions in the view on arrival; the others are listed by `live_qa.questions`."""

MAX_SESSIONS = 20
"""Sessions on one page."""

DONE: frozenset[wire.QuestionState] = frozenset(
    {"now", "answered", "deferred", "answered_later", "unanswered"}
)

T = TypeVar("T")
R = TypeVar("R", bound=BaseModel)


def _size(row: BaseModel) -> int:
    return len(row.model_dump_json(exclude_none=True).encode())


def within(rows: Iterable[R], budget: int) -> list[R]:
    """As many rows from the first as there is room for, in bytes."""
    taken = []
    for row in rows:
        budget -= _size(row)
        if budget < 0:
            break
        taken.append(row)
    return taken


def page(
    items: list[T],
    after: str | None,
    row_of: Callable[[T], R],
    budget: int = PAGE_BYTES,
    bytes_of: Callable[[T], int] | None = None,
) -> tuple[list[R], str | None]:
    """Rows from the place `after` on, at least one; and the place where the next page begins.

    `bytes_of`: how long an item's row is at most, where that is known without looking.
    """
    try:
        start = int(after or 0)
    except ValueError:
        start = -1
    if start < 0:
        raise Refused(Refusal.BAD_MESSAGE, "no place in a list", field="after")
    rows: list[R] = []
    for item in items[start:]:
        row = row_of(item)
        budget -= _size(row) if bytes_of is None else bytes_of(item)
        if rows and budget < 0:
            return rows, str(start + len(rows))
        rows.append(row)
    return rows, None


def sessions(venue: Venue, command: wire.ListSessions) -> wire.SessionList:
    """The next first, then those that are over, the newest first."""
    every = list(venue.state.sessions.values())
    ahead = sorted((s for s in every if s.phase not in ENDED), key=lambda s: s.starts_at)
    past = sorted((s for s in every if s.phase in ENDED), key=lambda s: -s.starts_at)
    rows, after = page([*ahead, *past], command.after, session_row)
    return wire.SessionList(sessions=rows, next=after)


def look(venue: Venue, command: wire.Look, citizen: Citizen, now: int) -> wire.Seen:
    """One view; the presenter's and the host's only for them."""
    session = venue.state.session(command.session)
    match command.view:
        case "audience":
            return wire.Seen(audience=audience(venue, session, citizen, now))
        case "presenter":
            require(citizen, session, Office.ANSWERER, Office.HOST, Office.CLERK)
            return wire.Seen(presenter=presenter(venue, session))
        case "host":
            require(citizen, session, Office.FLOOR_MANAGER)
            return wire.Seen(host=host(venue, session, now))
        case "screen":
            return wire.Seen(screen=screen(venue, session))
        case "crew":
            require(citizen, session, Office.PART)
            return wire.Seen(crew=crew(venue, session, now))


def audience(
    venue: Venue, session: Session, citizen: Citizen, now: int, budget: int = PAGE_BYTES
) -> wire.AudienceView:
    """What one attendee sees."""

    def row(question: Question) -> wire.Question:
        return public_row(venue, session, question, citizen.id)

    current = session.now
    pinned = [row(q) for q in ([current] if current else []) + session.next]
    poll = polls.shown(session)
    poll_row = polls.poll_row(poll, citizen.id) if poll is not None else None
    budget -= sum(map(_size, [*pinned, *map(captions.channel_row, session.channels.values())]))
    budget -= _size(poll_row) if poll_row is not None else 0
    own = [session.questions[n - 1] for n in reversed(session.person(citizen.id).questions)]
    mine = within((own_row(venue, session, q) for q in own), min(MINE_BYTES, max(budget // 2, 0)))
    budget -= sum(map(_size, mine))
    questions, after = _open_page(venue, session, citizen, None, now, max(budget, 0))
    hands = places(venue.state, session, venue.rules, today(venue.rules, now)) if session.hands else {}
    return wire.AudienceView(
        session=session_row(session),
        now=pinned[0] if current else None,
        next=pinned[1:] if current else pinned,
        questions=questions,
        next_page=after,
        mine=mine,
        hand=hands.get(citizen.id),
        floor=floor_row(venue, session),
        poll=poll_row,
    )


def _open_page(
    venue: Venue, session: Session, citizen: Citizen, after: str | None, now: int, budget: int = PAGE_BYTES
) -> tuple[list[wire.Question], str | None]:
    def row(item: tuple[Question, bool]) -> wire.Question:
        return public_row(venue, session, item[0], citizen.id, is_new=item[1])

    def size(item: tuple[Question, bool]) -> int:
        return public_bytes(venue, session, item[0])

    top = venue.ranking.top(session, now)
    return page(order_for(session, citizen.id, top), after, row, budget, size)


def presenter(venue: Venue, session: Session) -> wire.PresenterView:
    """Large type; no names, no numbers."""
    current, turn = session.now, session.turn
    return wire.PresenterView(
        session=session_row(session),
        now=prompt(venue, current, is_for_answerer=True) if current else None,
        next=[prompt(venue, q, is_for_answerer=True) for q in session.next],
        who_answers=current.answered_by if current else None,
        floor_ends_at=turn.ends_at if turn is not None and turn.step == "on_stage" else None,
        poll=_on_screen(session),
    )


def _on_screen(session: Session) -> wire.Poll | None:
    poll = polls.on_screen(session)
    return polls.poll_row(poll) if poll is not None else None


def screen(venue: Venue, session: Session) -> wire.ScreenView:
    """For the hall and the stream: nobody's identity."""
    current, turn = session.now, session.turn
    return wire.ScreenView(
        title=session.title,
        phase=session.phase,
        mode=session.mode,
        is_stopped=session.is_stopped,
        now=prompt(venue, current) if current and not session.is_stopped else None,
        is_floor_taken=turn is not None and turn.step == "on_stage",
        poll=_on_screen(session),
    )


def host(venue: Venue, session: Session, now: int) -> wire.HostView:
    """The run sheet, the hands, what waits, what alarms."""
    rules, content = venue.rules, venue.content
    waiting = [q for q in session.questions if q.state == "pending"]
    oldest_s = max(((now - q.asked_at) // S for q in waiting), default=0)
    hands = queue(venue.state, session, today(rules, now))
    turn, joint = session.turn, session.joint
    alarms = list(run_sheet.alarms(venue, session, now))
    if rules.pending_alarm_s and oldest_s >= rules.pending_alarm_s and session.phase == "live":
        alarms.append(content.words.alarm_pending)
    if any(hand.away_until > now for hand in hands[:1]):
        alarms.append(content.words.alarm_away)
    return wire.HostView(
        session=session_row(session),
        run_sheet=run_sheet.lines(venue, session),
        sheet_version=session.sheet_version,
        hands=within((hand_row(venue, session, hand, now) for hand in hands), PAGE_BYTES - MINE_BYTES),
        floor=floor_row(venue, session),
        invited=turn.citizen if turn is not None and turn.step == "invited" else None,
        on_deck=session.on_deck,
        is_deck_ready=session.is_deck_ready,
        open=sum(q.state == "open" for q in session.questions),
        pending=len(waiting),
        held=sum(q.state == "held" for q in session.questions),
        oldest_pending_s=oldest_s,
        joint=(
            wire.JointRequest(action=joint.action, by=joint.by, until=joint.until)
            if joint is not None and now <= joint.until
            else None
        ),
        alarms=alarms,
    )


def crew(venue: Venue, session: Session, now: int) -> wire.CrewView:
    """What is on, what is late."""
    return wire.CrewView(
        session=session_row(session),
        run_sheet=run_sheet.lines(venue, session),
        sheet_version=session.sheet_version,
        alarms=list(run_sheet.alarms(venue, session, now)),
    )


def questions(venue: Venue, command: wire.ListQuestions, citizen: Citizen, now: int) -> wire.QuestionList:
    """The open list in one's own order, what is done, or all of one's own."""
    session = venue.state.session(command.session)
    match command.which:
        case "open":
            rows, after = _open_page(venue, session, citizen, command.after, now)
            return wire.QuestionList(questions=rows, mine=[], next=after)
        case "done":
            done = [q for q in session.questions if q.state in DONE and q.is_published]
            rows, after = page(done, command.after, lambda q: public_row(venue, session, q, citizen.id))
            return wire.QuestionList(questions=rows, mine=[], next=after)
        case "mine":
            own = [session.questions[n - 1] for n in session.person(citizen.id).questions]
            mine, after = page(own, command.after, lambda q: own_row(venue, session, q))
            return wire.QuestionList(questions=[], mine=mine, next=after)


def desk(venue: Venue, command: wire.ListDesk, citizen: Citizen, now: int) -> wire.QuestionDesk:
    """What is in one state, the oldest first; the open ones by their backers."""
    session = venue.state.session(command.session)
    require(citizen, session, Office.MODERATOR, Office.HOST)
    match command.which:
        case "open":
            found = venue.ranking.top(session, now)
        case "stage":
            found = [*([session.now] if session.now else []), *session.next]
        case "done":
            found = [q for q in session.questions if q.state in DONE and q.state != "now"]
        case state:
            found = [q for q in session.questions if q.state == state]
    rows, after = page(found, command.after, lambda q: desk_row(venue, session, q, now))
    return wire.QuestionDesk(questions=rows, next=after)


def poll_list(venue: Venue, command: wire.ListPolls, citizen: Citizen) -> wire.PollList:
    """The polls of a session, the newest first."""
    session = venue.state.session(command.session)
    newest_first = list(reversed(session.polls))
    rows, after = page(newest_first, command.after, lambda one: polls.poll_row(one, citizen.id))
    return wire.PollList(polls=rows, next=after)


def caption_page(venue: Venue, command: wire.ListCaptions) -> wire.CaptionPage:
    """A channel from its first line on, page by page; or its last lines."""
    channel = captions.channel_of(venue.state.session(command.session), command.channel)
    if command.last:
        return wire.CaptionPage(lines=captions.last_lines(venue, channel))
    numbers = list(range(1, len(channel.lines) + 1))
    rows, after = page(numbers, command.after, lambda number: captions.line_row(venue, channel, number))
    return wire.CaptionPage(lines=rows, next=after)


def record(venue: Venue, command: wire.ReadRecord) -> wire.SessionRecord:
    """What anyone can read once a session is over: counters and minutes first, then each question."""
    session = venue.state.session(command.session)
    if session.phase not in ENDED:
        raise Refused(Refusal.CLOSED, "the session is not over")
    items: list[wire.Minute | Poll | Question] = [*session.minutes, *session.polls, *published(session)]

    def row(item: wire.Minute | Poll | Question) -> wire.Minute | wire.Poll | wire.Question:
        if isinstance(item, wire.Minute):
            return item
        if isinstance(item, Poll):
            return polls.poll_row(item)
        return public_row(venue, session, item, "")

    rows, after = page(items, command.after, row)
    return wire.SessionRecord(
        session=session_row(session),
        counters=counters(session, venue.rules.smallest_cell) if not command.after else None,
        minutes=[one for one in rows if isinstance(one, wire.Minute)],
        questions=[
            one.model_copy(update={"has_voted": None}) for one in rows if isinstance(one, wire.Question)
        ],
        polls=[one for one in rows if isinstance(one, wire.Poll)],
        next=after,
    )


def published(session: Session) -> list[Question]:
    """What the record holds: all that the audience has seen and nobody took back."""
    return [q for q in session.questions if q.is_published and q.state != "withdrawn"]


def counters(session: Session, smallest_cell: int) -> wire.QuestionCounters:
    """What became of all questions; few of a kind are not told by number."""
    count: dict[str, int] = {}
    reasons: dict[str, int] = {}
    in_time = 0
    for question in session.questions:
        count[question.state] = count.get(question.state, 0) + 1
        if question.state == "dismissed" and question.dismissal is not None:
            reasons[question.dismissal] = reasons.get(question.dismissal, 0) + 1
        if question.state == "answered_later":
            in_time += question.due_at is None or (question.answered_at or 0) <= question.due_at
    return wire.QuestionCounters(
        asked=len(session.questions),
        open=sum(count.get(state, 0) for state in ("open", "next", "now")),
        merged=count.get("merged", 0),
        answered=count.get("answered", 0),
        deferred=count.get("deferred", 0),
        answered_in_time=in_time,
        answered_late=count.get("answered_later", 0) - in_time,
        unanswered=count.get("unanswered", 0),
        withdrawn=count.get("withdrawn", 0),
        dismissed=count.get("dismissed", 0),
        dismissed_by_reason={why: n if n >= smallest_cell else None for why, n in reasons.items()},
    )
