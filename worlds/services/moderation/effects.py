"""What an act of moderation does among the avatars: frozen, put out, moved, a line that waited is told."""

from collections.abc import Iterator

from worlds.service import Effect, Move, ReadLooks, Remove, Speak, TurnAway
from worlds.services.moderation import events as e
from worlds.services.moderation.content import S
from worlds.services.moderation.desk import Desk
from worlds.services.moderation.forbidding import restraint
from worlds.services.moderation.state import Held, Sanction


def effects(desk: Desk, event: e.OfModeration) -> Iterator[Effect]:
    """What happens among the avatars."""
    match event:
        case e.Sanctioned() | e.Seconded():
            one = desk.state.sanctions[event.sanction - 1]
            if one.state == "in_force":
                yield from _in_force(desk, one)
        case e.Ended() | e.Lifted() | e.AppealDecided():
            one = desk.state.sanctions[event.sanction - 1]
            if one.kind in ("freeze", "kick", "ban"):
                yield restraint(desk, one.citizen)
        case e.LineDecided(state="approved" | "edited"):
            yield _speak(desk, desk.state.held[event.held - 1], event)
        case e.ModeSet() | e.ShieldEnded():
            yield ReadLooks(event.scope)
        case e.Moved():
            yield Move(event.citizen, event.district, event.x, event.z)
        case _:
            return


def _in_force(desk: Desk, one: Sanction) -> Iterator[Effect]:
    if one.kind == "freeze":
        yield restraint(desk, one.citizen)
    if one.kind not in ("kick", "ban"):
        return
    if one.reach == "address":
        yield TurnAway(one.citizen, min(one.until, one.at + desk.rules.address_s * S))
    if "/" in one.scope:
        yield restraint(desk, one.citizen)
    elif one.scope:
        yield Remove(one.citizen, one.scope)
    else:
        # Out of the city is out of the door for a kick; who is banned stays welcome to petition and appeal.
        is_out = one.kind == "kick"
        yield Remove(one.citizen, None if is_out else "", desk.texts[one.words] if is_out else "")


def _speak(desk: Desk, held: Held, event: e.LineDecided) -> Speak:
    return Speak(
        citizen=held.citizen,
        name=desk.texts[held.name],
        message=held.message,
        text=desk.texts[event.text or held.text],
        to=held.to,
        hearer=None,
        district=held.district,
    )
