"""The run sheet of a session: what comes when and who sees to it; planned by its host, begun line by line."""

from collections.abc import Iterator, Sequence

from protocol.handshake import Text
from protocol.refusals import Refusal, Refused
from protocol.services import live_qa as wire
from worlds.citizen import Citizen
from worlds.services.live_qa import events as e
from worlds.services.live_qa import wording
from worlds.services.live_qa.content import Content, S
from worlds.services.live_qa.roles import Office, require, require_host
from worlds.services.live_qa.state import ENDED, Cue, Session
from worlds.services.live_qa.venue import Venue


def of_content(content: Content, starts_at: int, ends_at: int) -> tuple[wire.CuePlan, ...]:
    """The city's own run sheet, for a session at these times."""
    entries = content.run_sheet
    nexts = [*(starts_at + entry.at_s * S for entry in entries[1:]), ends_at]
    plans = []
    for number, (entry, until) in enumerate(zip(entries, nexts, strict=False), 1):
        at = max(starts_at + entry.at_s * S, 0)
        lasts_s = entry.lasts_s if entry.lasts_s is not None else max(until - at, 0) // S
        plans.append(
            wire.CuePlan(
                cue=number,
                at=at,
                lasts_s=lasts_s,
                text=entry.text,
                who=entry.who,
                is_public=entry.is_public,
            )
        )
    return tuple(plans)


def _plans(venue: Venue, session: Session) -> tuple[wire.CuePlan, ...]:
    """What is planned; the content's for a session from before run sheets were kept."""
    if not session.cues:
        return of_content(venue.content, session.starts_at, session.ends_at)
    return tuple(
        wire.CuePlan(
            cue=one.cue,
            at=one.at,
            lasts_s=one.lasts_s,
            text=one.text,
            who=one.who,
            is_public=one.is_public,
        )
        for one in session.cues
    )


def edit(venue: Venue, command: wire.EditRunSheet, citizen: Citizen, now: int) -> Iterator[e.OfSession]:
    """Whole, on the sheet that the host has seen; in the order of its times."""
    session, rules = venue.state.session(command.session), venue.rules
    require_host(citizen, session)
    if session.phase in ENDED:
        raise Refused(Refusal.CLOSED, f"the session is {session.phase}")
    if command.version != session.sheet_version:
        raise Refused(
            Refusal.CONFLICT, f"the sheet was changed: version {session.sheet_version}", field="version"
        )
    if not command.cues:
        raise Refused(Refusal.BAD_MESSAGE, "one line at least", field="cues")
    if rules.cues and len(command.cues) > rules.cues:
        raise Refused(Refusal.FULL, f"at most {rules.cues} lines", field="cues", limit="live_qa.cues")
    known = [plan.cue for plan in _plans(venue, session)]
    kept = [plan.cue for plan in command.cues if plan.cue is not None]
    if len(set(kept)) != len(kept) or not set(kept) <= set(known):
        raise Refused(Refusal.NOT_FOUND, "no such line", field="cues")
    made = max([session.cues_made, *(number for number in known if number is not None)], default=0)
    cues = []
    for place, plan in enumerate(command.cues):
        where = f"cues.{place}"
        wording.require_near(plan.at, now, rules.farthest_days, f"{where}.at")
        if plan.cue is None:
            made += 1
        cues.append(
            plan.model_copy(
                update={
                    "cue": made if plan.cue is None else plan.cue,
                    "text": _text_of(plan.text, f"{where}.text", rules.longest_cue),
                    "who": _text_of(plan.who, f"{where}.who", rules.longest_cue_who),
                }
            )
        )
    cues.sort(key=lambda plan: plan.at)
    yield e.RunSheetEdited(session=session.id, by=citizen.id, cues=tuple(cues))


def _text_of(text: Text, field: str, longest: int) -> Text:
    return Text(
        ko=wording.text_of(text.ko, f"{field}.ko", longest),
        en=wording.text_of(text.en, f"{field}.en", longest),
    )


def begin(venue: Venue, command: wire.BeginCue, citizen: Citizen, now: int) -> Iterator[e.OfSession]:
    """Any line, also one that is over: who runs the floor knows what is on."""
    session = venue.state.session(command.session)
    require(citizen, session, Office.FLOOR_MANAGER)
    if session.phase in ENDED:
        raise Refused(Refusal.CLOSED, f"the session is {session.phase}")
    plans = _plans(venue, session)
    if command.cue is not None and command.cue not in [plan.cue for plan in plans]:
        raise Refused(Refusal.NOT_FOUND, field="cue")
    is_on = current(session)
    if (is_on.cue if is_on else None) == command.cue:
        raise Refused(Refusal.CONFLICT, "it is so already", field="cue")
    if not session.cues:
        yield e.RunSheetEdited(session=session.id, by=citizen.id, cues=plans)
    yield e.CueBegun(session=session.id, by=citizen.id, cue=command.cue)


def current(session: Session) -> Cue | None:
    """The line that is on."""
    return next((one for one in session.cues if one.is_on), None)


def lines(venue: Venue, session: Session) -> list[wire.RunSheetLine]:
    """The run sheet with planned and real times."""
    was = {one.cue: one for one in session.cues}
    shown = []
    for plan in _plans(venue, session):
        one = was.get(plan.cue or 0)
        shown.append(
            wire.RunSheetLine(
                at=plan.at,
                text=plan.text,
                who=plan.who,
                cue=plan.cue,
                lasts_s=plan.lasts_s,
                is_public=plan.is_public,
                began_at=one.began_at if one else None,
                ended_at=one.ended_at if one else None,
            )
        )
    return shown


def alarms(venue: Venue, session: Session, now: int) -> Iterator[Text]:
    """What is on for longer than it should be."""
    one, late_s = current(session), venue.rules.overrun_alarm_s
    if one is None or one.began_at is None or not late_s or not one.lasts_s:
        return
    if now >= one.began_at + (one.lasts_s + late_s) * S:
        yield venue.content.words.alarm_overrun


def programme(cues: Sequence[Cue]) -> wire.Programme | None:
    """What is on and what comes next, as far as the audience is told; nothing where nothing is planned."""
    now = next((one for one in cues if one.is_on), None)
    begun = [at for at, one in enumerate(cues) if one.began_at is not None]
    rest = cues[max(begun) + 1 :] if begun else cues
    coming = next((one for one in rest if one.is_public), None)
    is_told = now is not None and now.is_public
    if not is_told and coming is None:
        return None
    return wire.Programme(
        now=now.text if now is not None and is_told else None,
        next=coming.text if coming else None,
        next_at=coming.at if coming else None,
    )
