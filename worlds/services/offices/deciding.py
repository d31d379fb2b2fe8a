"""What follows from a wish to give, take back or lay down an office, and from what is heard of events."""

import unicodedata
from collections.abc import Callable, Collection, Iterator

from protocol.refusals import Refusal, Refused
from protocol.services import offices as wire
from worlds.citizen import Citizen
from worlds.service import Personal
from worlds.services.offices import events as e
from worlds.services.offices.book import Book
from worlds.services.offices.content import DAY, S
from worlds.services.offices.giving import (
    givers,
    is_within,
    reads,
    require_receiver,
    require_right,
    right_of,
)
from worlds.services.offices.inside import NoteEvent, WitnessedGive
from worlds.services.offices.state import GivenOffice


def give(
    book: Book,
    command: wire.GiveOffice,
    citizen: Citizen,
    now: int,
    scopes: Collection[str],
    is_known: Callable[[str], bool],
) -> e.Given:
    """An office is given; `scopes` are the city's places, `is_known` whom it remembers. Raises Refused."""
    rules, scope = book.content.rules, command.scope
    occasion = book.occasions.get(scope)
    if occasion is None and scope not in scopes:
        raise Refused(Refusal.NOT_FOUND, "no such place or event", field="scope")
    is_of_event = occasion is not None
    right = require_right(book.content, command.office, citizen, scope, is_of_event=is_of_event)
    here = command.here if isinstance(command, WitnessedGive) else None
    require_receiver(citizen, command.citizen, here, is_known=is_known(command.citizen))
    until = _until_of(book, command, now, is_of_event=is_of_event)
    held = [one for one in book.standing(command.citizen, now) if one.scope == scope]
    if any(one.office == command.office for one in held):
        raise Refused(Refusal.CONFLICT, "they hold it there already", field="office")
    there = sum(one.scope == scope and now < book.until(one) for one in book.in_force())
    if rules.standing and there >= rules.standing:
        raise Refused(
            Refusal.FULL, f"{rules.standing} stand there already", field="scope", limit="offices.standing"
        )
    return e.Given(
        number=len(book.state.offices) + 1,
        by=citizen.id,
        right=_written(right, citizen, scope),
        office=command.office,
        scope=scope,
        citizen=command.citizen,
        called=Personal(owner=command.citizen, text=here.name) if here is not None else None,
        until=until,
        words=_words(book, command.words, command.citizen),
    )


def _until_of(book: Book, command: wire.GiveOffice, now: int, *, is_of_event: bool) -> int | None:
    """None where it ends with its event; raises Refused."""
    rules, until = book.content.rules, command.until
    if is_of_event:
        if until is not None:
            raise Refused(Refusal.BAD_MESSAGE, "an office of an event ends with it", field="until")
        if now >= book.occasions[command.scope].ends_at + rules.after_event_s * S:
            raise Refused(Refusal.CLOSED, "the event is over", field="scope")
        return None
    if until is None:
        raise Refused(Refusal.BAD_MESSAGE, "until when?", field="until")
    if until <= now:
        raise Refused(Refusal.BAD_MESSAGE, "it would be over already", field="until")
    if rules.longest_term_days and until > now + rules.longest_term_days * DAY:
        raise Refused(Refusal.BAD_MESSAGE, f"at most {rules.longest_term_days} days", field="until")
    return until


def end(book: Book, command: wire.EndOffice, citizen: Citizen, now: int) -> e.Ended:
    """Taken back by who might have given it, or laid down by who holds it; raises Refused."""
    one = book.found(command.given)
    is_own = one.citizen == citizen.id
    right = None if is_own else _right_over(book, one, citizen)
    if not is_own and right is None:
        if not reads(citizen, book.content, one.scope):
            raise Refused(Refusal.NOT_FOUND, field="given")
        raise Refused(Refusal.NOT_ALLOWED, "it is not yours to take back", field="given")
    if one.ended_at is not None or now >= book.until(one):
        raise Refused(Refusal.CLOSED, "it is over already", field="given")
    return ended(
        one,
        "laid_down" if is_own else "taken_back",
        by=citizen.id,
        right=_written(right, citizen, one.scope) if right else "",
        words=_words(book, command.words, one.citizen),
    )


def _right_over(book: Book, one: GivenOffice, citizen: Citizen) -> str | None:
    office = book.content.offices.get(one.office)
    words = givers(office, is_of_event=one.until is None) if office is not None else ()
    return right_of(citizen, words, one.scope)


def _words(book: Book, text: str | None, owner: str) -> Personal | None:
    kept = " ".join(unicodedata.normalize("NFC", text or "").split())
    if any(unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn") for c in kept):
        raise Refused(Refusal.BAD_MESSAGE, "control characters", field="words")
    longest = book.content.rules.longest_words
    if longest and len(kept) > longest:
        raise Refused(Refusal.TOO_LONG, f"at most {longest} characters", field="words")
    return Personal(owner=owner, text=kept) if kept else None


def note(book: Book, command: NoteEvent) -> Iterator[e.EventNoted]:
    """When an event ends, where that is news."""
    known = book.state.events.get(command.event)
    scope = command.scope or (known.scope if known is not None else None)
    if scope is not None and (known is None or known.ends_at != command.ends_at):
        yield e.EventNoted(event=command.event, scope=scope, ends_at=command.ends_at)


def ended(
    one: GivenOffice,
    why: wire.EndOfOffice,
    *,
    by: str = "",
    right: str = "",
    words: Personal | None = None,
) -> e.Ended:
    """The end of an office; nobody's where the clock brought it."""
    return e.Ended(
        number=one.number,
        by=by,
        right=right,
        why=why,
        words=words,
        office=one.office,
        scope=one.scope,
        citizen=one.citizen,
    )


def _written(word: str, citizen: Citizen, scope: str) -> str:
    """The right by which someone acts, as it stands in their token: `host@civil`, not `host`."""
    name = word.removeprefix("grant:")
    for held in (*citizen.roles, *citizen.grants):
        called, _, where = held.partition("@")
        if called == name and is_within(scope, where):
            return held
    return name
