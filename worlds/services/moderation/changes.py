"""How each event changes the state; and the line of the audit that it leaves."""

from worlds.services.moderation import events as e
from worlds.services.moderation.desk import Desk
from worlds.services.moderation.protecting import talked
from worlds.services.moderation.state import (
    Act,
    Appeal,
    Claim,
    Held,
    Joint,
    Mode,
    Note,
    Person,
    Report,
    Sanction,
    State,
)


def apply(desk: Desk, event: e.OfModeration, now: int) -> None:
    """Take an event; refuses nothing."""
    match event:
        case e.Arrived():
            person = _person(desk, event.by, now)
            person.rank, person.is_minor = event.rank, event.is_minor
        case e.Blocked():
            _block(desk, event, now)
        case e.BubbleSet():
            _person(desk, event.by, now).bubble = event.is_on
        case e.Reported() | e.Claimed() | e.ReportDecided() | e.HandedOver() | e.LineHeld() | e.LineDecided():
            _case(desk, event, now)
        case e.ModeSet() | e.ShieldEnded() | e.VenueAsked() | e.VenueActed():
            _place(desk, event)
        case e.TalkGuarded():
            name = f"{event.by}/{event.citizen}"
            desk.state.talks[name] = talked(desk.state.talks.get(name), event, now)
        case e.AlertRaised():
            desk.index.alerted_at[event.scope] = now
        case e.OfGivenOffice():
            pass  # kept where offices are; here only the audit tells of it
        case e.Annotated():
            note = Note(event.by, now, event.text)
            if event.case.startswith("r-"):
                desk.state.report(event.case).notes.append(note)
            else:
                desk.state.sanction(event.case).notes.append(note)
        case _:
            _sanction(desk, event, now)
    act = act_of(desk.state, event, now)
    if act is not None:
        desk.state.acts.append(act)
        desk.index.note_act(act)


def _person(desk: Desk, citizen: str, now: int) -> Person:
    return desk.state.people.setdefault(citizen, Person(first_seen=now))


def _block(desk: Desk, event: e.Blocked, now: int) -> None:
    person = _person(desk, event.by, now)
    if event.is_on:
        person.blocked.append(event.citizen)
        desk.index.blocked_by[event.citizen].add(event.by)
    else:
        person.blocked.remove(event.citizen)
        desk.index.blocked_by[event.citizen].discard(event.by)


def _sanction(desk: Desk, event: e.OfModeration, now: int) -> None:
    if isinstance(event, e.Sanctioned):
        _give(desk, event, now)
        return
    number = getattr(event, "sanction", 0)
    if not number:
        return
    one = desk.state.sanctions[number - 1]
    match event:
        case e.Seconded():
            one.second_by = event.by
            if event.agree:
                one.state, one.until = "in_force", event.until
            else:
                one.state = "lapsed"
        case e.Lapsed():
            one.state = "lapsed"
        case e.Acknowledged():
            one.is_acknowledged = True
        case e.Ended():
            one.state = "ended"
        case e.Lifted():
            one.state, one.is_undone = "lifted", event.is_undone
        case e.Appealed():
            one.appeal = Appeal(event.text, now)
        case e.AppealDecided():
            _decide_appeal(one, event, now)
        case _:
            return
    desk.index.put(one)


def _give(desk: Desk, event: e.Sanctioned, now: int) -> None:
    one = Sanction(
        number=event.sanction,
        citizen=event.citizen,
        kind=event.kind,
        scope=event.scope,
        reason=event.reason,
        words=event.words,
        rules=event.rules,
        by=event.by,
        at=now,
        until=event.until,
        state="proposed" if event.propose_until else "in_force",
        propose_until=event.propose_until,
        every_s=event.every_s,
        reach=event.reach,
        reports=list(event.reports),
    )
    desk.state.sanctions.append(one)
    desk.index.of_citizen[one.citizen].append(one)
    desk.index.put(one)


def _decide_appeal(one: Sanction, event: e.AppealDecided, now: int) -> None:
    appeal = one.appeal
    assert appeal is not None
    appeal.state, appeal.words, appeal.by, appeal.decided_at = event.outcome, event.words, event.by, now
    appeal.claim = Claim()
    if event.outcome == "lifted":
        one.state = "lifted"
    elif event.outcome == "shortened":
        one.until = event.until


def _case(
    desk: Desk,
    event: e.Reported | e.Claimed | e.ReportDecided | e.HandedOver | e.LineHeld | e.LineDecided,
    now: int,
) -> None:
    state = desk.state
    match event:
        case e.Reported():
            report = Report(
                number=event.report,
                by=event.by,
                reason=event.reason,
                words=event.words,
                scope=event.scope,
                at=now,
                claim_by=event.claim_by,
                citizen=event.citizen,
                message=event.message,
                subject=event.subject,
                is_minor=event.is_minor,
                is_visitors=event.is_visitors,
                evidence=event.evidence,
            )
            state.reports.append(report)
            desk.index.note_report(report)
        case e.Claimed():
            _claim(desk, event, now)
        case e.ReportDecided():
            report = state.reports[event.report - 1]
            report.state, report.outcome = event.outcome, event.words
            report.sanctions, report.claim, report.closed_at = list(event.sanctions), Claim(), now
            if event.into:
                report.merged_into = event.into
                state.reports[event.into - 1].merged.append(report.number)
            if event.is_for_authority:
                report.authority = "waiting"
            desk.index.put_report(report)
        case e.HandedOver():
            report = state.reports[event.report - 1]
            report.authority, report.handed_over = "handed_over", event.words
            desk.index.put_report(report)
        case e.LineHeld():
            held = Held(
                number=event.held,
                citizen=event.by,
                name=event.name,
                text=event.text,
                to=event.to,
                district=event.district,
                scope=event.scope,
                message=event.message,
                reason=event.reason,
                at=now,
                expires_at=event.expires_at,
                marks=event.marks,
                context=event.context,
                is_visitors=event.is_visitors,
            )
            state.held.append(held)
            desk.index.held_by[held.citizen].append(held)
            desk.index.put_held(held)
        case e.LineDecided():
            held = state.held[event.held - 1]
            held.state, held.claim, held.decided_at, held.told = event.state, Claim(), now, event.text
            desk.index.put_held(held)


def _claim(desk: Desk, event: e.Claimed, now: int) -> None:
    claim = Claim(event.by, event.until) if event.until else Claim()
    if event.case.startswith("r-"):
        report = desk.state.report(event.case)
        report.claim = claim
        report.state = "claimed" if event.until else "open"
        if report.claimed_at is None and event.until:
            report.claimed_at = now
    elif event.case.startswith("h-"):
        desk.state.held_line(event.case).claim = claim
    else:
        appeal = desk.state.sanction(event.case).appeal
        assert appeal is not None
        appeal.claim = claim


def _place(desk: Desk, event: e.ModeSet | e.ShieldEnded | e.VenueAsked | e.VenueActed) -> None:
    state = desk.state
    mode = state.modes.setdefault(event.scope, Mode(event.scope))
    match event:
        case e.ModeSet():
            mode.slow_s, mode.is_unique, mode.holds_links = event.slow_s, event.is_unique, event.holds_links
            mode.is_staff_only, mode.is_locked = event.is_staff_only, event.is_locked
            mode.shield_until = event.shield_until
            desk.index.at(mode.shield_until, "shield", mode.scope)
        case e.ShieldEnded():
            mode.shield_until = 0
        case e.VenueAsked():
            state.joints[event.scope] = Joint(event.action, event.by, event.until)
        case e.VenueActed():
            state.joints.pop(event.scope, None)
            mode.is_stopped = event.action == "stop"


# The audit


def act_of(state: State, event: e.OfModeration, now: int) -> Act | None:
    """What the audit says of an event; None for what only concerns oneself, and for leases."""
    act = Act(now, event.by, event.type.partition(".")[2], event.office)
    match event:
        case e.Arrived() | e.Blocked() | e.BubbleSet() | e.Claimed():
            return None
        case e.Sanctioned():
            act.citizen, act.case, act.scope = event.citizen, f"s-{event.sanction}", event.scope
            act.kind, act.reason, act.words = event.kind, event.reason, event.words
            act.until = event.until
        case e.Reported():
            # Who reported stays with the report: the audit of a citizen is read by more people.
            act.by, act.citizen, act.case = "", event.citizen, f"r-{event.report}"
            act.scope, act.reason = event.scope, event.reason
        case e.Looked() | e.ReportDecided() | e.HandedOver():
            report = state.reports[event.report - 1]
            act.citizen, act.case, act.scope = report.citizen, f"r-{report.number}", report.scope
            if isinstance(event, e.ReportDecided):
                act.kind, act.words = event.outcome, event.words
            elif isinstance(event, e.HandedOver):
                act.words = event.words
        case e.LineHeld() | e.LineDecided():
            held = state.held[event.held - 1]
            act.citizen, act.case, act.scope = held.citizen, f"h-{held.number}", held.scope
            act.reason = held.reason
            if isinstance(event, e.LineDecided):
                act.kind, act.words = event.state, event.words
            else:
                act.by = ""
        case e.ModeSet():
            act.scope, act.kind = event.scope, _mode_words(event)
            act.until = event.shield_until or None
        case e.ShieldEnded():
            act.scope = event.scope
        case e.VenueAsked() | e.VenueActed():
            act.scope, act.kind = event.scope, event.action
        case e.AlertRaised():
            act.by, act.scope, act.kind, act.citizen = "", event.scope, event.kind, event.citizen
        case e.TalkGuarded():
            act.citizen, act.scope, act.kind, act.words = event.citizen, event.scope, event.step, event.words
        case e.OfGivenOffice():
            act.citizen, act.scope, act.case, act.kind = event.citizen, event.scope, event.given, event.name
            if isinstance(event, e.OfficeGiven):
                act.until = event.until
            elif isinstance(event, e.OfficeEnded):
                act.reason = event.why
        case e.Moved():
            act.citizen, act.scope, act.words = event.citizen, event.district, event.words
        case e.Annotated():
            _on_case(state, act, event.case)
        case _:
            _on_case(state, act, f"s-{getattr(event, 'sanction')}")  # noqa: B009
            if isinstance(event, e.Lifted | e.AppealDecided):
                act.words = event.words
            if isinstance(event, e.Lifted):
                act.kind = "undone" if event.is_undone else None
            elif isinstance(event, e.AppealDecided):
                act.kind, act.until = event.outcome, event.until or None
            elif isinstance(event, e.Seconded):
                act.kind, act.until = ("agreed" if event.agree else "refused"), event.until
    return act


def _on_case(state: State, act: Act, case: str) -> None:
    act.case = case
    if case.startswith("r-"):
        report = state.report(case)
        act.citizen, act.scope = report.citizen, report.scope
    else:
        one = state.sanction(case)
        act.citizen, act.scope, act.reason = one.citizen, one.scope, one.reason


def _mode_words(event: e.ModeSet) -> str:
    on = [name for name in ("is_unique", "holds_links", "is_staff_only", "is_locked") if getattr(event, name)]
    if event.slow_s:
        on.insert(0, f"slow {event.slow_s}")
    if event.shield_until:
        on.insert(0, "shield")
    return ", ".join(on) or "open"
