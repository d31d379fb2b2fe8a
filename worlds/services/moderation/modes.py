"""What goes for everyone in a place: slow, new texts only, links, staff only, locked; the shield; stopping a venue."""

from collections.abc import Iterator

from protocol.refusals import Refusal, Refused
from protocol.services import moderation as wire
from worlds.citizen import Citizen
from worlds.services.moderation import events as e
from worlds.services.moderation.content import S
from worlds.services.moderation.desk import Desk
from worlds.services.moderation.inside import RaiseAlert
from worlds.services.moderation.roles import holds, offices, require_desk
from worlds.services.moderation.state import Mode
from worlds.services.moderation.wording import words_of


def set_mode(desk: Desk, command: wire.SetMode, citizen: Citizen, now: int) -> Iterator[e.OfModeration]:
    """Any of the desk, and an operator; what is left out stays; the shield is one switch."""
    if not holds(citizen, "operator", command.scope):
        require_desk(citizen, command.scope)
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


def alert(desk: Desk, command: RaiseAlert, citizen: Citizen, now: int) -> Iterator[e.OfModeration]:
    """The desk is told; whether to raise the shield is for a person to say."""
    yield e.AlertRaised(scope=command.scope, kind="raid", count=command.count)
