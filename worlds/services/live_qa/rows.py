"""Rows of the wire, made from the state: what each reader sees of a question, a hand, a session."""

from typing import Any, Literal

from protocol.handshake import Text
from protocol.services import live_qa as wire
from worlds.services.live_qa.asking import withdrawable_until
from worlds.services.live_qa.captions import channel_row
from worlds.services.live_qa.content import S
from worlds.services.live_qa.polls import shown
from worlds.services.live_qa.ranking import are_counts_hidden, times_spoken, today
from worlds.services.live_qa.run_sheet import programme
from worlds.services.live_qa.similarity import Profiles
from worlds.services.live_qa.state import ENDED, Hand, Question, Session
from worlds.services.live_qa.venue import Venue

COMPARED = frozenset({"pending", "held", "open", "next", "now"})
"""With which questions a new one is compared."""

READER_BYTES = 64
"""Of a question's row as JSON: what is each reader's own, at most."""


def session_row(session: Session) -> wire.QuestionTime:
    """As everyone may know it."""
    options = session.options
    return wire.QuestionTime(
        session=session.id,
        title=session.title,
        district=session.district,
        stage=session.stage,
        phase=session.phase,
        mode=session.mode,
        is_stopped=session.is_stopped,
        is_muted=session.is_muted,
        collects_at=session.collects_at,
        doors_at=session.doors_at,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        hands_open=bool(options.hands_open) and session.phase == "live",
        is_order_frozen=session.order is not None and session.phase == "live",
        is_screened=bool(options.is_screened),
        seats=options.seats or 0,
        reserved=len(session.seats),
        programme=programme(session.cues) if session.phase not in ENDED else None,
        on_stage=session.now.number if session.now is not None else None,
        poll=poll.number if (poll := shown(session)) is not None else None,
        channels=[channel_row(channel) for channel in session.channels.values()],
    )


def name_of(venue: Venue, question: Question) -> Text:
    """The asker's name at this event (R6)."""
    if question.nickname is not None:
        name = venue.texts[question.nickname]
        return Text(ko=name, en=name)
    citizen = venue.content.words.citizen
    return Text(ko=citizen.ko.format(number=question.alias), en=citizen.en.format(number=question.alias))


def public_row(
    venue: Venue, session: Session, question: Question, reader: str | None = None, *, is_new: bool = False
) -> wire.Question:
    """As the audience sees it; with numbers for a reader to whom they are not hidden."""
    row, _ = _shown(venue, session, question)
    if reader is None:
        return row
    backers = None if are_counts_hidden(session, reader) else session.backers(question)
    has_voted = session.is_backed_by(question, reader)
    return row.model_copy(update={"backers": backers, "has_voted": has_voted, "is_new": is_new or None})


def public_bytes(venue: Venue, session: Session, question: Question) -> int:
    """How long such a row is at most, as JSON."""
    return _shown(venue, session, question)[1] + READER_BYTES


def _shown(venue: Venue, session: Session, question: Question) -> tuple[wire.Question, int]:
    """What all readers see alike, and its bytes: made anew only when something of it has changed.

    Whoever enters a hall is shown its list, and in an opening, or a raid, a hundred a second do.
    """
    is_withdrawn = question.state == "withdrawn"
    text = "" if is_withdrawn else venue.texts[question.shown_text]
    nickname = venue.texts[question.nickname] if question.nickname is not None else None
    labels = [label for label, is_public in question.labels.items() if is_public]
    facts: dict[str, Any] = {
        "question": question.number,
        "state": question.state,
        "text": text,
        "category": question.category,
        "language": question.language,
        "labels": labels,
        "joined": len(question.members),
        "is_edited": question.edited is not None,
        "asked_at": question.asked_at,
        "pinned_at": question.pinned_at,
        "merged_into": question.merged_into,
        "answer": question.answer,
        "answered_by": question.answered_by,
        "answered_at": question.answered_at,
        "recording_offset_s": question.recording_offset_s,
        "department": question.department,
        "due_at": question.due_at,
        "no_answer_because": question.no_answer_because,
    }
    known = venue.shown.get((session.id, question.number))
    if known is not None and known[:2] == (facts, nickname):
        return known[2:]
    row = wire.Question(**facts, by=None if is_withdrawn else name_of(venue, question))
    size = len(row.model_dump_json(exclude_none=True).encode())
    if session.phase not in ENDED:
        venue.shown[session.id, question.number] = facts, nickname, row, size
    elif known is not None:
        del venue.shown[session.id, question.number]
    return row, size


def is_dismissal_told(session: Session) -> bool:
    """Whether askers already know of dismissals."""
    told = session.options.tell_dismissed
    return told == "immediate" or (told == "after_event" and session.phase in ENDED)


def own_row(venue: Venue, session: Session, question: Question) -> wire.OwnQuestion:
    """As its asker sees it; a dismissal only once it is told."""
    row = public_row(venue, session, question)
    if question.merged_into is not None:
        head = public_row(venue, session, session.head_of(question))
        told = ("answer", "answered_by", "answered_at", "recording_offset_s", "department", "due_at")
        row = row.model_copy(update={name: getattr(head, name) for name in told})
    dismissed_because = hint = None
    if question.state == "dismissed":
        if is_dismissal_told(session):
            words = venue.content.words
            dismissed_because, hint = words.dismissals.get(question.dismissal or ""), words.way_to_petition
        else:
            row = row.model_copy(update={"state": "pending"})
    return wire.OwnQuestion(
        row=row,
        original=venue.texts[question.text] if question.edited is not None else None,
        withdrawable_until=withdrawable_until(venue, question),
        dismissed_because=dismissed_because,
        hint=hint,
        petition=question.petition,
    )


def desk_row(venue: Venue, session: Session, question: Question, now: int) -> wire.DeskQuestion:
    """As moderators see it."""
    is_claimed = question.claimed_until > now
    is_waiting = question.state in ("pending", "held")
    return wire.DeskQuestion(
        question=question.number,
        version=question.version,
        state=question.state,
        text=venue.texts[question.shown_text],
        original=venue.texts[question.text] if question.edited is not None else None,
        by=name_of(venue, question),
        author=question.author,
        level=question.level,
        is_author_muted=session.person(question.author).is_muted,
        category=question.category,
        language=question.language,
        asked_at=question.asked_at,
        backers=session.backers(question),
        claimed_by=question.claimed_by if is_claimed else None,
        claimed_until=question.claimed_until if is_claimed else None,
        marks=list(question.marks),
        labels=[wire.QuestionLabel(label=label, is_public=shown) for label, shown in question.labels.items()],
        hold_reason=question.hold_reason,
        dismissal=question.dismissal,
        merged_into=question.merged_into,
        members=list(question.members),
        wants_split=question.wants_split,
        similar=similar_to(venue, session, question) if is_waiting or question.state == "open" else [],
    )


def similar_to(venue: Venue, session: Session, question: Question) -> list[wire.SimilarQuestion]:
    """Which others may ask the same, the likest first; for moderators only."""
    profiles = venue.profiles.setdefault(session.id, Profiles())
    for other in session.questions[profiles.count :]:
        profiles.put(other.number - 1, venue.texts[other.shown_text])
    profiles.put(question.number - 1, venue.texts[question.shown_text])
    scores = profiles.scores(question.number - 1)
    found: list[wire.SimilarQuestion] = []
    for index in (-scores).argsort(kind="stable").tolist():
        score = float(scores[index])
        if score < venue.rules.similar_from or len(found) >= venue.rules.similar_shown:
            break
        other = session.questions[index]
        if other is not question and other.state in COMPARED:
            text = venue.texts[other.shown_text]
            found.append(wire.SimilarQuestion(question=other.number, score=round(score, 2), text=text))
    return found


def prompt(venue: Venue, question: Question, *, is_for_answerer: bool = False) -> wire.Prompt:
    """In large type, without its asker; with its version for who answers."""
    answer_ms = venue.rules.answer_s * S
    answers_until = (question.pinned_at or 0) + answer_ms if answer_ms else None
    return wire.Prompt(
        question=question.number,
        text=venue.texts[question.shown_text],
        category=question.category,
        language=question.language,
        labels=[label for label, is_public in question.labels.items() if is_public],
        pinned_at=question.pinned_at,
        answers_until=answers_until if question.state == "now" else None,
        version=question.version if is_for_answerer else None,
    )


def hand_row(venue: Venue, session: Session, hand: Hand, now: int) -> wire.Hand:
    """As who runs the queue sees it."""
    turn = session.turn
    step: Literal["waiting", "on_deck", "invited", "on_stage"] = "waiting"
    if turn is not None and turn.citizen == hand.citizen:
        step = "invited" if turn.step == "invited" else "on_stage"
    elif session.on_deck == hand.citizen:
        step = "on_deck"
    return wire.Hand(
        citizen=hand.citizen,
        name=venue.texts[hand.name],
        times=times_spoken(venue.state, hand.citizen, today(venue.rules, now)),
        lane=hand.lane,
        raised_at=hand.raised_at,
        question=hand.question,
        language=hand.language,
        is_skipped=hand.is_skipped,
        is_away=hand.away_until > now,
        is_ready=step == "on_deck" and session.is_deck_ready,
        step=step,
    )


def lowered_row(venue: Venue, citizen: str, now: int) -> wire.Hand:
    """A hand that went down: it is to be taken off the list."""
    times = times_spoken(venue.state, citizen, today(venue.rules, now))
    return wire.Hand(citizen=citizen, name="", times=times, lane="hall", raised_at=now, step="lowered")


def floor_row(venue: Venue, session: Session) -> wire.Turn | None:
    """Who speaks from the floor: they stand on the stage with their name."""
    turn = session.turn
    if turn is None or turn.hand is None:
        return None
    name = venue.texts[turn.hand.name]
    return wire.Turn(citizen=turn.citizen, name=name, step=turn.step, ends_at=turn.ends_at)
