"""Rows of the city's records: sanctions and reports, to be listed and filtered."""

from collections.abc import Iterator

from worlds.service import Record
from worlds.services.moderation import events as e
from worlds.services.moderation.desk import Desk
from worlds.services.moderation.state import Report, Sanction


def records(desk: Desk, event: e.OfModeration) -> Iterator[Record]:
    """The rows that an event changes."""
    match event:
        case e.Reported() | e.ReportDecided() | e.HandedOver():
            yield report_record(desk.state.reports[event.report - 1])
        case (
            e.Sanctioned() | e.Seconded() | e.Lapsed() | e.Acknowledged() | e.Ended() | e.Lifted() | e.Appealed()
            | e.AppealDecided()
        ):  # fmt: skip
            yield sanction_record(desk.state.sanctions[event.sanction - 1])
        case _:
            return


def sanction_record(one: Sanction) -> Record:
    """One sanction: who did what to whom, why, until when, and what became of an appeal."""
    return Record(
        kind="sanction",
        key=f"s-{one.number}",
        fields={
            "sanction": f"s-{one.number}",
            "citizen": one.citizen,
            "kind": one.kind,
            "scope": one.scope,
            "district": one.scope.partition("/")[0],
            "reason": one.reason,
            "rules": one.rules,
            "by": one.by,
            "second_by": one.second_by,
            "at": one.at,
            "until": one.until,
            "state": one.state,
            "appeal": one.appeal.state if one.appeal else None,
            "appeal_by": one.appeal.by if one.appeal else None,
        },
        texts=(one.words,),
    )


def report_record(one: Report) -> Record:
    """One report."""
    return Record(
        kind="report",
        key=f"r-{one.number}",
        fields={
            "report": f"r-{one.number}",
            "citizen": one.citizen,
            "reason": one.reason,
            "scope": one.scope,
            "at": one.at,
            "state": one.state,
            "is_minor": one.is_minor,
            "authority": one.authority,
        },
        texts=(one.words,) if one.words.ref else (),
    )
