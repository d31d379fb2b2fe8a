"""Reading: who may see what of a petition, in pages that fit one message."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from protocol.handshake import Part, Text
from protocol.refusals import Refusal, Refused
from protocol.services import petitions as say
from worlds.citizen import Citizen
from worlds.service import Event, Texts
from worlds.services.petitions import events as ev
from worlds.services.petitions.inside import ReadFile
from worlds.services.petitions.ledger import NO_DUE, ROOM, Ledger, Place
from worlds.services.petitions.notices import (
    LANGUAGES,
    notice,
    officer_card,
    sentence,
    shown_time,
    unread,
    written,
)
from worlds.services.petitions.petition import CONTENT, WITH_IT, FiledFile, Petition
from worlds.services.petitions.rules import Reason, Words
from worlds.services.petitions.states import UNROUTED
from worlds.services.petitions.turn import Turn, holds, is_official

PAGE = 20
"""Cards of a page."""

MOST_MARKS = 10
"""Listed words that an official is shown of one petition: enough to know what is coming."""

PAGE_BYTES = 14_000
"""What the texts of a page may take, so that one more at their longest still fits a message of 32 KiB."""

UNREAD_IN_VIEW = 5
"""Notices shown on arrival, without what the staff wrote."""

SIMILAR = 10
"""Earlier petitions of the same petitioner that are compared."""

WHOLE = ("H", "X")
"""Who of the staff sees a case by office; others only while it is in their hands."""


# Whether they may


def show(turn: Turn, command: say.ShowPetition) -> Iterator[Event]:
    """The petitioner; of the staff who is in charge, supervises or examines, with the reason kept."""
    yield from _seen(turn, turn.petition(command.petition), command.reason, is_kept=command.after is None)


def _seen(
    turn: Turn, petition: Petition, given: str | None, file: str | None = None, *, is_kept: bool = True
) -> Iterator[Event]:
    who = turn.who(petition)
    if "C" in who:
        return
    in_hand = ("O" in who and petition.officer == turn.by) or (
        "S" in who and petition.state in (*UNROUTED, "supplement")
    )
    if not in_hand and not who & frozenset(WHOLE):
        raise Refused(Refusal.NOT_ALLOWED, "only the petitioner and the officials in charge see it")
    if given is None:
        raise Refused(Refusal.BAD_MESSAGE, "the reason of the view is kept", field="reason")
    reason = turn.about(petition, given, "reason")
    if is_kept:
        yield ev.Viewed(petition=petition.id, by=turn.by, reason=reason, file=file)


def read_file(turn: Turn, command: ReadFile) -> Iterator[Event]:
    """Who may see the petition, as far as they are shown that step; staff with their reason, which is kept."""
    petition = turn.petition(command.petition)
    yield from _seen(turn, petition, command.reason, command.file)
    found = next((one for one in petition.files if one[0] == command.file), None)
    if found is None or _is_hidden(petition, found, turn.by) or found[1] not in turn.texts:
        raise Refused(Refusal.NOT_FOUND, "there is no such file", field="file")


def _is_hidden(petition: Petition, file: FiledFile, reader: str) -> bool:
    *_, step = file
    return step != WITH_IT and petition.citizen == reader and petition.history[step][1] in ev.FOR_STAFF_ONLY


def desk(turn: Turn, command: say.DeskOfDepartment) -> Iterator[Event]:
    """Officials of the department, examiners; the civil service room its own."""
    staff, department = turn.citizen, command.department
    if department is not None:
        turn.department(department)
    allowed = (
        holds(staff, "civil_service")
        if department is None
        else is_official(staff) and staff.department == department
    )
    if not allowed and not holds(staff, "examiner"):
        raise Refused(Refusal.NOT_ALLOWED, "this is another desk", field="department")
    if command.after is not None:
        turn.petition(command.after, "after")
    yield from ()


def status(turn: Turn, command: say.PetitionStatus) -> Iterator[Event]:
    """Whoever holds the token."""
    if command.token not in turn.ledger.tokens:
        raise Refused(Refusal.NOT_FOUND, "no petition has this token", field="token")
    yield from ()


def anyone(turn: Turn, command: object) -> Iterator[Event]:
    """What anyone may read: the guide, what is published, what is their own."""
    yield from ()


# What is shown


def card(ledger: Ledger, texts: Texts, petition: Petition, reader: str | None) -> say.PetitionCard:
    """A petition in a list."""
    mine = reader == petition.citizen
    return say.PetitionCard(
        petition=petition.id,
        number=petition.number,
        kind=petition.kind,
        state=petition.state,
        department=petition.department,
        proposed=petition.proposed if petition.department is None else None,
        gu=petition.gu,
        arrived_at=petition.arrived_at or None,
        received_at=petition.received_at or None,
        due_at=petition.shown_due,
        ended_at=petition.ended_at or None,
        overdue=petition.overdue,
        officer=officer_card(ledger, texts, petition) if petition.is_filed else None,
        unread=sum(1 for _ in unread(petition, ledger.rules)) if mine else 0,
        mine=mine,
        parent=petition.parent,
        origin=petition.origin if mine or reader is None else None,
    )


def mine_page(ledger: Ledger, texts: Texts, reader: str, after: str | None) -> say.PetitionPage:
    """Their own and those they signed, newest first."""
    ids = list(reversed(ledger.of_citizen.get(reader, {})))
    begin = ids.index(after) + 1 if after in ids else 0
    found = ids[begin : begin + PAGE + 1]
    items = [card(ledger, texts, ledger.petitions[id], reader) for id in found[:PAGE]]
    return say.PetitionPage(items=items, next=found[PAGE - 1] if len(found) > PAGE else None)


def desk_page(
    ledger: Ledger, texts: Texts, command: say.DeskOfDepartment, reader: Citizen
) -> say.PetitionDesk:
    """What lies on a desk, what is due first first; nothing of what was written."""
    places = ledger.desks.get(command.department or ROOM, [])
    begin = 0
    if command.after is not None:
        begin = bisect_left(places, _after(ledger.petitions[command.after]))
    found = []
    for *_, id in places[begin:]:
        petition = ledger.petitions[id]
        if command.state in (None, petition.state) and (petition.overdue or not command.overdue):
            found.append(petition)
            if len(found) > PAGE:
                break
    items = [card(ledger, texts, one, None) for one in found[:PAGE]]
    seated = reader.id in ledger.at_desk(reader.department)
    next_from = found[PAGE - 1].id if len(found) > PAGE else None
    return say.PetitionDesk(items=items, next=next_from, seated=seated)


def _after(petition: Petition) -> Place:
    due = petition.receive_by if petition.state == "submitted" else petition.shown_due
    return due or NO_DUE, petition.arrived_at, petition.id + "\0"


def notice_page(ledger: Ledger, texts: Texts, reader: str, after: str | None) -> say.NoticePage:
    """What they have not read, oldest first; as much as fits."""
    told = _told(ledger, reader)
    begin = 0
    if after is not None:
        begin = 1 + next((n for n, (_, id, step) in enumerate(told) if f"{id}:{step}" == after), -1)
    items: list[say.NoticeCard] = []
    size, next_from = 0, None
    for number, (_, id, step) in enumerate(told[begin:], begin):
        one = notice(ledger, texts, ledger.petitions[id], step)
        size += _size(one)
        if items and size > PAGE_BYTES:
            _, last, at = told[number - 1]
            next_from = f"{last}:{at}"
            break
        items.append(one)
    return say.NoticePage(items=items, unread=len(told), next=next_from)


def _told(ledger: Ledger, reader: str) -> list[tuple[int, str, int]]:
    return sorted(
        (petition.history[step][0], id, step)
        for id in ledger.of_citizen.get(reader, {})
        if (petition := ledger.petitions[id]).citizen == reader
        for step in unread(petition, ledger.rules)
    )


def shown(turn: Turn, command: say.ShowPetition) -> say.PetitionShown:
    """A petition whole: what was written with the first page, then its history as far as it fits."""
    ledger, texts = turn.ledger, turn.texts
    petition = ledger.petitions[command.petition]
    mine = petition.citizen == turn.by
    content, begin = None, command.after or 0
    if command.after is None:
        content = say.Written(
            **{name: written(texts, petition.citizen, getattr(petition, name)) for name in CONTENT}
        )
    filed = _files(turn, petition, WITH_IT) if content is not None else []
    officer = officer_card(ledger, texts, petition)
    size = sum(_size(part) for part in (content, *filed) if part is not None)
    steps, next_from = list[say.HistoryCard](), None
    for step in range(begin, len(petition.history)):
        when, what, by, about = petition.history[step]
        if mine and what in ev.FOR_STAFF_ONLY:
            continue
        one = say.HistoryCard(
            step=step,
            what=what,
            when=when,
            by=_actor(petition, by),
            message=sentence(ledger.rules, petition, what, about, officer),
            about=_readable(turn, petition, about),
            files=_files(turn, petition, step) or None,
        )
        size += _size(one)
        if size > PAGE_BYTES and (steps or content is not None):
            next_from = step
            break
        steps.append(one)
    proposal = petition.proposal
    return say.PetitionShown(
        card=card(ledger, texts, petition, turn.by),
        written=content,
        files=filed or None,
        history=steps,
        next=next_from,
        dues=[say.DueCard(due_at=due, cause=cause) for due, cause in petition.dues[-PAGE:]],
        people=petition.people,
        people_are_many=petition.is_of_many(turn.rules),
        views=petition.views,
        publish=petition.publish,
        pending=proposal["to"] if proposal is not None else None,
        until=petition.until if petition.state in ("supplement", "clock_out") else None,
        similar=_similar(turn, petition) if not mine and command.after is None else [],
        marks=_marks(turn, content) if content is not None and not mine else None,
    )


def _files(turn: Turn, petition: Petition, step: int) -> list[say.FileCard]:
    return [file_card(turn.texts, petition, one) for one in petition.files if one[-1] == step]


def file_card(texts: Texts, petition: Petition, file: FiledFile) -> say.FileCard:
    """A file of a case in a list."""
    id, name, kind, length, _ = file
    return say.FileCard(file=id, name=written(texts, petition.citizen, name), kind=kind, bytes=length)


def _marks(turn: Turn, content: say.Written) -> list[str] | None:
    """Listed words in what was written: an official sees them coming, and nothing else follows from them."""
    found = (entry.word for text in (content.title, content.text) for entry in turn.judge(text).entries)
    return list(dict.fromkeys(found))[:MOST_MARKS] or None


def _actor(petition: Petition, by: str) -> str:
    if not by:
        return "timer"
    if by == petition.citizen:
        return "petitioner"
    return "signer" if any(signer[0] == by for signer in petition.signers) else "staff"


def _readable(turn: Turn, petition: Petition, about: Mapping[str, Any]) -> dict[str, Any]:
    """A step's fields with its texts; who signed is never named to others, ids of staff are left out."""
    if "household" in about:
        return {}
    hidden = {"officer", "citizens", "parent", "earlier", "household"}
    return {name: _text(turn, petition, value) for name, value in about.items() if name not in hidden}


def _text(turn: Turn, petition: Petition, value: Any) -> Any:
    match value:
        case {"ref": str(ref)}:
            return written(turn.texts, petition.citizen, ref)
        case dict():
            return {name: _text(turn, petition, one) for name, one in value.items()}
        case list():
            return [_text(turn, petition, one) for one in value]
        case _:
            return value


def _similar(turn: Turn, petition: Petition) -> list[say.SimilarCard]:
    """Earlier petitions of the same petitioner by their likeness, for the head and the room alone."""
    if not turn.who(petition) & frozenset("HS"):
        return []
    own = _pairs(turn, petition)
    earlier = [
        one
        for id in reversed(turn.ledger.of_citizen.get(petition.citizen, {}))
        if (one := turn.ledger.petitions[id]).citizen == petition.citizen
        and one.id != petition.id
        and 0 < one.received_at <= (petition.received_at or turn.now)
    ]
    found = [
        say.SimilarCard(
            petition=one.id,
            number=one.number,
            state=one.state,
            likeness=round(_likeness(own, _pairs(turn, one)), 3),
        )
        for one in earlier[:SIMILAR]
    ]
    return sorted(found, key=lambda one: -one.likeness)


def _pairs(turn: Turn, petition: Petition) -> Counter[str]:
    texts, owner = turn.texts, petition.citizen
    told = written(texts, owner, petition.title) + " " + written(texts, owner, petition.text)
    plain = "".join(told.split()).casefold()
    return Counter(plain[n : n + 2] for n in range(len(plain) - 1))


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    """Dice's coefficient of the pairs of letters: no word is cut, so it serves Korean as well."""
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0


def status_shown(ledger: Ledger, token: str) -> say.StatusShown:
    """Where a petition stands, in words; nothing of what was written."""
    petition = ledger.petitions[ledger.tokens[token]]
    state = ledger.rules.states[petition.state]
    told = {}
    for language in LANGUAGES:
        told[language] = getattr(state, language)
        if petition.shown_due:
            told[language] += f" · {shown_time(petition.shown_due, language)}"
    return say.StatusShown(
        number=petition.number,
        state=petition.state,
        kind=petition.kind,
        department=petition.department,
        arrived_at=petition.arrived_at or None,
        received_at=petition.received_at or None,
        due_at=petition.shown_due,
        overdue=petition.overdue,
        message=Text(ko=told["ko"], en=told["en"]),
    )


def public_view(ledger: Ledger, texts: Texts, petition: Petition) -> say.PublicCard | None:
    """What the public may see of it, or None; the place to about 10 m."""
    if not ledger.is_public(petition) or petition.number is None:
        return None
    place = petition.place
    return say.PublicCard(
        number=petition.number,
        kind=petition.kind,
        department=petition.department,
        gu=petition.gu,
        state=petition.state,
        received_at=petition.received_at,
        updated_at=petition.changed_at,
        due_at=petition.shown_due,
        summary=written(texts, petition.citizen, petition.summary) or None,
        lat=round(place[0], 4) if place else None,
        lon=round(place[1], 4) if place else None,
        people=petition.people,
    )


def public_page(ledger: Ledger, texts: Texts, command: say.PublishedPetitions) -> say.PublicPage:
    """What is published, newest first."""
    end = len(ledger.published)
    if command.after is not None:
        end = bisect_left(ledger.published, (command.after, ""))
    items: list[say.PublicCard] = []
    size = 0
    for _, id in reversed(ledger.published[:end]):
        petition = ledger.petitions[id]
        if command.department not in (None, petition.department):
            continue
        one = public_view(ledger, texts, petition)
        if one is None:
            continue
        size += _size(one)
        if items and (len(items) == PAGE or size > PAGE_BYTES):
            return say.PublicPage(items=items, next=items[-1].number)
        items.append(one)
    return say.PublicPage(items=items)


def guide(ledger: Ledger) -> say.GuideShown:
    """All that a form needs."""
    rules = ledger.rules

    def words(told: Words) -> dict[str, str]:
        return {"ko": told.ko, "en": told.en}

    def cited(article: Words) -> dict[str, Any]:
        return {"article": article.en, "basis": words(article)}

    def reasons(table: Mapping[str, Reason]) -> list[dict[str, Any]]:
        return [{"id": id, "name": words(one.name), **cited(one.article)} for id, one in table.items()]

    return say.GuideShown(
        kinds=[
            {
                "id": id,
                "name": words(kind.name),
                **cited(kind.article),
                "period": kind.period.model_dump(),
                "requires": list(kind.requires),
                "public": kind.public,
                "ends_by": kind.ends_by,
            }
            for id, kind in rules.kinds.items()
        ],
        departments=[
            {"id": one.id, "name": words(one.name), "contact": one.contact} for one in rules.departments
        ],
        types=[
            {
                "id": one.id,
                "name": words(one.name),
                "kind": one.kind,
                **cited(one.article),
                "period": one.period.model_dump(),
                "department": one.lead,
                "with_departments": list(one.with_departments),
                "shares": dict(one.shares),
            }
            for one in rules.types
        ],
        bodies=[{"id": one.id, "name": words(one.name), "distant": one.distant} for one in rules.bodies],
        reasons={
            "extension": reasons(rules.extension_reasons),
            "unprocessed": reasons(rules.unprocessed_reasons),
            "pause": reasons(rules.pauses),
        },
        states=[{"id": id, "name": words(name)} for id, name in rules.states.items()],
    )


def view(ledger: Ledger, texts: Texts, citizen: Citizen, now: int) -> dict[str, Any] | None:
    """On arrival: what they have not read, their desk, and whether the system is down."""
    told = _told(ledger, citizen.id)
    down = [
        {"outage": number, "begins_at": begins, "message": {"ko": ko, "en": en}}
        for number, (begins, ends, ko, en) in enumerate(ledger.outages)
        if not ends
    ]
    desks: dict[str, Any] = {}
    if is_official(citizen):
        if citizen.department is not None:
            desks[citizen.department] = _waiting(ledger.desks.get(citizen.department, ()), now)
        if "civil_service" in citizen.grants:
            desks["room"] = _waiting(ledger.desks.get(ROOM, ()), now)
    if not (citizen.id in ledger.of_citizen or down or desks):
        return None
    newest = [
        notice(ledger, texts, ledger.petitions[id], step, with_text=False)
        for _, id, step in told[-UNREAD_IN_VIEW:]
    ]
    return {
        "unread": len(told),
        "notices": [one.model_dump(exclude_none=True) for one in newest],
        "petitions": len(ledger.of_citizen.get(citizen.id, {})),
        "outages": down[-1:],
        "desks": desks,
    }


def _waiting(places: Sequence[Place], now: int) -> dict[str, int]:
    return {"waiting": len(places), "past_due": bisect_left(places, (now, 0, ""))}


def _size(part: Part) -> int:
    return len(part.model_dump_json(exclude_none=True).encode())
