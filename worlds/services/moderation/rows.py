"""Rows as people are shown them: what is kept, with its personal texts read."""

import json
from typing import Literal

from protocol.handshake import Text
from protocol.services import moderation as wire
from worlds.services.moderation.content import DAY
from worlds.services.moderation.desk import Desk
from worlds.services.moderation.events import KeptLine
from worlds.services.moderation.state import Act, Appeal, Claim, Held, Mode, Note, Report, Sanction

MAX_NOTES = 5
"""Notes shown in a row: the last ones."""


def own_sanction(desk: Desk, one: Sanction) -> wire.OwnSanction:
    """A sanction as the person concerned is told it: not who gave it."""
    reason = desk.content.reasons.get(one.reason)
    appeal = one.appeal
    return wire.OwnSanction(
        sanction=f"s-{one.number}",
        kind=one.kind,
        scope=one.scope,
        reason=one.reason,
        reason_name=reason.name if reason else Text(ko=one.reason, en=one.reason),
        words=desk.texts[one.words],
        rules=one.rules,
        at=one.at,
        until=one.until,
        every_s=one.every_s or None,
        state=one.state,
        is_acknowledged=one.is_acknowledged,
        appeal_until=one.at + desk.rules.appeal_days * DAY,
        appeal=_appeal(desk, appeal).model_copy(
            update={"by": None, "claimed_by": None, "claimed_until": None}
        )
        if appeal
        else None,
    )


def sanction_row(desk: Desk, one: Sanction) -> wire.SanctionRow:
    """A sanction on one page with its appeal and its notes."""
    return wire.SanctionRow(
        sanction=f"s-{one.number}",
        citizen=one.citizen,
        kind=one.kind,
        scope=one.scope,
        reason=one.reason,
        words=desk.texts[one.words],
        rules=one.rules,
        by=one.by,
        second_by=one.second_by,
        at=one.at,
        until=one.until,
        propose_until=one.propose_until or None,
        every_s=one.every_s or None,
        reach=one.reach,
        state=one.state,
        reports=[f"r-{number}" for number in one.reports],
        appeal=_appeal(desk, one.appeal) if one.appeal else None,
        notes=_notes(desk, one.notes),
    )


def _appeal(desk: Desk, appeal: Appeal) -> wire.AppealRow:
    claimed_by, claimed_until = _claim(appeal.claim)
    return wire.AppealRow(
        state=appeal.state,
        text=desk.texts[appeal.text],
        at=appeal.at,
        answer_by=desk.answer_by(appeal.at)
        if appeal.state == "open" and desk.rules.appeal_answer_days
        else None,
        claimed_by=claimed_by,
        claimed_until=claimed_until,
        words=desk.texts[appeal.words] if appeal.words else None,
        by=appeal.by,
        decided_at=appeal.decided_at,
    )


def _claim(claim: Claim) -> tuple[str | None, int | None]:
    return (claim.by, claim.until) if claim.by else (None, None)


def _notes(desk: Desk, notes: list[Note]) -> list[wire.CaseNote]:
    return [wire.CaseNote(by=one.by, at=one.at, text=desk.texts[one.text]) for one in notes[-MAX_NOTES:]]


def report_row(desk: Desk, one: Report) -> wire.ReportRow:
    """A report at the desk."""
    claimed_by, claimed_until = _claim(one.claim)
    return wire.ReportRow(
        report=f"r-{one.number}",
        citizen=one.citizen,
        message=one.message,
        subject=one.subject,
        reason=one.reason,
        words=desk.texts[one.words] if one.words.text or one.words.ref else "",
        by=one.by,
        scope=one.scope,
        at=one.at,
        claim_by=one.claim_by,
        is_minor=one.is_minor,
        state=one.state,
        claimed_by=claimed_by,
        claimed_until=claimed_until,
        sanctions=[f"s-{number}" for number in one.sanctions],
        merged_into=f"r-{one.merged_into}" if one.merged_into else None,
        merged=[f"r-{number}" for number in one.merged],
        outcome=desk.texts[one.outcome] if one.outcome else None,
        authority=one.authority,
        handed_over=desk.texts[one.handed_over] if one.handed_over else None,
        notes=_notes(desk, one.notes),
    )


def own_report(desk: Desk, one: Report) -> wire.OwnReport:
    """A report as its writer sees it; what became of one that was joined with another is what became of that."""
    head = one
    while head.merged_into is not None:
        head = desk.state.reports[head.merged_into - 1]
    match head.state:
        case "acted" | "no_action" | "escalated":
            state: Literal["open", "acted", "no_action", "escalated"] = head.state
        case _:
            state = "open"
    return wire.OwnReport(report=f"r-{one.number}", reason=one.reason, at=one.at, state=state)


def chat_line(desk: Desk, line: KeptLine) -> wire.ChatLine:
    """A line as it was seen."""
    return wire.ChatLine(
        citizen=line.citizen,
        name=desk.texts[line.name],
        text=desk.texts[line.text],
        at=line.at,
        message=line.message or None,
    )


def held_row(desk: Desk, one: Held) -> wire.HeldRow:
    """A line that waits, with what its writer was sanctioned for before."""
    history: dict[str, int] = {}
    for sanction in desk.index.of_citizen.get(one.citizen, ()):
        if sanction.state in ("in_force", "ended"):
            history[sanction.kind] = history.get(sanction.kind, 0) + 1
    claimed_by, claimed_until = _claim(one.claim)
    return wire.HeldRow(
        held=f"h-{one.number}",
        citizen=one.citizen,
        name=desk.texts[one.name],
        text=desk.texts[one.text],
        to=one.to,
        scope=one.scope,
        marks=list(one.marks),
        reason=one.reason,
        context=[chat_line(desk, line) for line in one.context] if one.state == "waiting" else [],
        history=history,
        at=one.at,
        expires_at=one.expires_at,
        state=one.state,
        claimed_by=claimed_by,
        claimed_until=claimed_until,
    )


def mode_row(mode: Mode, now: int) -> wire.VenueMode:
    """What goes for everyone in a scope."""
    return wire.VenueMode(
        scope=mode.scope,
        slow_s=mode.slow_s,
        is_unique=mode.is_unique,
        holds_links=mode.holds_links,
        is_staff_only=mode.is_staff_only,
        is_locked=mode.is_locked,
        is_stopped=mode.is_stopped,
        shield_until=mode.shield_until if mode.shield_until > now else None,
    )


def act_row(desk: Desk, act: Act) -> wire.AuditRow:
    """One line of the audit."""
    return wire.AuditRow(
        at=act.at,
        by=act.by,
        office=act.office or None,
        act=act.act,
        citizen=act.citizen,
        case=act.case,
        scope=act.scope,
        kind=act.kind,
        reason=act.reason,
        words=desk.texts[act.words] if act.words else None,
        until=act.until,
    )


def protection(desk: Desk, citizen: str, now: int) -> wire.Protection:
    """What a citizen has chosen for themselves."""
    person = desk.person(citizen, now)
    return wire.Protection(blocked=list(person.blocked), bubble=person.bubble, bubble_m=desk.rules.bubble_m)


def evidence(desk: Desk, one: Report) -> wire.EvidenceShown:
    """What the reporter had seen and heard; what was erased since says so."""
    kept = one.evidence
    return wire.EvidenceShown(
        report=f"r-{one.number}",
        lines=[chat_line(desk, line) for line in kept.lines],
        tracks=[
            wire.Track(
                citizen=track.citizen, name=desk.texts[track.name], points=_points(desk.texts[track.points])
            )
            for track in kept.tracks
        ],
        avatar=kept.avatar,
        language=kept.language,
    )


def _points(text: str) -> list[list[int]]:
    try:
        points: list[list[int]] = json.loads(text)
    except ValueError:
        return []  # erased
    return points
