"""One petition as its reader sees it: the case as it is shown, its steps in words, and what the reader may do now."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from protocol.handshake import Text
from protocol.services import petitions as say
from server.web.plain.visit import Visit
from worlds.citizen import Citizen
from worlds.city import City
from worlds.services.petitions import Petitions
from worlds.services.petitions.notices import written
from worlds.services.petitions.petition import CONTENT, Petition
from worlds.services.petitions.states import rows
from worlds.services.petitions.turn import Turn, is_official

SUPPLEMENTS = 2
"""How often more time may be asked for (Decree 24(2)); the rules have the last word."""

VERBS: Final = (
    "answer_supplement", "ask_longer", "consent", "name_representatives", "rate", "object", "ask_more", "demand",
    "ask_progress", "amend", "join", "publish", "withdraw",
    "receive", "correct", "route", "assign", "transfer", "confirm_transfer", "start", "ask_supplement",
    "ask_supplement_again", "return", "mark_undeliverable", "clock_out", "clock_in", "extend", "ask_cooperation",
    "cooperate", "answer", "grant", "reject", "leave_unprocessed", "close_repeat", "collect", "extend_objection",
    "decide_objection", "add_answer", "summarise", "merge", "unmerge", "dun", "note",
)  # fmt: skip
"""In the order in which they are offered: what waits for the reader first, what ends a case late."""

ALSO: Final[Mapping[str, Callable[[Petitions, Petition, int], bool]]] = {
    "ask_longer": lambda _, one, __: one.longer_asked < SUPPLEMENTS and not one.asked_again,
    "name_representatives": lambda _, one, __: one.pause == "representatives" or one.lacks_representatives,
    "rate": lambda _, one, __: not one.stars,
    "object": lambda _, one, now: now <= one.remedies_until,
    "ask_more": lambda _, one, __: bool(one.stars) and not one.more_asked,
    "add_answer": lambda _, one, __: one.more_asked,
    "demand": lambda _, one, __: one.overdue,
    "dun": lambda _, one, __: one.overdue,
    "ask_supplement_again": lambda _, one, __: one.expired and not one.asked_again,
    "return": lambda _, one, __: one.expired,
    "answer": lambda service, one, _: service.rules.kinds[one.kind].ends_by == "answer",
    "grant": lambda service, one, _: service.rules.kinds[one.kind].ends_by == "grant",
    "reject": lambda service, one, _: service.rules.kinds[one.kind].ends_by == "grant",
    "leave_unprocessed": lambda service, one, _: not service.rules.kinds[one.kind].statutory,
    "close_repeat": lambda service, one, _: not service.rules.kinds[one.kind].statutory,
    "collect": lambda _, one, __: one.paper and not one.collected,
    "cooperate": lambda _, one, __: any("answer" not in asked for asked in one.cooperation),
    "extend_objection": lambda _, one, __: not one.objection_extended,
    "publish": lambda service, one, _: service.rules.kinds[one.kind].public,
    "summarise": lambda service, one, _: service.ledger.is_public(one),
    "unmerge": lambda _, one, __: one.parent is not None,
    "merge": lambda _, one, __: one.parent is None,
}
"""What must be so beside the state; the gate decides, this only spares the reader what it would refuse."""


WRITTEN = ("missing", "decision", "text", "measure")
"""The texts of a step, in the order in which they are read."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the history in words; `text` is what somebody wrote with it."""

    when: int
    by: str
    message: Text
    text: str
    files: tuple[say.FileCard, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A petition, and its reader."""

    petition: Petition
    shown: say.PetitionShown
    steps: tuple[Step, ...]
    verbs: tuple[str, ...]
    content: Mapping[str, str]
    is_mine: bool

    def as_written(self) -> dict[str, str]:
        """What was written, as a form's fields hold it."""
        one = self.petition
        told = dict(self.content)
        for name, value in (
            ("department", one.proposed), ("statutory_type", one.statutory_type), ("gu", one.gu),
            ("repeats", one.repeats),
        ):  # fmt: skip
            if value is not None:
                told[name] = value
        told |= {f"files.{number}": file.file for number, file in enumerate(self.shown.files or ())}
        told |= {name: "yes" for name in ("publish", "joint") if getattr(one, name)}
        if one.place is not None:
            told |= {"place.lat": str(one.place[0]), "place.lon": str(one.place[1])}
        return told


async def case_of(visit: Visit, id: str) -> Case | None:
    """The petition as this reader may see it; None where staff must say first why. Raises Refused."""
    reason = visit.session.reasons.get(id) if visit.session is not None else None
    if reason is None and is_official(visit.citizen) and not await visit.look(_is_own(id, visit.citizen)):
        return None
    after = visit.query.get("after", "")
    fields: dict[str, Any] = {"petition": id, "reason": reason}
    if after.isascii() and after.isdigit() and len(after) < 10:
        fields["after"] = int(after)
    shown = await visit.ask(say.ShowPetition, **fields)
    return await visit.look(lambda city, now: _case(_service(city), shown, visit.citizen, now))


async def verbs_of(visit: Visit, id: str) -> tuple[str, ...]:
    """What the reader may do now with a petition of which they see nothing."""

    def verbs(city: City, now: int) -> tuple[str, ...]:
        service = _service(city)
        petition = service.ledger.petitions.get(id)
        if petition is None or not petition.is_filed:
            return ()
        turn = Turn(service.ledger, service.texts, visit.citizen, now)
        return tuple(verb for verb in VERBS if _may(service, turn, petition, verb, now))

    return await visit.look(verbs)


async def own_drafts(visit: Visit) -> dict[str, str]:
    """The titles of what the reader is writing."""

    def titles(city: City, _: int) -> dict[str, str]:
        service = _service(city)
        mine = service.ledger.of_citizen.get(visit.citizen.id, {})
        return {
            id: written(service.texts, visit.citizen.id, one.title)
            for id in mine
            if not (one := service.ledger.petitions[id]).is_filed and one.citizen == visit.citizen.id
        }

    return await visit.look(titles)


def _service(city: City) -> Petitions:
    service = city.services["petitions"]
    assert isinstance(service, Petitions)
    return service


def _is_own(id: str, citizen: Citizen) -> Callable[[City, int], bool]:
    def ask(city: City, _: int) -> bool:
        found = _service(city).ledger.petitions.get(id)
        return found is None or found.citizen == citizen.id

    return ask


def _case(service: Petitions, shown: say.PetitionShown, reader: Citizen, now: int) -> Case:
    petition = service.ledger.petitions[shown.card.petition]
    turn = Turn(service.ledger, service.texts, reader, now)
    texts, owner = service.texts, petition.citizen
    return Case(
        petition=replace(petition),
        shown=shown,
        steps=tuple(
            Step(
                one.when, one.by, one.message, "\n".join(_texts(one.what, one.about)), tuple(one.files or ())
            )
            for one in shown.history
        ),
        verbs=tuple(verb for verb in VERBS if _may(service, turn, petition, verb, now)),
        content={name: written(texts, owner, getattr(petition, name)) for name in CONTENT},
        is_mine=owner == reader.id,
    )


def _texts(what: str, about: Mapping[str, Any]) -> Iterator[str]:
    """What somebody wrote with a step."""
    for item in about.get("items", ()):
        yield f"- {item['what']} ({item['article']})"
    # The other steps name a reason of the city's list, and their sentence tells it.
    for name in (*WRITTEN, "reason") if what in ("routed", "transferred") else WRITTEN:
        if isinstance(about.get(name), str) and about[name]:
            yield about[name]


def _may(service: Petitions, turn: Turn, petition: Petition, verb: str, now: int) -> bool:
    who = turn.who(petition)
    if verb == "join":
        return petition.joint and not who and not turn.citizen.is_visitor
    named = [verb]
    if verb == "consent":
        if petition.proposal is None:
            return False
        named = [f"consent_{petition.proposal['to']}"]
    if not any(who & row.who for one in named for row in rows(petition.state, one)):
        return False
    return ALSO[verb](service, petition, now) if verb in ALSO else True
