"""Lines of chat: told, refused, or held for a moderator; and what a moderator decides on those that wait.

Chat is not journaled, a held line is: the edge asks here about every line before it is told. What is held comes
back as a command, which the edge gives to the gate in the line's place; what is approved comes out as an effect.
"""

from collections.abc import Iterator

from protocol.refusals import Refusal, Refused
from protocol.services import moderation as wire
from worlds.citizen import Citizen
from worlds.service import Personal
from worlds.services.moderation import automatic
from worlds.services.moderation import events as e
from worlds.services.moderation.content import S
from worlds.services.moderation.desk import Desk
from worlds.services.moderation.evidence import kept_line
from worlds.services.moderation.forbidding import refuse_observer, refuse_sanctioned
from worlds.services.moderation.inside import HoldLine
from worlds.services.moderation.reporting import require_claim
from worlds.services.moderation.roles import is_staff, require_desk
from worlds.services.moderation.state import Mode
from worlds.services.moderation.wording import link_in, mentions_in, phone_in, words_of
from worlds.speech import Line

SAY = "chat.say"


def hear(desk: Desk, line: Line, citizen: Citizen, now: int) -> HoldLine | None:
    """What becomes of a line: None, it is told; or the command that holds it; raises Refused."""
    staff = is_staff(citizen, line.scopes)
    refuse_observer(desk, SAY, citizen, line.scopes)
    refuse_sanctioned(desk, SAY, citizen.id, line.scopes, now)
    _wait(line.spoke_at, _slow_s(desk, citizen, line.scopes, now), now)
    mode = desk.mode(line.scopes, now)
    if not staff:
        _keep_mode(desk, mode, line, citizen, now)
    if desk.rules.repeat_s and line.repeated_at and now - line.repeated_at < desk.rules.repeat_s * S:
        raise Refused(Refusal.CONFLICT, "you have just said the same", field="text")
    found = _why_held(desk, mode, line, citizen, now) if not staff else None
    if found is None:
        return None
    return _held(desk, line, citizen, *found)


def _slow_s(desk: Desk, citizen: Citizen, scopes: tuple[str, ...], now: int) -> int:
    return max((one.every_s for one in desk.on(citizen.id, scopes, now) if one.kind == "slow"), default=0)


def _wait(spoke_at: int, every_s: int, now: int) -> None:
    wait = spoke_at + every_s * S - now
    if every_s and spoke_at and wait > 0:
        raise Refused(Refusal.TOO_FAST, f"one line in {every_s} s", retry_after_ms=wait)


def _keep_mode(desk: Desk, mode: Mode, line: Line, citizen: Citizen, now: int) -> None:
    """Raises Refused where what goes for everyone here does not let the line be told."""
    if mode.is_stopped:
        raise Refused(Refusal.CLOSED, "the venue is stopped")
    if mode.is_staff_only and line.to == "district":
        raise Refused(Refusal.NOT_ALLOWED, "only staff writes to the whole district now", field="to")
    if mode.shield_until and citizen.is_visitor:
        raise Refused(
            Refusal.NOT_ALLOWED, "visitors are silent for now", retry_after_ms=mode.shield_until - now
        )
    if line.to == "citizen":
        return
    _wait(line.spoke_at, mode.slow_s, now)
    if mode.is_unique and line.heard_at and now - line.heard_at < desk.rules.unique_s * S:
        raise Refused(Refusal.CONFLICT, "it was said here before", field="text")
    if mode.shield_until and link_in(line.text) is not None:
        raise Refused(Refusal.NOT_ALLOWED, "no links for now", field="text")


def _why_held(
    desk: Desk, mode: Mode, line: Line, citizen: Citizen, now: int
) -> tuple[e.HeldReason, tuple[str, ...]] | None:
    """Why a moderator reads it first, and the marks; None: nobody does. Private lines are read by nobody."""
    is_held = any(one.kind == "hold" for one in desk.on(citizen.id, line.scopes, now))
    if line.to == "citizen":
        if is_held:
            raise Refused(
                Refusal.NOT_ALLOWED, "your lines are read first, and private ones are not", field="to"
            )
        if mode.shield_until and desk.is_new(citizen, desk.rules.new_days, now):
            raise Refused(
                Refusal.NOT_ALLOWED,
                "who is new does not write in private for now",
                field="to",
                retry_after_ms=mode.shield_until - now,
            )
        return None
    if is_held:
        return "sanction", ()
    verdict = desk.judge(line.text)
    if verdict.level != "clean":
        return "words", tuple(dict.fromkeys(entry.word for entry in verdict.entries))
    if mode.holds_links or citizen.level < desk.rules.link_level:
        if (link := link_in(line.text)) is not None:
            return "link", (link,)
        if (phone := phone_in(line.text)) is not None:
            return "phone", (phone,)
    named = mentions_in(line.text)
    if desk.rules.mentions and len(named) >= desk.rules.mentions:
        return "mentions", named
    if mode.shield_until and desk.is_new(citizen, desk.rules.new_days, now):
        return "new", ()
    return None


def _held(desk: Desk, line: Line, citizen: Citizen, reason: e.HeldReason, marks: tuple[str, ...]) -> HoldLine:
    return HoldLine(
        id=line.command,
        key=line.key,
        text=line.text,
        to=line.to,
        hearer=line.hearer,
        district=line.district or "",
        scope=line.scopes[-1] if line.scopes else "",
        reason=reason,
        marks=marks,
        message=line.message,
        context=line.context[-desk.rules.context_lines :],
    )


def hold(desk: Desk, command: HoldLine, citizen: Citizen, now: int) -> Iterator[e.OfModeration]:
    """A line waits; a citizen has only so many waiting, and the queue has an end."""
    rules = desk.rules
    own = sum(one.citizen == citizen.id for one in desk.index.waiting.values())
    if rules.held_per_citizen and own >= rules.held_per_citizen:
        raise Refused(
            Refusal.FULL, f"{own} lines of yours wait for a moderator", limit="moderation.held_per_citizen"
        )
    if rules.held_waiting and len(desk.index.waiting) >= rules.held_waiting:
        raise Refused(Refusal.FULL, "too many lines wait for a moderator", limit="moderation.held_waiting")
    if citizen.is_visitor and rules.held_waiting_visitors:
        theirs = sum(one.is_visitors for one in desk.index.waiting.values())
        if theirs >= rules.held_waiting_visitors:
            raise Refused(
                Refusal.FULL,
                "too many lines of visitors wait for a moderator",
                limit="moderation.held_waiting_visitors",
            )
    yield e.LineHeld(
        by=citizen.id,
        held=len(desk.state.held) + 1,
        name=Personal(owner=citizen.id, text=citizen.name),
        text=Personal(owner=citizen.id, text=command.text),
        to=command.to,
        district=command.district,
        scope=command.scope,
        message=command.message,
        reason=command.reason,
        marks=command.marks,
        context=tuple(kept_line(line) for line in command.context),
        expires_at=now + rules.held_s * S,
        is_visitors=citizen.is_visitor,
    )
    yield from automatic.follows(desk, citizen, command.reason, command.district, now)


def decide(desk: Desk, command: wire.DecideHeld, citizen: Citizen, now: int) -> Iterator[e.OfModeration]:
    """Told as it is, told in other words, or refused with a reason; each line is read by itself."""
    held = desk.state.held_line(command.held)
    require_desk(citizen, held.scope)
    if held.state != "waiting" or now >= held.expires_at:
        raise Refused(Refusal.CLOSED, f"it is {held.state}")
    require_claim(held.claim, citizen, now)
    if command.text is not None and not command.approve:
        raise Refused(Refusal.BAD_MESSAGE, "other words for a line that is told", field="text")
    words = words_of(command.words, "words", desk.rules.longest_words, 0 if command.approve else 1)
    text = None
    if command.text is not None:
        text = words_of(command.text, "text", desk.rules.longest_words)
    is_edited = text is not None and text != desk.texts[held.text]
    yield e.LineDecided(
        by=citizen.id,
        held=held.number,
        state=("edited" if is_edited else "approved") if command.approve else "refused",
        text=Personal(owner=held.citizen, text=text) if text is not None and is_edited else None,
        words=Personal(owner=held.citizen, text=words) if words else None,
    )
