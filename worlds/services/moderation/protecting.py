"""What people do for their own protection: block, bubble; and an officer's script for a talk that turns abusive."""

from collections.abc import Iterator

from protocol.refusals import Refusal, Refused
from protocol.services import moderation as wire
from worlds.citizen import Citizen
from worlds.service import Personal
from worlds.services.moderation import events as e
from worlds.services.moderation.content import S
from worlds.services.moderation.desk import Desk
from worlds.services.moderation.inside import Arrive, NoteOffice, WitnessedTalk
from worlds.services.moderation.roles import holds, rank
from worlds.services.moderation.state import Talk
from worlds.services.moderation.wording import words_of


def block(desk: Desk, command: wire.Block, citizen: Citizen, now: int) -> Iterator[e.OfModeration]:
    """Both ways, by the citizen and not by the name; the other is not told."""
    _require_account(citizen)
    if command.citizen == citizen.id:
        raise Refused(Refusal.NOT_FOUND, field="citizen")
    blocked = desk.person(citizen.id, now).blocked
    if command.on == (command.citizen in blocked):
        return
    if command.on and desk.rules.blocks and len(blocked) >= desk.rules.blocks:
        raise Refused(Refusal.FULL, f"at most {desk.rules.blocks}", limit="moderation.blocks")
    yield e.Blocked(by=citizen.id, citizen=command.citizen, is_on=command.on)


def set_bubble(desk: Desk, command: wire.SetBubble, citizen: Citizen, now: int) -> Iterator[e.OfModeration]:
    """Whether others fade who come too near; the client draws it."""
    _require_account(citizen)
    if desk.person(citizen.id, now).bubble != command.on:
        yield e.BubbleSet(by=citizen.id, is_on=command.on)


def _require_account(citizen: Citizen) -> None:
    if citizen.is_visitor:
        raise Refused(Refusal.NOT_ALLOWED, "a visitor has no account to keep it for")


def arrive(desk: Desk, command: Arrive, citizen: Citizen, now: int) -> Iterator[e.OfModeration]:
    """The city remembers since when it knows someone, their rank, and whether they are a minor."""
    if is_news(desk, citizen):
        yield e.Arrived(by=citizen.id, rank=rank(citizen), is_minor=citizen.minor)


def note_office(desk: Desk, command: NoteOffice, citizen: Citizen, now: int) -> Iterator[e.OfModeration]:
    """Who was given which office by whom stands in the audit, beside what they then do by it."""
    told = {"by": command.by, "office": command.right, "citizen": command.citizen, "scope": command.scope}
    told |= {"given": command.given, "name": command.name}
    if command.why is None:
        yield e.OfficeGiven.model_validate({**told, "until": command.until})
    else:
        yield e.OfficeEnded.model_validate({**told, "why": command.why})


def is_news(desk: Desk, citizen: Citizen) -> bool:
    """Whether someone came for the first time, or is another than before; visitors leave nothing behind."""
    known = desk.state.people.get(citizen.id)
    if citizen.is_visitor:
        return False
    return known is None or (known.rank, known.is_minor) != (rank(citizen), citizen.minor)


def guard_talk(desk: Desk, command: wire.GuardTalk, citizen: Citizen, now: int) -> Iterator[e.OfModeration]:
    """Begin, warn, record, end, rest; an end comes after a warning, or when the talk is far too long, and says why."""
    if not holds(citizen, "official", command.scope):
        raise Refused(Refusal.NOT_ALLOWED, "officials, at their own counter", field="scope")
    if command.citizen == citizen.id:
        raise Refused(Refusal.NOT_ALLOWED, field="citizen")
    is_here = isinstance(command, WitnessedTalk) and command.here is not None
    if not is_here and not desk.is_known(command.citizen):
        raise Refused(Refusal.NOT_FOUND, "nobody of that id is known", field="citizen")
    if command.step == "end" and not may_end(desk, f"{citizen.id}/{command.citizen}", now):
        raise Refused(Refusal.CONFLICT, "warn first", field="step")
    longest = desk.rules.longest_words
    words = words_of(command.words, "words", longest, 1 if command.step == "end" else 0)
    lasts_s = {"begin": desk.rules.talk_s, "break": desk.rules.break_s}.get(command.step, 0)
    yield e.TalkGuarded(
        by=citizen.id,
        citizen=command.citizen,
        scope=command.scope,
        step=command.step,
        words=Personal(owner=command.citizen, text=words) if words else None,
        until=now + lasts_s * S if lasts_s else 0,
    )


def may_end(desk: Desk, name: str, now: int) -> bool:
    """Whether a talk was warned in, or is far beyond the length that talks should have."""
    talk, rules = desk.state.talks.get(name), desk.rules
    if talk is None or talk.step in ("end", "break"):
        return False
    is_warned = bool(talk.warned_at) and now - talk.warned_at <= rules.talk_warned_s * S
    is_long = bool(talk.began_at and rules.talk_s)
    return is_warned or (is_long and now >= talk.began_at + (rules.talk_s + rules.talk_over_s) * S)


def talked(was: Talk | None, event: e.TalkGuarded, now: int) -> Talk:
    """How far a talk has come by a step: a beginning forgets what was before, and so does what follows an end."""
    talk = Talk(event.step, now)
    if was is not None and event.step != "begin" and was.step not in ("end", "break"):
        talk.began_at, talk.warned_at, talk.recorded_at = was.began_at, was.warned_at, was.recorded_at
    match event.step:
        case "begin":
            talk.began_at = now
        case "warn":
            talk.warned_at = now
        case "record":
            talk.recorded_at = now
        case _:
            pass
    return talk
