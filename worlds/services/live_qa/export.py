"""What a session is exported as: rows for spreadsheets and programs."""

import csv
import io
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from protocol.refusals import Refusal, Refused
from worlds.citizen import Citizen
from worlds.services.live_qa.captions import channel_of, last_lines
from worlds.services.live_qa.polls import box_of, poll_row
from worlds.services.live_qa.roles import Office, holds, require
from worlds.services.live_qa.rows import name_of
from worlds.services.live_qa.state import ENDED, Poll, Question, Session
from worlds.services.live_qa.venue import Venue
from worlds.services.live_qa.views import counters, published

BOM = "\ufeff"
"""Before a CSV: without it Korean spreadsheets take UTF-8 for CP949."""

Row = Mapping[str, str | int | bool | None]


def session_of(venue: Venue, name: str, citizen: Citizen, *, is_internal: bool) -> Session:
    """The session that this citizen may take along: when it is over everyone, before and whole its desk.

    Raises Refused.
    """
    session = venue.state.session(name)
    if is_internal:
        require(citizen, session, Office.DESK)
    elif session.phase not in ENDED and not holds(citizen, Office.DESK, session):
        raise Refused(Refusal.CLOSED, "the session is not over")
    return session


def rows(venue: Venue, session: Session, *, is_internal: bool = False) -> list[Row]:
    """One row per question: published ones for all, every one with its past for those who run the event."""
    chosen = session.questions if is_internal else published(session)
    return [
        {**_public(venue, session, one), **(_internal(venue, one) if is_internal else {})} for one in chosen
    ]


def _public(venue: Venue, session: Session, question: Question) -> Row:
    is_late = question.state == "answered_later"
    return {
        "event": session.id,
        "question": question.number,
        "submitted_at": _time(question.asked_at),
        "category": question.category,
        "labels_public": ", ".join(label for label, shown in question.labels.items() if shown),
        "text_published": venue.texts[question.shown_text] if question.is_published else None,
        "edited": question.edited is not None,
        "merged_into": question.merged_into,
        "backers": session.backers(question),
        "state": question.state,
        "pinned_at": _time(question.pinned_at),
        "answered_at": None if is_late else _time(question.answered_at),
        "answered_by": question.answered_by,
        "answer_text": question.answer,
        "recording_offset_s": question.recording_offset_s,
        "deferred_department": question.department,
        "due": _time(question.due_at),
        "answered_later_at": _time(question.answered_at) if is_late else None,
        "dismissal_reason": question.dismissal,
    }


def _internal(venue: Venue, question: Question) -> Row:
    return {
        "author_pseudonym": name_of(venue, question).ko,
        "moderators": ", ".join(question.moderators),
        "text_original": venue.texts[question.text],
        "version": question.version,
    }


def is_told(poll: Poll) -> bool:
    """Whether it was counted, and its outcome is everyone's to know."""
    return poll.state not in ("open", "closed")


def poll_rows(venue: Venue, name: str) -> list[Row]:
    """One row for each answer of each poll that was counted: everyone's, also while the session goes on."""
    session = venue.state.session(name)
    return [
        {
            "event": session.id,
            "poll": poll.number,
            "state": poll.state,
            "question_ko": poll.question.ko,
            "question_en": poll.question.en,
            "answer": answer,
            "answer_ko": text.ko,
            "answer_en": text.en,
            "votes": poll.votes[answer - 1] if poll.votes is not None else None,
            "turnout": poll.turnout,
            "ballots": poll.ballots,
            "present": poll.present,
            "min_ballots": poll.min_ballots,
            "min_share": poll.min_share,
            "is_binding": poll.is_binding,
            "eligible": poll.eligible,
            "most": poll.most,
            "opened_at": _time(poll.opened_at),
            "closed_at": _time(poll.closed_at),
            "digest": poll.digest,
        }
        for poll in session.polls
        if is_told(poll)
        for answer, text in enumerate(poll.answers, 1)
    ]


def box_of_counted(venue: Venue, name: str, number: int) -> str:
    """The box of a poll whose list of ballots is public; raises Refused."""
    poll = venue.state.session(name).poll(number)
    if not is_told(poll):
        raise Refused(Refusal.CLOSED, "the poll is not counted yet")
    return box_of(name, number)


LONGEST_CUE_MS = 7_000
"""A line stands no longer under a recording: what follows is silence."""


def as_vtt(venue: Venue, session: Session, name: str) -> str:
    """A channel as subtitles (WebVTT) of a recording that begins when the session went live."""
    channel = channel_of(session, name)
    begins = [max(line.at - session.live_at, 0) if session.live_at else 0 for line in channel.lines]
    ends = [*begins[1:], float("inf")]
    cues = ["WEBVTT\n"]
    for line, begin, end in zip(channel.lines, begins, ends, strict=True):
        if not line.is_struck and end > begin:
            text = venue.texts[line.text].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
            until = int(min(end, begin + LONGEST_CUE_MS))
            cues.append(f"{_clock(begin)} --> {_clock(until)}\n{text}\n")
    return "\n".join(cues)


def _clock(ms: int) -> str:
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1_000 % 60:02}.{ms % 1_000:03}"


def _time(at: int | None) -> str | None:
    if at is None:
        return None
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="seconds")


def as_csv(table: list[Row]) -> str:
    """CSV (RFC 4180) with a BOM; a cell that a spreadsheet would take for a formula is made text."""
    out = io.StringIO()
    out.write(BOM)
    if table:
        writer = csv.DictWriter(out, list(table[0]))
        writer.writeheader()
        writer.writerows({name: _cell(value) for name, value in row.items()} for row in table)
    return out.getvalue()


def _cell(value: str | int | bool | None) -> str | int | bool | None:
    is_formula = isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r")
    return f"'{value}" if is_formula else value


def whole(venue: Venue, session: Session, *, is_internal: bool = False) -> dict[str, Any]:
    """The session with its counters, minutes and questions, as JSON values."""
    return {
        "session": session.id,
        "title": session.title.model_dump(),
        "phase": session.phase,
        "starts_at": _time(session.starts_at),
        "ends_at": _time(session.ends_at),
        "counters": counters(session, venue.rules.smallest_cell).model_dump(),
        "minutes": [minute.model_dump(exclude_none=True) for minute in session.minutes],
        "captions": {
            channel.channel: [row.model_dump() for row in last_lines(venue, channel, len(channel.lines))]
            for channel in session.channels.values()
            if channel.kind == "captions"
        },
        "polls": [poll_row(poll).model_dump(exclude_none=True) for poll in session.polls if is_told(poll)],
        "questions": rows(venue, session, is_internal=is_internal),
    }
