"""What goes for everyone in a place: slow, new texts only, links, staff only, locked; the shield; stopping a venue."""

from collections import deque
from collections.abc import Iterator

from protocol.refusals import Refusal, Refused
from protocol.services import moderation as wire
from worlds.citizen import Citizen
from worlds.services.moderation import events as e
from worlds.services.moderation.content import S
from worlds.services.moderation.desk import Desk
from worlds.services.moderation.inside import RaiseAlert
from worlds.services.moderation.roles import holds, is_staff, offices, require
from worlds.services.moderation.state import Mode
from worlds.services.moderation.wording import words_of


def set_mode(desk: Desk, command: wire.SetMode, citizen: Citizen, now: int) -> Iterator[e.OfModeration]:
    """Any of the desk, and an operator; what is left out stays; the shield is one switch."""
    if not holds(citizen, "operator", command.scope):
        require(citizen, command.scope, "moderator", "head", "host")
    words = words_of(command.words, "words", desk.rules.longest_words, 0)
    was = desk.state.modes.get(command.scope) or Mode(command.scope)
    shield_until = was.shield_until if was.shield_until > now else 0
    if command.shield is not None:
        shield_until = now + desk.rules.shield_s * S if command.shield else 0

    def chosen(name: str) -> bool:
        value = getattr(command, name)
        return bool(getattr(was, name) if value is None else value)

    yield e.ModeSet(
        by=citizen.id,
        scope=command.scope,
        slow_s=was.slow_s if command.slow_s is None else command.slow_s,
        is_unique=chosen("is_unique"),
        holds_links=chosen("holds_links"),
        is_staff_only=chosen("is_staff_only"),
        is_locked=chosen("is_locked"),
        shield_until=shield_until,
        words=words,
    )


def act_jointly(desk: Desk, command: wire.ActOnVenue, citizen: Citizen, now: int) -> Iterator[e.OfModeration]:
    """A venue stops, or goes on, when two different people want it within half a minute."""
    if not holds(citizen, "operator", command.scope) and not {"head", "host"} & set(
        offices(citizen, command.scope)
    ):
        raise Refused(Refusal.NOT_ALLOWED, "heads of the desk, hosts and operators", field="scope")
    words = words_of(command.words, "words", desk.rules.longest_words)
    mode = desk.state.modes.get(command.scope) or Mode(command.scope)
    if mode.is_stopped == (command.action == "stop"):
        raise Refused(Refusal.CONFLICT, "it is so already", field="action")
    joint = desk.state.joints.get(command.scope)
    if joint is not None and now < joint.until and joint.action == command.action:
        if joint.by == citizen.id:
            raise Refused(Refusal.CONFLICT, f"somebody else has to agree until {joint.until}")
        yield e.VenueActed(
            by=citizen.id, scope=command.scope, action=command.action, words=words, first=joint.by
        )
        return
    until = now + desk.rules.joint_s * S
    yield e.VenueAsked(by=citizen.id, scope=command.scope, action=command.action, words=words, until=until)


def note_join(desk: Desk, citizen: Citizen, district: str, now: int) -> Iterator[RaiseAlert]:
    """Counts those who are new; more than so many within seconds are a raid, told to the desk once a minute."""
    rules = desk.rules
    is_public = not is_staff(citizen, (district,))
    if rules.shield_joins and is_public and desk.is_new(citizen, rules.new_days, now):
        _let_in(desk, district, now).append(now)
    if not rules.raid_joins or not desk.is_new(citizen, rules.raid_new_days, now):
        return
    joins = desk.index.joins[district]
    joins.append(now)
    while joins[0] <= now - rules.raid_s * S:
        joins.popleft()
    last = desk.index.alerted_at.get(district)
    if len(joins) > rules.raid_joins and (last is None or now - last >= rules.raid_again_s * S):
        desk.index.alerted_at[district] = now
        yield RaiseAlert(id=0, scope=district, count=len(joins))


def _let_in(desk: Desk, district: str, now: int) -> deque[int]:
    """When who is new came in, of the last seconds."""
    times = desk.index.let_in[district]
    while times and times[0] <= now - desk.rules.raid_s * S:
        times.popleft()
    return times


def is_shielded_from(desk: Desk, citizen: Citizen, scopes: tuple[str, ...], now: int) -> bool:
    """Whether the shield is up there, and means this citizen: who is new, and does not work there."""
    if not desk.mode(scopes, now).shield_until or is_staff(citizen, scopes):
        return False
    return desk.is_new(citizen, desk.rules.new_days, now)


def veiled_until(desk: Desk, citizen: Citizen, model: str, scopes: tuple[str, ...], now: int) -> int | None:
    """Until when someone looks plain there: under the shield who is new, and whoever wears what the city does not know.

    A model of whose name nobody here has heard is drawn by its maker's client: it may be a slogan, or worse.
    """
    until = desk.mode(scopes, now).shield_until
    if not until or is_staff(citizen, scopes):
        return None
    is_unknown = bool(desk.content.models) and model not in desk.content.models
    return until if is_unknown or desk.is_new(citizen, desk.rules.new_days, now) else None


def room(desk: Desk, citizen: Citizen, district: str, now: int) -> int | None:
    """How many who are new may come in just now, under the shield; None: it does not mean this citizen."""
    if not desk.rules.shield_joins or not is_shielded_from(desk, citizen, (district,), now):
        return None
    return max(desk.rules.shield_joins - len(_let_in(desk, district, now)), 0)


def alert(desk: Desk, command: RaiseAlert, citizen: Citizen, now: int) -> Iterator[e.OfModeration]:
    """The desk is told; whether to raise the shield is for a person to say."""
    yield e.AlertRaised(scope=command.scope, kind="raid", count=command.count)
