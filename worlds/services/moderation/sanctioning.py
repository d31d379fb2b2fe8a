"""Sanctions: given, agreed to by a second person, acknowledged, lifted; who may be touched, and by whom."""

from collections.abc import Iterator

from protocol.refusals import Refusal, Refused
from protocol.services import moderation as wire
from worlds.citizen import Citizen
from worlds.evidence import Seen
from worlds.service import Personal
from worlds.services.moderation import events as e
from worlds.services.moderation.content import S
from worlds.services.moderation.desk import Desk
from worlds.services.moderation.evidence import kept
from worlds.services.moderation.inside import WitnessedMove, WitnessedSanction
from worlds.services.moderation.roles import (
    DESK_RANK,
    OPERATOR_RANK,
    is_head,
    longest_s,
    rank,
    require,
    require_desk,
)
from worlds.services.moderation.state import Report, Sanction, number_of
from worlds.services.moderation.wording import words_of

ADDRESS_KINDS = frozenset({"kick", "ban"})
"""What may also close the door to an address."""


def sanction(desk: Desk, command: wire.Sanction, citizen: Citizen, now: int) -> Iterator[e.OfModeration]:
    """Reason, scope and end are obligatory; every check comes before anybody is touched."""
    desk.require_reason(command.reason)
    words = words_of(command.words, "words", desk.rules.longest_words)
    lasts_ms = _lasts_ms(desk, command, citizen)
    here = {one.id: one for one in command.here} if isinstance(command, WitnessedSanction) else {}
    targets = list(dict.fromkeys(command.citizens))
    for target in targets:
        require_touchable(desk, target, here.get(target), citizen)
    if command.reach == "address" and command.kind not in ADDRESS_KINDS:
        raise Refused(Refusal.BAD_MESSAGE, "an address can be kept out, nothing else", field="reach")
    if (command.every_s is None) == (command.kind == "slow"):
        raise Refused(Refusal.BAD_MESSAGE, "slow, and nothing else, has every_s", field="every_s")
    reports = [desk.state.report(name) for name in command.reports]
    for report in reports:
        require_stranger(report, citizen)
    if is_preview(desk, command):
        return
    takes_two = needs_second(desk, command, lasts_ms)
    given: dict[str, int] = {}
    for number, target in enumerate(targets, len(desk.state.sanctions) + 1):
        given[target] = number
        yield e.Sanctioned(
            by=citizen.id,
            sanction=number,
            citizen=target,
            kind=command.kind,
            scope=command.scope,
            reason=command.reason,
            words=Personal(owner=target, text=words),
            rules=desk.rules.version,
            until=now + lasts_ms,
            propose_until=now + desk.rules.second_s * S if takes_two else 0,
            every_s=command.every_s or 0,
            reach=command.reach,
            reports=tuple(report.number for report in reports),
        )
    if is_case_of_its_own(desk, command):
        minors = {target for target in targets if _is_minor(desk, target, here.get(target))}
        yield from _for_authority(desk, command, citizen, given, minors, now)


def is_case_of_its_own(desk: Desk, command: wire.Sanction) -> bool:
    """Whether it is for what nobody reported, and what is also an authority's."""
    reason = desk.content.reasons.get(command.reason)
    return not command.reports and reason is not None and reason.authority


def _is_minor(desk: Desk, target: str, here: Citizen | None) -> bool:
    known = desk.state.people.get(target)
    return (here is not None and here.minor) or (known is not None and known.is_minor)


def _for_authority(
    desk: Desk, command: wire.Sanction, citizen: Citizen, given: dict[str, int], minors: set[str], now: int
) -> Iterator[e.OfModeration]:
    """What nobody reported and is also an authority's becomes a case, with what who acted had seen: it is told, too."""
    seen = command.seen if isinstance(command, WitnessedSanction) else Seen()
    words = words_of(command.words, "words", desk.rules.longest_words)
    for number, (target, sanction) in enumerate(given.items(), len(desk.state.reports) + 1):
        yield e.Reported(
            report=number,
            citizen=target,
            reason=command.reason,
            words=Personal(owner=target, text=words),
            scope=command.scope,
            claim_by=now,
            is_minor=target in minors,
            # Of a raid that is put out in one go, each case would hold the same thousand pieces.
            evidence=kept(seen) if len(given) == 1 else e.Evidence(),
        )
        yield e.ReportDecided(
            by=citizen.id, report=number, outcome="acted", sanctions=(sanction,), is_for_authority=True
        )


def is_preview(desk: Desk, command: wire.Sanction) -> bool:
    """Whether so many are touched that one looks at the effect first."""
    limit = desk.rules.preview_over
    return bool(limit) and len(set(command.citizens)) > limit and not command.confirm


def needs_second(desk: Desk, command: wire.Sanction, lasts_ms: int) -> bool:
    """Bans that are long, or of the whole city, take two people."""
    is_long = bool(desk.rules.alone_ban_s) and lasts_ms > desk.rules.alone_ban_s * S
    return command.kind == "ban" and (is_long or not command.scope)


def lasting_ms(desk: Desk, command: wire.Sanction) -> int:
    """How long it shall last: what was said, or the default of its kind."""
    return (command.lasts_s or desk.content.kinds[command.kind].default_s) * S


def _lasts_ms(desk: Desk, command: wire.Sanction, citizen: Citizen) -> int:
    require_desk(citizen, command.scope)
    most = longest_s(desk.content, citizen, command.scope, command.kind)
    if most is None:
        raise Refused(Refusal.NOT_ALLOWED, f"your office there does not {command.kind}", field="kind")
    lasts_ms = lasting_ms(desk, command)
    is_joint = command.kind == "ban" and is_head(citizen, command.scope)
    if most and lasts_ms > most * S and not is_joint:
        raise Refused(Refusal.NOT_ALLOWED, f"your office gives it for {most} s at most", field="lasts_s")
    return lasts_ms


def require_touchable(desk: Desk, target: str, here: Citizen | None, citizen: Citizen) -> None:
    """Raises Refused: not oneself, nobody whom nobody knows, no operator, nobody of one's own rank or above."""
    if target == citizen.id:
        raise Refused(Refusal.NOT_ALLOWED, "nobody acts on a case of their own", field="citizens")
    if here is None and not desk.is_known(target):
        raise Refused(Refusal.NOT_FOUND, "nobody of that id is known", field="citizens")
    known = desk.state.people.get(target)
    theirs = max(known.rank if known else 0, rank(here) if here else 0)
    if theirs == OPERATOR_RANK or (theirs >= DESK_RANK and theirs >= rank(citizen)):
        raise Refused(
            Refusal.NOT_ALLOWED, "nobody acts on who stands as high, or on an operator", field="citizens"
        )


def require_stranger(report: Report, citizen: Citizen) -> None:
    """Raises Refused not_allowed on a case of one's own."""
    if citizen.id in (report.by, report.citizen):
        raise Refused(Refusal.NOT_ALLOWED, "it is a case of your own", field="report")


def second(desk: Desk, command: wire.Second, citizen: Citizen, now: int) -> Iterator[e.OfModeration]:
    """A second head of the desk agrees: from then on it runs its whole length; or it lapses."""
    one = desk.state.sanction(command.sanction)
    require(citizen, one.scope, "head")
    if one.state != "proposed" or now >= one.propose_until:
        raise Refused(Refusal.CLOSED, f"it is {one.state if one.state != 'proposed' else 'lapsed'}")
    if citizen.id in (one.by, one.citizen):
        raise Refused(Refusal.NOT_ALLOWED, "somebody else has to agree")
    for number in one.reports:
        require_stranger(desk.state.reports[number - 1], citizen)
    until = now + one.until - one.at
    yield e.Seconded(by=citizen.id, sanction=one.number, agree=command.agree, until=until)


def acknowledge(
    desk: Desk, command: wire.Acknowledge, citizen: Citizen, now: int
) -> Iterator[e.OfModeration]:
    """The warned citizen has read it; once more changes nothing."""
    one = own_sanction(desk, command.sanction, citizen)
    if one.kind == "warn" and one.state == "in_force" and not one.is_acknowledged:
        yield e.Acknowledged(by=citizen.id, sanction=one.number)


def own_sanction(desk: Desk, name: str, citizen: Citizen) -> Sanction:
    """A sanction of one's own; raises Refused not_found for another's as for none."""
    number = number_of(name, "s", len(desk.state.sanctions), "sanction")
    one = desk.state.sanctions[number - 1]
    if one.citizen != citizen.id or one.state in ("proposed", "lapsed"):
        raise Refused(Refusal.NOT_FOUND, field="sanction")
    return one


def lift(desk: Desk, command: wire.Lift, citizen: Citizen, now: int) -> Iterator[e.OfModeration]:
    """Who gave it undoes it within ten minutes; later the head of the desk ends it. Nobody their own."""
    one = desk.state.sanction(command.sanction)
    require_desk(citizen, one.scope)
    if citizen.id == one.citizen:
        raise Refused(Refusal.NOT_ALLOWED, "nobody acts on a case of their own")
    is_undone = citizen.id == one.by and now < one.at + desk.rules.undo_s * S
    if not is_undone and not is_head(citizen, one.scope):
        raise Refused(Refusal.NOT_ALLOWED, "the time to undo it is over: ask the head of the desk")
    if one.state != "proposed" and not one.holds_at(now):
        raise Refused(Refusal.CLOSED, f"it is {one.state}")
    words = words_of(command.words, "words", desk.rules.longest_words)
    yield e.Lifted(
        by=citizen.id,
        sanction=one.number,
        words=Personal(owner=one.citizen, text=words),
        is_undone=is_undone,
    )


def move(
    desk: Desk, command: wire.MoveCitizen | WitnessedMove, citizen: Citizen, now: int
) -> Iterator[e.OfModeration]:
    """An avatar is put elsewhere in its district, with the reason kept."""
    require_desk(citizen, command.district)
    here = command.here if isinstance(command, WitnessedMove) else None
    require_touchable(desk, command.citizen, here, citizen)
    words = words_of(command.words, "words", desk.rules.longest_words)
    yield e.Moved(
        by=citizen.id,
        citizen=command.citizen,
        district=command.district,
        x=command.x,
        z=command.z,
        words=Personal(owner=command.citizen, text=words),
    )
