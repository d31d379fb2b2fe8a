"""What sanctions and modes forbid: commands of any service, entering, gestures; by the clock, whatever is noted."""

from protocol.districts import Enter
from protocol.message import Command
from protocol.refusals import Refusal, Refused
from worlds.citizen import Citizen
from worlds.service import Restrain
from worlds.services.moderation.desk import Desk
from worlds.services.moderation.modes import is_shielded_from
from worlds.services.moderation.roles import is_observer, is_staff
from worlds.services.moderation.state import Sanction

EMOTE = "avatar.emote"
LOOK = "avatar.change"


def forbid(desk: Desk, command: Command, citizen: Citizen, scopes: tuple[str, ...], now: int) -> None:
    """Raises Refused for what the citizen may not do there now."""
    word = command.type
    refuse_observer(desk, word, citizen, scopes, is_reading=command.reads)
    refuse_sanctioned(desk, word, citizen.id, scopes, now, is_reading=command.reads)
    if isinstance(command, Enter):
        _refuse_entering(desk, citizen, scopes, now)
    elif word == LOOK and is_shielded_from(desk, citizen, scopes, now):
        wait = desk.mode(scopes, now).shield_until - now
        raise Refused(Refusal.NOT_ALLOWED, "who is new looks plain for now", retry_after_ms=wait)
    elif word == EMOTE and not is_staff(citizen, scopes) and desk.mode(scopes, now).is_stopped:
        raise Refused(Refusal.CLOSED, "the venue is stopped")


def refuse_observer(
    desk: Desk, word: str, citizen: Citizen, scopes: tuple[str, ...], *, is_reading: bool = False
) -> None:
    """Raises Refused for what who is there to see does not do."""
    if _names(desk.content.observer, word, is_reading=is_reading) and is_observer(citizen, scopes):
        raise Refused(Refusal.NOT_ALLOWED, "an observer reads, and has no voice and no vote")


def _names(words: frozenset[str], word: str, *, is_reading: bool) -> bool:
    return word in words or (not is_reading and f"{word.partition('.')[0]}.*" in words)


def refuse_sanctioned(
    desk: Desk, word: str, citizen: str, scopes: tuple[str, ...], now: int, *, is_reading: bool = False
) -> None:
    """Raises Refused where a sanction forbids this word, with the code that says so, and for how long."""
    for one in desk.on(citizen, scopes, now):
        if not _names(desk.content.forbids.get(one.kind, frozenset()), word, is_reading=is_reading):
            continue
        if one.kind == "warn":
            if not one.is_acknowledged:
                raise Refused(Refusal.NOT_ALLOWED, f"acknowledge the warning s-{one.number} first")
            continue
        raise refusal_of(one, now)


def refusal_of(one: Sanction, now: int) -> Refused:
    """Why not, as the person concerned is told."""
    code = {"mute": Refusal.MUTED, "freeze": Refusal.FROZEN}.get(one.kind, Refusal.NOT_ALLOWED)
    return Refused(code, f"{one.kind}: s-{one.number}", retry_after_ms=one.until - now)


def _refuse_entering(desk: Desk, citizen: Citizen, scopes: tuple[str, ...], now: int) -> None:
    if is_staff(citizen, scopes):
        return
    mode = desk.mode(scopes, now)
    if mode.is_locked:
        raise Refused(Refusal.CLOSED, "nobody new comes in for now", field="district")
    if mode.shield_until and citizen.is_visitor:
        wait = mode.shield_until - now
        raise Refused(Refusal.NOT_ALLOWED, "only with a token for now", field="district", retry_after_ms=wait)


def is_held(desk: Desk, citizen: Citizen, scopes: tuple[str, ...], now: int) -> bool:
    """Whether what they write there waits for a moderator, in whichever service that asks."""
    return any(one.kind == "hold" for one in desk.on(citizen.id, scopes, now))


def restraint(desk: Desk, citizen: str) -> Restrain:
    """What keeps an avatar: until when it is frozen and where, and which zones are closed to it."""
    frozen, barred = [], []
    for one in desk.index.active.get(citizen, {}).values():
        if one.state != "in_force":
            continue
        if one.kind == "freeze":
            frozen.append((one.scope, one.until))
        elif one.kind in ("kick", "ban") and "/" in one.scope:
            barred.append((one.scope, one.until))
    return Restrain(citizen, tuple(frozen), tuple(barred))
