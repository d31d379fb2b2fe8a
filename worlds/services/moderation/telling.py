"""Who hears what of an event: rows as they are now, each to those who may see them."""

from collections.abc import Iterator
from dataclasses import replace

from protocol.message import Fact
from protocol.services import moderation as wire
from worlds.service import Audience, Citizens, District, Everyone, Staff
from worlds.services.moderation import events as e
from worlds.services.moderation import rows
from worlds.services.moderation.changes import act_of
from worlds.services.moderation.desk import Desk
from worlds.services.moderation.roles import authority_desk, desk_of, heads_of
from worlds.services.moderation.state import Held, Report, Sanction

Told = tuple[Audience, Fact]


def tell(desk: Desk, event: e.OfModeration, now: int) -> Iterator[Told]:
    """Who hears what of an event."""
    match event:
        case e.Arrived():
            return
        case e.Blocked() | e.BubbleSet():
            own = wire.ProtectionChanged(protection=rows.protection(desk, event.by, now))
            yield only(event.by), own
        case e.Reported():
            yield from _report(desk, desk.state.reports[event.report - 1])
        case e.Looked():
            yield from _act(desk, event, now)
        case e.ReportDecided():
            yield from _report_decided(desk, event)
        case e.HandedOver():
            yield from _report(desk, desk.state.reports[event.report - 1])
            yield from _act(desk, event, now)
        case e.Claimed():
            yield from _claimed(desk, event)
        case e.LineHeld():
            yield _held(desk, desk.state.held[event.held - 1])
        case e.LineDecided():
            held = desk.state.held[event.held - 1]
            yield _held(desk, held)
            yield only(held.citizen), _decided_line(desk, event)
        case e.ModeSet() | e.ShieldEnded() | e.VenueActed():
            mode = desk.mode((event.scope,) if event.scope else (), now)
            audience = District(event.scope.partition("/")[0]) if event.scope else Everyone()
            yield audience, wire.ModeChanged(mode=rows.mode_row(mode, now))
            yield desk_of(event.scope), wire.ModeChanged(mode=rows.mode_row(mode, now))
        case e.VenueAsked():
            kind = "stop_asked" if event.action == "stop" else "resume_asked"
            alerted = wire.Alerted.model_validate(
                {"scope": event.scope, "kind": kind, "count": 1, "until": event.until}
            )
            yield desk_of(event.scope), alerted
            yield heads_of(event.scope), wire.Acted(act=_act_row(desk, event, now))
        case e.AlertRaised():
            yield desk_of(event.scope), wire.Alerted(scope=event.scope, kind=event.kind, count=event.count)
        case e.TalkGuarded():
            talk = desk.state.talks[f"{event.by}/{event.citizen}"]
            step = wire.TalkGuarded(
                step=event.step,
                text=desk.content.talk[event.step],
                office=desk.content.places.get(event.scope),
                words=desk.texts[event.words] if event.words else None,
                until=event.until or None,
                began_at=talk.began_at or None,
                warned_at=talk.warned_at or None,
                recorded_at=talk.recorded_at or None,
            )
            yield Citizens(frozenset({event.by, event.citizen})), step
        case e.Moved() | e.OfGivenOffice():
            yield from _act(desk, event, now)
        case e.Annotated() if event.case.startswith("r-"):
            yield from _report(desk, desk.state.report(event.case))
        case _:
            yield from _of_sanction(desk, event)


def only(citizen: str) -> Citizens:
    """One citizen, as an audience."""
    return Citizens(frozenset({citizen}))


def _act_row(desk: Desk, event: e.OfModeration, now: int) -> wire.AuditRow:
    act = act_of(desk.state, event, now)
    assert act is not None
    return rows.act_row(desk, act)


def _act(desk: Desk, event: e.OfModeration, now: int) -> Iterator[Told]:
    row = _act_row(desk, event, now)
    yield heads_of(row.scope), wire.Acted(act=row)


def _report(desk: Desk, one: Report) -> Iterator[Told]:
    """To the desk, where neither the writer nor whom it is about would be told what they may not know."""
    yield (
        _but(desk_of(one.scope), {one.by, one.citizen or ""}),
        wire.DeskChanged(report=rows.report_row(desk, one)),
    )
    if one.authority is not None:
        told = _but(authority_desk(one.scope), {one.by, one.citizen or ""})
        yield told, wire.DeskChanged(report=rows.report_row(desk, one))


def _but(audience: Staff, citizens: set[str]) -> Staff:
    return replace(audience, but=frozenset(citizens))


def _held(desk: Desk, one: Held) -> Told:
    return _but(desk_of(one.scope), {one.citizen}), wire.DeskChanged(held=rows.held_row(desk, one))


def _decided_line(desk: Desk, event: e.LineDecided) -> wire.LineDecided:
    return wire.LineDecided(
        held=f"h-{event.held}",
        state=event.state,
        text=desk.texts[event.text] if event.text else None,
        words=desk.texts[event.words] if event.words else None,
    )


def _report_decided(desk: Desk, event: e.ReportDecided) -> Iterator[Told]:
    one = desk.state.reports[event.report - 1]
    yield from _report(desk, one)
    if event.outcome == "merged":
        yield from _report(desk, desk.state.reports[event.into - 1])
        return
    for report in _united(desk, one):
        if not report.by:
            continue  # nobody reported it
        yield only(report.by), wire.ReportClosed(report=f"r-{report.number}", outcome=event.outcome)


def _united(desk: Desk, one: Report) -> Iterator[Report]:
    yield one
    for number in one.merged:
        yield from _united(desk, desk.state.reports[number - 1])


def _claimed(desk: Desk, event: e.Claimed) -> Iterator[Told]:
    if event.case.startswith("r-"):
        yield from _report(desk, desk.state.report(event.case))
    elif event.case.startswith("h-"):
        yield _held(desk, desk.state.held_line(event.case))
    else:
        yield _row(desk, desk.state.sanction(event.case))


def _row(desk: Desk, one: Sanction) -> Told:
    return _but(desk_of(one.scope), {one.citizen}), wire.DeskChanged(sanction=rows.sanction_row(desk, one))


def _of_sanction(desk: Desk, event: e.OfModeration) -> Iterator[Told]:
    if isinstance(event, e.Annotated):
        yield _row(desk, desk.state.sanction(event.case))
        return
    one = desk.state.sanctions[getattr(event, "sanction", 0) - 1]
    yield _row(desk, one)
    was_only_proposed = bool(one.propose_until) and one.second_by is None
    if one.state not in ("proposed", "lapsed") and not was_only_proposed:
        yield only(one.citizen), wire.SanctionChanged(sanction=rows.own_sanction(desk, one))
