"""Pages that people read: the desk, one citizen, one's own, the audit, the statistics; each within its bound."""

from collections.abc import Callable, Iterable, Sequence
from statistics import median
from typing import Any, TypeVar

from pydantic import BaseModel

from protocol.refusals import Refusal, Refused
from protocol.services import moderation as wire
from worlds.citizen import Citizen
from worlds.services.moderation import rows
from worlds.services.moderation.content import DAY, S
from worlds.services.moderation.desk import Desk
from worlds.services.moderation.reporting import may_see
from worlds.services.moderation.roles import is_auditor, is_head, offices, require_desk, tells_authority
from worlds.services.moderation.state import Act, Sanction, is_within

PAGE_BYTES = 12_000
"""What the rows of one page may weigh: an answer stays under 32 KiB, a view under 16."""

Row = TypeVar("Row", bound=BaseModel)
T = TypeVar("T")


ARRIVAL_BYTES = 5_000
"""What one's own sanctions may weigh in the view on arrival; the others are in `moderation.mine`."""


def page(
    things: Sequence[T], start: int, row: Callable[[T], Row], most: int = PAGE_BYTES
) -> tuple[list[Row], str | None]:
    """Rows from `start` on, as many as a page holds, and where the next begins."""
    shown: list[Row] = []
    left = most
    for number, thing in enumerate(things[start:], start):
        made = row(thing)
        left -= len(made.model_dump_json(exclude_none=True).encode())
        if left < 0 and shown:
            return shown, str(number)
        shown.append(made)
    return shown, None


def beginning(after: str | None) -> int:
    """Where a page begins; raises Refused bad_message."""
    if after is None:
        return 0
    if not (after.isascii() and after.isdigit()):
        raise Refused(Refusal.BAD_MESSAGE, "the `next` of the page before", field="after")
    return int(after)


# The desk


def desk_page(desk: Desk, command: wire.ShowDesk, citizen: Citizen, now: int) -> wire.ModerationDesk:
    """What waits for this citizen within their scope, the most urgent first."""
    reports = sorted(
        (one for one in desk.index.open_reports.values() if may_see(one, citizen)),
        key=lambda one: (not one.is_minor, one.claim_by, one.number),
    )
    held = [
        one
        for one in desk.index.waiting.values()
        if any(offices(citizen, one.scope)) and one.citizen != citizen.id and one.expires_at > now
    ]
    appeals = [
        one
        for one in desk.index.appealed.values()
        if any(offices(citizen, one.scope)) and citizen.id not in (one.by, one.second_by, one.citizen)
    ]
    proposals = [
        one
        for one in desk.index.proposed.values()
        if is_head(citizen, one.scope) and one.propose_until > now and one.citizen != citizen.id
    ]
    authority = [
        one
        for one in desk.index.for_authority.values()
        if tells_authority(citizen, one.scope) and citizen.id not in (one.by, one.citizen)
    ]
    if not (reports or held or appeals or proposals or authority):
        require_some_desk(citizen)
    start = beginning(command.after)
    shown = wire.ModerationDesk(
        reports=[],
        held=[],
        sanctions=[],
        waiting={
            "reports": len(reports),
            "held": len(held),
            "appeals": len(appeals),
            "proposals": len(proposals),
            "authority": len(authority),
        },
    )
    found: dict[str, Any] = {}
    match command.which:
        case "reports":
            found["reports"], found["next"] = page(reports, start, lambda one: rows.report_row(desk, one))
        case "held":
            found["held"], found["next"] = page(held, start, lambda one: rows.held_row(desk, one))
        case "appeals":
            found["sanctions"], found["next"] = page(appeals, start, lambda one: rows.sanction_row(desk, one))
        case "proposals":
            found["sanctions"], found["next"] = page(
                proposals, start, lambda one: rows.sanction_row(desk, one)
            )
        case "authority":
            found["reports"], found["next"] = page(authority, start, lambda one: rows.report_row(desk, one))
    return shown.model_copy(update=found)


def require_some_desk(citizen: Citizen) -> None:
    """Raises Refused not_allowed for who has no office at any desk."""
    scopes = [role.partition("@")[2] for role in citizen.roles]
    if not any(any(offices(citizen, scope)) for scope in scopes) and not tells_authority(citizen, ""):
        raise Refused(Refusal.NOT_ALLOWED)


def person(desk: Desk, command: wire.ShowPerson, citizen: Citizen, now: int) -> wire.PersonShown:
    """What there is on one citizen within the reader's scope; never on oneself by this way."""
    if command.citizen == citizen.id:
        raise Refused(Refusal.NOT_ALLOWED, "nobody acts on a case of their own", field="citizen")
    if not is_auditor(citizen):
        require_some_desk(citizen)
    if not desk.is_known(command.citizen):
        raise Refused(Refusal.NOT_FOUND, field="citizen")
    sanctions = [
        one
        for one in reversed(desk.index.of_citizen.get(command.citizen, []))
        if is_auditor(citizen) or any(offices(citizen, one.scope))
    ]
    shown, following = page(sanctions, beginning(command.after), lambda one: rows.sanction_row(desk, one))
    points = desk.points(command.citizen, now)
    known = desk.state.people.get(command.citizen)
    return wire.PersonShown(
        citizen=command.citizen,
        first_seen=known.first_seen if known else None,
        points=round(points, 2),
        ladder=desk.content.step(points, command.reason),
        sanctions=shown,
        reports_about=len(desk.index.reports_about.get(command.citizen, ())),
        reports_by=len(desk.index.reports_by.get(command.citizen, ())),
        next=following,
    )


# Oneself


def own_sanctions(desk: Desk, citizen: str) -> list[Sanction]:
    """One's own, the newest first."""
    own = desk.index.of_citizen.get(citizen, [])
    return [one for one in reversed(own) if one.state not in ("proposed", "lapsed") and not one.is_undone]


def mine(desk: Desk, command: wire.ShowMine, citizen: Citizen, now: int) -> wire.OwnModeration:
    """What concerns oneself; reports with the first page."""
    start = beginning(command.after)
    shown, following = page(own_sanctions(desk, citizen.id), start, lambda one: rows.own_sanction(desk, one))
    reports = desk.index.reports_by.get(citizen.id, [])[-20:] if not start else []
    return wire.OwnModeration(
        sanctions=shown,
        reports=[rows.own_report(desk, one) for one in reversed(reports)],
        protection=rows.protection(desk, citizen.id, now),
        next=following,
    )


# The audit


def audit(desk: Desk, command: wire.ShowAudit, citizen: Citizen, now: int) -> wire.AuditPage:
    """Acts, the newest first: a moderator's own, within a head's scope, an auditor's all."""
    start = beginning(command.after)
    if command.by != "time" and command.who is None:
        raise Refused(Refusal.BAD_MESSAGE, "whom?", field="who")
    if not is_auditor(citizen):
        require_desk(citizen, command.scope)
    acts: Sequence[Act]
    match command.by:
        case "citizen":
            acts = desk.index.acts_on.get(command.who or "", [])
        case "moderator":
            acts = desk.index.acts_by.get(command.who or "", [])
        case "time":
            acts = desk.state.acts
    is_all = is_auditor(citizen) or is_head(citizen, command.scope)
    chosen = [
        act
        for act in reversed(acts)
        if is_within(act.scope, command.scope)
        and (is_all or act.by == citizen.id)
        and (act.citizen != citizen.id or is_auditor(citizen))
    ]
    shown, following = page(chosen, start, lambda act: rows.act_row(desk, act))
    return wire.AuditPage(acts=shown, next=following)


# For everyone


def statistics(desk: Desk, command: wire.ShowStatistics, now: int) -> wire.Statistics:
    """How the rules were applied since then; what is fewer than five is not told."""
    since = now - command.days * DAY
    given = [
        one
        for one in desk.state.sanctions
        if one.at >= since and one.state not in ("proposed", "lapsed") and not one.is_undone
    ]
    reports = [one for one in desk.state.reports if one.at >= since]
    appeals = [one.appeal for one in given if one.appeal is not None]
    claimed = [one.claimed_at - one.at for one in reports if one.claimed_at is not None]
    decided = [one.decided_at - one.at for one in appeals if one.decided_at is not None]
    return wire.Statistics(
        since=since,
        sanctions=_counts(desk, (one.kind for one in given)),
        by_reason=_counts(desk, (one.reason for one in given)),
        reports=_counts(desk, ("open" if one.state == "claimed" else one.state for one in reports)),
        appeals=_counts(desk, (one.state for one in appeals)),
        median_claim_s=_median_s(desk, claimed),
        median_appeal_s=_median_s(desk, decided),
    )


def _counts(desk: Desk, words: Iterable[str]) -> dict[str, int | None]:
    counted: dict[str, int] = {}
    for word in words:
        counted[word] = counted.get(word, 0) + 1
    return {
        word: count if count >= desk.rules.smallest_cell else None for word, count in sorted(counted.items())
    }


def _median_s(desk: Desk, times_ms: list[int]) -> int | None:
    return round(median(times_ms) / S) if len(times_ms) >= max(desk.rules.smallest_cell, 1) else None


def arrival(desk: Desk, citizen: Citizen, district: str, now: int) -> dict[str, Any]:
    """What a citizen is shown on arriving in a district."""
    active = [one for one in own_sanctions(desk, citizen.id) if one.holds_at(now)]
    place = desk.content.safe_place
    shown, _ = page(active, 0, lambda one: rows.own_sanction(desk, one), ARRIVAL_BYTES)
    return {
        "mode": rows.mode_row(desk.mode((district,), now), now).model_dump(exclude_none=True),
        "protection": rows.protection(desk, citizen.id, now).model_dump(exclude_none=True),
        "sanctions": [one.model_dump(exclude_none=True) for one in shown],
        "safe_place": place.model_dump(exclude_none=True) if place is not None else None,
        "reasons": {code: reason.name.model_dump() for code, reason in desk.content.reasons.items()},
    }
