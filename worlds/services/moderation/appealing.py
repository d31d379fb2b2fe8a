"""Appeals, decided by somebody else; notes beside a case."""

from collections.abc import Iterator

from protocol.refusals import Refusal, Refused
from protocol.services import moderation as wire
from worlds.citizen import Citizen
from worlds.service import Personal
from worlds.services.moderation import events as e
from worlds.services.moderation.content import DAY
from worlds.services.moderation.desk import Desk
from worlds.services.moderation.reporting import require_claim
from worlds.services.moderation.roles import require, require_desk
from worlds.services.moderation.sanctioning import own_sanction
from worlds.services.moderation.state import Note, Sanction
from worlds.services.moderation.wording import words_of


def appeal(desk: Desk, command: wire.Appeal, citizen: Citizen, now: int) -> Iterator[e.OfModeration]:
    """Once per sanction, within thirty days, whatever it forbids."""
    one = own_sanction(desk, command.sanction, citizen)
    if one.kind == "note" or one.is_undone:
        raise Refused(Refusal.CLOSED, "there is nothing to appeal against")
    if one.appeal is not None:
        raise Refused(Refusal.CONFLICT, "one appeal per sanction")
    if now >= one.at + desk.rules.appeal_days * DAY:
        raise Refused(Refusal.CLOSED, f"within {desk.rules.appeal_days} days")
    text = words_of(command.text, "text", desk.rules.longest_words)
    yield e.Appealed(by=citizen.id, sanction=one.number, text=Personal(owner=citizen.id, text=text))


def require_other(one: Sanction, citizen: Citizen) -> None:
    """Raises Refused not_allowed for who gave the sanction, agreed to it or bears it."""
    if citizen.id in (one.by, one.second_by, one.citizen):
        raise Refused(Refusal.NOT_ALLOWED, "somebody else decides an appeal", field="sanction")


def decide(desk: Desk, command: wire.DecideAppeal, citizen: Citizen, now: int) -> Iterator[e.OfModeration]:
    """Upheld, shortened or lifted; lifted, its points are gone too."""
    one = desk.state.sanction(command.sanction)
    require(citizen, one.scope, "moderator", "head")
    require_other(one, citizen)
    if one.appeal is None or one.appeal.state != "open":
        raise Refused(Refusal.CLOSED, "no appeal waits")
    require_claim(one.appeal.claim, citizen, now)
    words = words_of(command.words, "words", desk.rules.longest_words)
    if (command.until is None) == (command.outcome == "shortened"):
        raise Refused(Refusal.BAD_MESSAGE, "shortened, and nothing else, has until", field="until")
    if command.until is not None and not one.at < command.until < one.until:
        raise Refused(Refusal.BAD_MESSAGE, "between its beginning and its end", field="until")
    yield e.AppealDecided(
        by=citizen.id,
        sanction=one.number,
        outcome=command.outcome,
        words=Personal(owner=one.citizen, text=words),
        until=command.until or 0,
    )


def annotate(desk: Desk, command: wire.Annotate, citizen: Citizen, now: int) -> Iterator[e.OfModeration]:
    """Beside a sanction or a report, for the desk alone; not beside a case of one's own."""
    notes, scope, owner = _case(desk, command.case, citizen)
    require_desk(citizen, scope)
    if desk.rules.notes_per_case and len(notes) >= desk.rules.notes_per_case:
        raise Refused(
            Refusal.FULL, f"at most {desk.rules.notes_per_case} notes", limit="moderation.notes_per_case"
        )
    text = words_of(command.text, "text", desk.rules.longest_note)
    yield e.Annotated(by=citizen.id, case=command.case, text=Personal(owner=owner, text=text))


def _case(desk: Desk, name: str, citizen: Citizen) -> tuple[list[Note], str, str]:
    if name.startswith("r-"):
        report = desk.state.report(name)
        if citizen.id in (report.by, report.citizen):
            raise Refused(Refusal.NOT_FOUND, field="case")
        return report.notes, report.scope, report.citizen or report.by
    one = desk.state.sanction(name)
    if citizen.id == one.citizen:
        raise Refused(Refusal.NOT_FOUND, field="case")
    return one.notes, one.scope, one.citizen
