"""Rows of the city's records: sessions, and questions once they are published."""

from collections.abc import Iterator

from worlds.service import Record
from worlds.services.live_qa.state import ENDED, Poll, Question, Session


def session_record(session: Session) -> Record:
    """One question time."""
    return Record(
        kind="question_time",
        key=session.id,
        fields={
            "session": session.id,
            "title_ko": session.title.ko,
            "title_en": session.title.en,
            "district": session.district,
            "stage": session.stage,
            "phase": session.phase,
            "starts_at": session.starts_at,
            "ends_at": session.ends_at,
            "questions": len(session.questions),
        },
    )


def question_record(session: Session, question: Question) -> Iterator[Record]:
    """A question that the audience has seen; of one that was withdrawn the words are gone.

    What is on record is everyone's to read: the session is over, and nobody took the question back.
    """
    if not question.is_published:
        return
    yield Record(
        kind="question",
        key=f"{session.id}/{question.number}",
        fields={
            "session": session.id,
            "question": question.number,
            "state": question.state,
            "is_on_record": session.phase in ENDED and question.state != "withdrawn",
            "category": question.category,
            "labels": ", ".join(label for label, is_public in question.labels.items() if is_public),
            "is_edited": question.edited is not None,
            "merged_into": question.merged_into,
            "backers": session.backers(question),
            "asked_at": question.asked_at,
            "pinned_at": question.pinned_at,
            "answered_at": question.answered_at,
            "answered_by": question.answered_by,
            "answer": question.answer,
            "recording_offset_s": question.recording_offset_s,
            "department": question.department,
            "due_at": question.due_at,
            "no_answer_because": question.no_answer_because,
        },
        texts=() if question.state == "withdrawn" else (question.shown_text,),
    )


def poll_record(session: Session, poll: Poll) -> Record:
    """A poll: its result, once it is counted and where it may be told."""
    votes = poll.votes or []
    return Record(
        kind="poll",
        key=f"{session.id}/{poll.number}",
        fields={
            "session": session.id,
            "poll": poll.number,
            "state": poll.state,
            "question_ko": poll.question.ko,
            "question_en": poll.question.en,
            "is_binding": poll.is_binding,
            "eligible": poll.eligible,
            "opened_at": poll.opened_at,
            "closed_at": poll.closed_at,
            "turnout": poll.turnout if poll.closed_at is not None else None,
            "ballots": poll.ballots,
            "result_ko": "; ".join(f"{text.ko}: {n}" for text, n in zip(poll.answers, votes, strict=False)),
            "result_en": "; ".join(f"{text.en}: {n}" for text, n in zip(poll.answers, votes, strict=False)),
            "digest": poll.digest,
        },
    )
