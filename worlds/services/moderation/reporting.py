"""Reports: taken in with their evidence, claimed, decided, joined; and what keeps them from being a weapon."""

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
from worlds.services.moderation.inside import WitnessedReport
from worlds.services.moderation.roles import offices, require_desk, tells_authority
from worlds.services.moderation.sanctioning import require_stranger
from worlds.services.moderation.state import Claim, Report, Sanction
from worlds.services.moderation.wording import words_of

WINDOW_MS = 600 * S
"""In what time a citizen's reports are counted."""


def report(desk: Desk, command: wire.Report, citizen: Citizen, now: int) -> Iterator[e.OfModeration]:
    """Anyone, about a person, a line or a thing; what the edge saw goes with it."""
    desk.require_reason(command.reason)
    if not (command.citizen or command.message or command.subject):
        raise Refused(Refusal.BAD_MESSAGE, "about whom or what?", field="citizen")
    words = words_of(command.words, "words", desk.rules.longest_words, 0)
    seen = command.seen if isinstance(command, WitnessedReport) else Seen()
    about = command.about if isinstance(command, WitnessedReport) else None
    if citizen.is_visitor and isinstance(command, WitnessedReport) and not command.is_here:
        raise Refused(Refusal.NOT_HERE, "a visitor reports from where they are, in the city")
    target = command.citizen or next(
        (line.citizen for line in seen.lines if line.message == command.message), None
    )
    if target == citizen.id:
        raise Refused(Refusal.NOT_ALLOWED, "nobody reports themselves", field="citizen")
    if command.citizen is not None and about is None and not desk.is_known(command.citizen):
        raise Refused(Refusal.NOT_FOUND, "nobody of that id is known", field="citizen")
    _keep_pace(desk, citizen, target, command, now)
    is_minor = citizen.minor or (about is not None and about.minor)
    if target is not None and not is_minor:
        is_minor = desk.person(target, now).is_minor
    yield e.Reported(
        by=citizen.id,
        report=len(desk.state.reports) + 1,
        citizen=target,
        message=command.message,
        subject=command.subject,
        reason=command.reason,
        words=Personal(owner=citizen.id, text=words),
        scope=seen.scopes[-1] if seen.scopes else "",
        claim_by=now + desk.content.reasons[command.reason].claim_s * S,
        is_minor=is_minor,
        is_visitors=citizen.is_visitor,
        evidence=kept(seen),
    )
    if target is not None:
        yield from _alarm(desk, citizen, target, seen, now)


def _keep_pace(desk: Desk, citizen: Citizen, target: str | None, command: wire.Report, now: int) -> None:
    """Raises Refused: a citizen reports so often, and less whose reports came to nothing again and again."""
    rules, own = desk.rules, desk.index.reports_by.get(citizen.id, [])
    for one in own:
        if one.is_open and (one.citizen, one.message, one.subject) == (
            target,
            command.message,
            command.subject,
        ):
            raise Refused(Refusal.CONFLICT, f"you reported it: r-{one.number}")
    limit = rules.reports_per_10_min
    decided = [one for one in own if not one.is_open and one.state != "merged"][
        -rules.wrong_reports or None :
    ]
    is_wrong = rules.wrong_reports and len(decided) >= rules.wrong_reports
    is_wrong = is_wrong and all(one.state == "no_action" for one in decided)
    if is_wrong:
        limit = rules.reports_if_wrong
    recent = [one.at for one in own[-limit:] if one.at + WINDOW_MS > now] if limit else []
    if limit and len(recent) >= limit:
        raise Refused(
            Refusal.TOO_FAST,
            retry_after_ms=recent[0] + WINDOW_MS - now,
            limit="moderation.reports_if_wrong" if is_wrong else "moderation.reports_per_10_min",
        )
    if rules.report_waiting and len(desk.index.open_reports) >= rules.report_waiting:
        raise Refused(Refusal.FULL, "too many reports wait", limit="moderation.report_waiting")
    if citizen.is_visitor and rules.report_waiting_visitors:
        theirs = sum(one.is_visitors for one in desk.index.open_reports.values())
        if theirs >= rules.report_waiting_visitors:
            raise Refused(
                Refusal.FULL, "too many reports of visitors wait", limit="moderation.report_waiting_visitors"
            )


def _alarm(desk: Desk, citizen: Citizen, target: str, seen: Seen, now: int) -> Iterator[e.OfModeration]:
    """Many people about the same one: the desk is alerted, no more; how many visitors are is known to nobody."""
    if citizen.is_visitor:
        return
    reports = desk.index.reports_about.get(target, ())
    people = {one.by for one in reports if one.is_open and not one.is_visitors} | {citizen.id}
    if desk.rules.reports_alarm and len(people) == desk.rules.reports_alarm:
        scope = seen.district or ""
        yield e.AlertRaised(by=citizen.id, scope=scope, kind="reports", count=len(people), citizen=target)


# Claims


def require_claim(claim: Claim, citizen: Citizen, now: int) -> None:
    """Raises Refused not_allowed for who has not claimed the case."""
    if claim.by != citizen.id or claim.until <= now:
        raise Refused(Refusal.NOT_ALLOWED, "claim it first")


def claim(desk: Desk, command: wire.ClaimCase, citizen: Citizen, now: int) -> Iterator[e.OfModeration]:
    """A lease, renewed by claiming again; several moderators do not step on each other."""
    held = _claimable(desk, command.case, citizen, now)
    if held.by not in ("", citizen.id) and held.until > now:
        raise Refused(Refusal.CONFLICT, f"claimed by {held.by} until {held.until}", field="case")
    if not command.on and held.by != citizen.id:
        return
    until = now + desk.rules.claim_s * S if command.on else 0
    yield e.Claimed(by=citizen.id, case=command.case, until=until)


def _claimable(desk: Desk, name: str, citizen: Citizen, now: int) -> Claim:
    if name.startswith("r-"):
        one = _at_desk(desk, name, citizen)
        if not one.is_open:
            raise Refused(Refusal.CLOSED, f"it is {one.state}", field="case")
        return one.claim
    if name.startswith("h-"):
        held = desk.state.held_line(name)
        require_desk(citizen, held.scope)
        if held.citizen == citizen.id:
            raise Refused(Refusal.NOT_ALLOWED, "it is a line of your own", field="case")
        if held.state != "waiting" or now >= held.expires_at:
            raise Refused(Refusal.CLOSED, f"it is {held.state}", field="case")
        return held.claim
    sanction = desk.state.sanction(name)
    require_desk(citizen, sanction.scope)
    if citizen.id in (sanction.by, sanction.second_by, sanction.citizen):
        raise Refused(Refusal.NOT_ALLOWED, "somebody else decides an appeal", field="case")
    if sanction.appeal is None or sanction.appeal.state != "open":
        raise Refused(Refusal.CLOSED, "no appeal waits", field="case")
    return sanction.appeal.claim


def _at_desk(desk: Desk, name: str, citizen: Citizen) -> Report:
    """A report that this citizen may see; what is about them, or by them, they do not find."""
    one = desk.state.report(name)
    if one.authority is None or not tells_authority(citizen, one.scope):
        require_desk(citizen, one.scope)
    require_stranger(one, citizen)
    return one


def may_see(one: Report, citizen: Citizen) -> bool:
    """Whether a report is shown to this citizen at the desk."""
    return citizen.id not in (one.by, one.citizen) and any(offices(citizen, one.scope))


def look(desk: Desk, command: wire.ShowEvidence, citizen: Citizen, now: int) -> Iterator[e.OfModeration]:
    """Evidence holds what others said and where they were: whoever looks is written down."""
    one = _at_desk(desk, command.report, citizen)
    yield e.Looked(by=citizen.id, report=one.number)


def decide(desk: Desk, command: wire.DecideReport, citizen: Citizen, now: int) -> Iterator[e.OfModeration]:
    """Acted with which sanctions, no action and why, escalated and why, or joined with another."""
    one = _at_desk(desk, command.report, citizen)
    if not one.is_open:
        raise Refused(Refusal.CLOSED, f"it is {one.state}")
    require_claim(one.claim, citizen, now)
    words = words_of(
        command.words, "words", desk.rules.longest_words, command.outcome in ("no_action", "escalated")
    )
    sanctions = [desk.state.sanction(name) for name in command.sanctions]
    if (command.outcome == "acted") != bool(sanctions):
        raise Refused(Refusal.BAD_MESSAGE, "acted, and nothing else, names sanctions", field="sanctions")
    if any(one.citizen is not None and given.citizen != one.citizen for given in sanctions):
        raise Refused(Refusal.CONFLICT, "the sanction is on somebody else", field="sanctions")
    into = None
    if (command.outcome == "merged") != (command.into is not None):
        raise Refused(Refusal.BAD_MESSAGE, "merged, and nothing else, has into", field="into")
    if command.into is not None:
        into = _at_desk(desk, command.into, citizen)
        if into is one or not into.is_open or (into.citizen, into.subject) != (one.citizen, one.subject):
            raise Refused(Refusal.CONFLICT, "joined with an open one about the same", field="into")
    yield e.ReportDecided(
        by=citizen.id,
        report=one.number,
        outcome=command.outcome,
        words=Personal(owner=one.citizen or one.by, text=words) if words else None,
        sanctions=tuple(given.number for given in sanctions),
        into=into.number if into is not None else 0,
        is_for_authority=_is_for_authority(desk, one, command.outcome, sanctions),
    )


def _is_for_authority(desk: Desk, one: Report, outcome: str, sanctions: list[Sanction]) -> bool:
    """What was escalated, and what was acted upon for a reason that the city says is also an authority's."""
    if outcome == "acted":
        reasons = {one.reason, *(given.reason for given in sanctions)}
        return any(desk.content.reasons[code].authority for code in reasons & set(desk.content.reasons))
    return outcome == "escalated"


def hand_over(desk: Desk, command: wire.HandOver, citizen: Citizen, now: int) -> Iterator[e.OfModeration]:
    """An authority outside was told, once, and it is kept whom and under what number."""
    one = desk.state.report(command.report)
    if not tells_authority(citizen, one.scope):
        raise Refused(Refusal.NOT_ALLOWED, "who tells the authority, or leads the desk", field="report")
    require_stranger(one, citizen)
    if one.authority != "waiting":
        raise Refused(Refusal.CLOSED, "nothing waits to be handed over", field="report")
    words = words_of(command.words, "words", desk.rules.longest_words)
    yield e.HandedOver(
        by=citizen.id, report=one.number, words=Personal(owner=one.citizen or one.by, text=words)
    )
