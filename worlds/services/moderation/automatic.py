"""Automatic rules: what follows by itself when lines of one citizen were held again and again.

A city writes them in its content. The strongest is to wait for a moderator, or ten minutes of silence; never a ban. A
sanction by a rule has a reason and an end, can be appealed against, and in the audit it is nobody's act.
"""

from collections.abc import Iterator, Sequence
from itertools import takewhile

from worlds.access import holds_any
from worlds.citizen import Citizen
from worlds.service import Personal
from worlds.services.moderation import events as e
from worlds.services.moderation.content import Automatic, S
from worlds.services.moderation.desk import Desk
from worlds.services.moderation.state import Held


def follows(
    desk: Desk, citizen: Citizen, reason: e.HeldReason, district: str, now: int
) -> Iterator[e.OfModeration]:
    """What the rules make of one more line that was held for this reason."""
    number, earlier = len(desk.state.sanctions), desk.index.held_by.get(citizen.id, [])
    for rule in desk.content.automatic:
        if rule.on != reason or holds_any(citizen, rule.exempt, district or None):
            continue
        times = 1 + sum(one.reason == reason for one in _since(earlier, now - rule.within_s * S))
        if rule.action == "alert":
            if times == rule.times:
                yield e.AlertRaised(scope=district, kind="lines", count=times, citizen=citizen.id)
        elif times >= rule.times and not _is_on(desk, rule, citizen.id, district, now):
            number += 1
            yield _sanctioned(desk, rule, number, citizen.id, district, now)


def _since(lines: Sequence[Held], since: int) -> Iterator[Held]:
    return takewhile(lambda one: one.at > since, reversed(lines))


def _is_on(desk: Desk, rule: Automatic, citizen: str, district: str, now: int) -> bool:
    return any(one.kind == rule.action for one in desk.on(citizen, (district,) if district else (), now))


def _sanctioned(
    desk: Desk, rule: Automatic, number: int, citizen: str, district: str, now: int
) -> e.Sanctioned:
    assert rule.action != "alert"
    return e.Sanctioned(
        sanction=number,
        citizen=citizen,
        kind=rule.action,
        scope=district,
        reason=rule.reason,
        words=Personal(owner=citizen, text=f"{rule.words.ko} / {rule.words.en}"),
        rules=desk.rules.version,
        until=now + rule.lasts_s * S,
        every_s=rule.every_s,
    )
