"""Running a question time: announcing it, its phases and modes, what takes two people, the minutes."""

from collections.abc import Iterator
from typing import get_args

from protocol.handshake import Text
from protocol.refusals import Refusal, Refused
from protocol.services import live_qa as wire
from worlds.citizen import Citizen
from worlds.services.live_qa import events as e
from worlds.services.live_qa import polls, run_sheet, wording
from worlds.services.live_qa.asking import owes
from worlds.services.live_qa.content import S
from worlds.services.live_qa.floor import end_turn
from worlds.services.live_qa.ranking import by_backers
from worlds.services.live_qa.roles import Office, holds, require, require_host
from worlds.services.live_qa.state import ENDED, Session
from worlds.services.live_qa.venue import Venue

PHASES: tuple[wire.Phase, ...] = get_args(wire.Phase)

DEFAULTS = wire.QuestionTimeOptions(
    order_before_vote="top",
    hide_counts="never",
    tell_dismissed="after_event",
    is_screened=True,
    hands_open=True,
    seats=0,
)

LONGEST_TITLE = 80
"""Characters: what fits a poster."""


def schedule(venue: Venue, command: wire.Schedule, citizen: Citizen, now: int) -> Iterator[e.OfSession]:
    """A new session on one of the city's stages."""
    stage = venue.stages.get((command.district, command.stage))
    if stage is None:
        raise Refused(Refusal.NOT_FOUND, field="stage")
    if not citizen.has("host", command.district):
        raise Refused(Refusal.NOT_ALLOWED)
    doors_at = command.doors_at
    if doors_at is None:
        doors_at = max(command.starts_at - venue.rules.doors_before_s * S, 0)
    collects_at = min(doors_at, now) if command.collects_at is None else command.collects_at
    if not collects_at <= doors_at <= command.starts_at < command.ends_at:
        raise Refused(Refusal.BAD_MESSAGE, "the times are not in their order", field="starts_at")
    if command.ends_at <= now:
        raise Refused(Refusal.BAD_MESSAGE, "it would be past", field="ends_at")
    wording.require_near(command.ends_at, now, venue.rules.farthest_days, "ends_at")
    yield e.Scheduled(
        session=f"qa-{len(venue.state.sessions) + 1}",
        by=citizen.id,
        title=Text(
            ko=wording.text_of(command.title.ko, "title.ko", LONGEST_TITLE),
            en=wording.text_of(command.title.en, "title.en", LONGEST_TITLE),
        ),
        district=command.district,
        stage=command.stage,
        x=stage.x,
        z=stage.z,
        collects_at=collects_at,
        doors_at=doors_at,
        starts_at=command.starts_at,
        ends_at=command.ends_at,
        options=DEFAULTS.model_copy(update=command.options.model_dump(exclude_none=True)),
        cues=run_sheet.of_content(venue.content, command.starts_at, command.ends_at),
    )


def adjust(venue: Venue, command: wire.Adjust, citizen: Citizen, now: int) -> Iterator[e.OfSession]:
    """Later questions are screened or not, hands are taken or not."""
    session = venue.state.session(command.session)
    require_host(citizen, session)
    if session.phase in ENDED:
        raise Refused(Refusal.CLOSED)
    if command.options.model_dump(exclude_none=True):
        yield e.Adjusted(session=session.id, by=citizen.id, options=command.options)


def advance(venue: Venue, command: wire.Advance, citizen: Citizen, now: int) -> Iterator[e.OfSession]:
    """Forward only; while live to any mode."""
    session = venue.state.session(command.session)
    require_host(citizen, session)
    if session.is_stopped:
        raise Refused(Refusal.CLOSED, "the session is stopped")
    mode = command.mode
    if command.phase == "live":
        mode = mode or "opening"
    elif mode is not None:
        raise Refused(Refusal.BAD_MESSAGE, "only a live session has a mode", field="mode")
    if (session.phase, session.mode) == (command.phase, mode):
        return
    before, after = PHASES.index(session.phase), PHASES.index(command.phase)
    is_other_mode = session.phase == command.phase == "live"
    if after <= before and not is_other_mode:
        raise Refused(Refusal.CONFLICT, f"the session is {session.phase}", field="phase")
    if command.phase == "follow_up" and session.phase != "closing":
        raise Refused(Refusal.CONFLICT, "close it first, or end it with a second person", field="phase")
    if command.phase == "archived" and (
        session.phase != "follow_up" or any(owes(q) for q in session.questions)
    ):
        raise Refused(Refusal.CONFLICT, "answers are still owed", field="phase")
    if session.open_poll is not None:
        # Its end cannot be undone, so it is not left by a slip; time and two people end it with all else.
        raise Refused(Refusal.CONFLICT, "close the poll first", field="mode" if is_other_mode else "phase")
    yield from to_phase(venue, session, command.phase, mode, citizen.id, now)


def to_phase(
    venue: Venue, session: Session, phase: wire.Phase, mode: wire.Mode | None, by: str, now: int
) -> Iterator[e.OfSession]:
    """A phase with all that goes with it: the speaker goes back, the order is frozen for answering."""
    yield from end_turn(venue, session, "phase", by, now)
    yield from polls.closing(session, by)
    yield e.Advanced(session=session.id, by=by, phase=phase, mode=mode)
    if mode == "answering":
        order = tuple(q.number for q in by_backers(session))
        yield e.OrderFrozen(session=session.id, by=by, order=order)
    if phase == "follow_up" and not any(
        owes(q) or q.state in ("open", "next", "now") for q in session.questions
    ):
        yield e.Advanced(session=session.id, by=by, phase="archived")


def refresh_order(
    venue: Venue, command: wire.RefreshOrder, citizen: Citizen, now: int
) -> Iterator[e.OfSession]:
    """The host alone sorts a frozen list anew (R4)."""
    session = venue.state.session(command.session)
    require_host(citizen, session)
    if session.order is None or session.phase != "live":
        raise Refused(Refusal.CLOSED, "the order is not frozen")
    order = tuple(q.number for q in by_backers(session))
    yield e.OrderFrozen(session=session.id, by=citizen.id, order=order)


def act_jointly(venue: Venue, command: wire.ActJointly, citizen: Citizen, now: int) -> Iterator[e.OfSession]:
    """Two people within the time, one of them the host; the safety officer stops alone."""
    session, action = venue.state.session(command.session), command.action
    require(citizen, session, Office.CREW)
    reason = wording.text_of(command.reason, "reason", venue.rules.longest_reason)
    if session.phase in ENDED:
        raise Refused(Refusal.CLOSED, f"the session is {session.phase}")
    is_so = {"stop": session.is_stopped, "resume": not session.is_stopped}
    is_so |= {"mute": session.is_muted, "unmute": not session.is_muted}
    if is_so.get(action, False):
        raise Refused(Refusal.CONFLICT, "it is so already", field="action")
    is_host, joint = holds(citizen, Office.HOST, session), session.joint
    is_alone = action == "stop" and holds(citizen, Office.SAFETY, session)
    is_second = (
        joint is not None
        and joint.action == action
        and joint.by != citizen.id
        and now <= joint.until
        and (is_host or joint.is_by_host)
    )
    if not is_alone and not is_second:
        until = now + venue.rules.joint_s * S
        yield e.JointlyAsked(
            session=session.id, by=citizen.id, action=action, reason=reason, until=until, is_host=is_host
        )
        return
    first = joint.by if joint is not None and is_second else ""
    yield e.JointlyDone(session=session.id, by=citizen.id, action=action, reason=reason, first=first)
    if action == "stop":
        yield from end_turn(venue, session, "stopped", citizen.id, now)
    if action == "end":
        yield from to_phase(venue, session, "follow_up", None, citizen.id, now)


def signal(venue: Venue, command: wire.Signal, citizen: Citizen, now: int) -> Iterator[e.OfSession]:
    """What the one who answers wishes of the host."""
    session = venue.state.session(command.session)
    require(citizen, session, Office.ANSWERER)
    if session.phase not in ("live", "closing"):
        raise Refused(Refusal.CLOSED, f"the session is {session.phase}")
    yield e.Signalled(session=session.id, by=citizen.id, wish=command.wish, department=command.department)


def take_minutes(
    venue: Venue, command: wire.TakeMinutes, citizen: Citizen, now: int
) -> Iterator[e.OfSession]:
    """Marks and commitments from the doors on; when the record is closed, corrections alone."""
    session = venue.state.session(command.session)
    require(citizen, session, Office.CLERK)
    if session.phase in ("scheduled", "collecting"):
        raise Refused(Refusal.CLOSED, f"the session is {session.phase}")
    if session.phase == "archived" and command.kind != "correction":
        raise Refused(Refusal.CLOSED, "the record is closed: it may be corrected")
    if command.kind == "commitment" and (command.owner is None or command.due_at is None):
        raise Refused(Refusal.BAD_MESSAGE, "a commitment has an owner and a date", field="owner")
    if command.question is not None and not session.question(command.question).is_published:
        raise Refused(Refusal.NOT_FOUND, field="question")
    if command.due_at is not None:
        wording.require_near(command.due_at, now, venue.rules.farthest_days, "due_at")
    longest = venue.rules.longest_answer
    yield e.Minuted(
        session=session.id,
        by=citizen.id,
        kind=command.kind,
        text=wording.text_of(command.text, "text", longest, has_lines=True),
        question=command.question,
        owner=command.owner,
        due_at=command.due_at,
    )
