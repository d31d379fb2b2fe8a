"""Which texts of the desk need no longer be kept; and what leaves the state with them: evidence, lines around lines."""

from collections.abc import Collection, Iterator, Sequence
from itertools import takewhile
from typing import TypeVar

from worlds.service import Personal
from worlds.services.moderation.content import DAY
from worlds.services.moderation.desk import Desk
from worlds.services.moderation.events import Evidence, KeptLine, KeptTrack
from worlds.services.moderation.state import Act, Held, Report, Sanction

R = TypeVar("R", Act, Held, Report, Sanction)


def expired(desk: Desk, now: int) -> Iterator[Personal]:
    """Texts whose time is over, by the numbers of the city's rules; 0 is for ever."""
    for report in tuple(desk.index.evident.values()):
        if _is_settled(desk, report, now) and _is_over(_closed_at(report), desk.rules.evidence_days, now):
            yield from _said_and_seen(report.evidence)
    for held in tuple(desk.index.surrounded.values()):
        if held.state != "waiting":
            for line in held.context:
                yield from (line.name, line.text)
    for held in _old(desk.state.held, desk.rules.held_days, now):
        if held.state != "waiting" and _is_over(held.decided_at or held.at, desk.rules.held_days, now):
            yield from (one for one in (held.name, held.text, held.told) if one is not None)
    if desk.rules.case_days:
        yield from _of_cases(desk, now)


def _is_over(since: int, days: int, now: int) -> bool:
    return bool(days) and since + days * DAY <= now


def _old(rows: Sequence[R], days: int, now: int) -> Iterator[R]:
    """Those that came so long ago; they are in the order in which they came."""
    return takewhile(lambda row: _is_over(row.at, days, now), tuple(rows))


def _closed_at(report: Report) -> int:
    return report.at if report.closed_at is None else report.closed_at


def _is_settled(desk: Desk, report: Report, now: int) -> bool:
    """Closed, told to whom it is for, and no sanction that came of it is in force or waits for an appeal's answer."""
    if report.authority == "waiting":
        return False
    named = (desk.state.sanctions[number - 1] for number in report.sanctions)
    return not report.is_open and all(sanction.is_closed(now) for sanction in named)


def _said_and_seen(evidence: Evidence) -> Iterator[Personal]:
    for line in evidence.lines:
        yield from (line.name, line.text)
    for track in evidence.tracks:
        yield from (track.name, track.points)


def _of_cases(desk: Desk, now: int) -> Iterator[Personal]:
    days, state = desk.rules.case_days, desk.state
    for report in _old(state.reports, days, now):
        if _is_settled(desk, report, now) and _is_over(_closed_at(report), days, now):
            yield report.words
            yield from (note.text for note in report.notes)
            yield from (one for one in (report.outcome, report.handed_over) if one is not None)
    for sanction in _old(state.sanctions, days, now):
        if sanction.is_closed(now) and _is_over(_ended_at(sanction), days, now):
            yield from _of_sanction(sanction)
    for act in _old(state.acts, days, now):
        if act.words is not None and _is_told(desk, act, now):
            yield act.words


def _ended_at(sanction: Sanction) -> int:
    """When nothing more could come of it: its own end, or that of its appeal."""
    decided = sanction.appeal.decided_at if sanction.appeal is not None else None
    return max(sanction.until, sanction.at, decided or 0)


def _of_sanction(sanction: Sanction) -> Iterator[Personal]:
    yield sanction.words
    yield from (note.text for note in sanction.notes)
    if sanction.appeal is not None:
        yield sanction.appeal.text
        if sanction.appeal.words is not None:
            yield sanction.appeal.words


def _is_told(desk: Desk, act: Act, now: int) -> bool:
    """Whether nobody needs the words of an act any more: those on a sanction go with it."""
    if act.case is None or not act.case.startswith("s-"):
        return True
    sanction = desk.state.sanction(act.case)
    return sanction.is_closed(now) and _is_over(_ended_at(sanction), desk.rules.case_days, now)


# What goes with them


def forget(desk: Desk, erased: Collection[str]) -> None:
    """Evidence, and lines around a held one, were for a person to decide by: they are nothing without their words."""
    for report in tuple(desk.index.evident.values()):
        _forget_evidence(desk.index.evident, report, erased)
    for held in tuple(desk.index.surrounded.values()):
        _forget_context(desk.index.surrounded, held, erased)


def _forget_evidence(evident: dict[int, Report], report: Report, erased: Collection[str]) -> None:
    kept = report.evidence
    if not any(one.ref in erased for one in _said_and_seen(kept)):
        return
    tracks = tuple(
        KeptTrack(citizen=one.citizen, name=name, points=points)
        for one in kept.tracks
        for name, points in [(one.name.unless(erased), one.points.unless(erased))]
        if name.ref or points.ref
    )
    report.evidence = kept.model_copy(update={"lines": _without(kept.lines, erased), "tracks": tracks})
    if not report.evidence.lines and not tracks:
        report.evidence = Evidence()
        del evident[report.number]


def _forget_context(surrounded: dict[int, Held], held: Held, erased: Collection[str]) -> None:
    held.context = _without(held.context, erased)
    if not held.context:
        del surrounded[held.number]


def _without(lines: tuple[KeptLine, ...], erased: Collection[str]) -> tuple[KeptLine, ...]:
    """The lines of which something is left: a name and its text may be erased in two rounds."""
    if not any(one.ref in erased for line in lines for one in (line.name, line.text)):
        return lines
    changed = (
        line.model_copy(update={"name": line.name.unless(erased), "text": line.text.unless(erased)})
        for line in lines
    )
    return tuple(line for line in changed if line.name.ref or line.text.ref)
