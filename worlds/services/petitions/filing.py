"""Filing: what a citizen does until a petition is received, and may change of it until its end."""

import re
from collections.abc import Iterator
from hashlib import sha256

from protocol.refusals import Refusal, Refused
from protocol.services import petitions as say
from worlds.calendar import DAY_MS
from worlds.service import Event, Personal
from worlds.services.petitions import events as ev
from worlds.services.petitions.petition import CONTENT, Petition
from worlds.services.petitions.rules import KindCode
from worlds.services.petitions.states import UNDECIDED
from worlds.services.petitions.turn import Turn, holds

GU = re.compile(r"[a-z][a-z0-9_-]{0,31}")
"""A district of the city in the sense of its administration, as an id."""

TOKEN_DIGITS = 32
"""Hexadecimal digits of a look-up token: 128 bits, which nobody guesses."""

ID_DIGITS = 16
"""Hexadecimal digits of a petition's id."""


def draft(turn: Turn, command: say.DraftPetition) -> Iterator[Event]:
    """- | draft: saved until a day."""
    _may_file(turn)
    id = command.petition
    if id is None:
        mine = turn.ledger.of_citizen.get(turn.by, {})
        drafts = sum(1 for one in mine if not turn.ledger.petitions[one].is_filed)
        limit = turn.rules.limits.drafts
        if limit and drafts >= limit:
            raise Refused(Refusal.FULL, f"at most {limit} drafts are kept", limit="petitions.drafts")
    else:
        turn.admit(turn.petition(id), "draft")
    yield _drafted(turn, command, turn.by, id)


def file(turn: Turn, command: say.FilePetition) -> Iterator[Event]:
    """- | draft and submit at once; the civil service room enters what came another way."""
    _may_file(turn)
    owner, arrived = turn.by, turn.now
    if command.channel not in ("online", "question_time") or command.for_citizen is not None:
        if not holds(turn.citizen, "civil_service"):
            raise Refused(
                Refusal.NOT_ALLOWED,
                "only the civil service room enters what came another way",
                field="channel",
            )
        owner = command.for_citizen or turn.by
        arrived = command.arrived_at or turn.now
        if arrived > turn.now:
            raise Refused(Refusal.BAD_MESSAGE, "it cannot have arrived in the future", field="arrived_at")
    if (command.origin is not None) != (command.channel == "question_time"):
        raise Refused(
            Refusal.BAD_MESSAGE, "what was asked at question time has its origin there", field="channel"
        )
    drafted = _drafted(turn, command, owner, None)
    _complete(turn, drafted, asked_live=command.channel == "question_time")
    _within_day(turn, owner)
    yield drafted
    yield _submitted(turn, drafted.petition, arrived, command.channel, command.origin)


def submit(turn: Turn, command: say.SubmitPetition) -> Iterator[Event]:
    """draft | submit | submitted: name, address, contact, text are there."""
    _may_file(turn)
    petition = turn.petition(command.petition)
    turn.admit(petition, "submit")
    required = turn.rules.kinds[petition.kind].requires
    for field in ("title", "text", *required):
        if not getattr(petition, field):
            raise Refused(Refusal.BAD_MESSAGE, "is needed before it is submitted", field=field)
    _within_day(turn, petition.citizen)
    yield _submitted(turn, petition.id, turn.now, "online")


def consent(turn: Turn, command: say.ConsentToChange) -> Iterator[Event]:
    """The petitioner agrees to what was proposed, or not."""
    petition = turn.petition(command.petition)
    turn.admit(petition, f"consent_{command.to}")
    proposal = petition.proposal
    if proposal is None or proposal["to"] != command.to:
        raise Refused(Refusal.CLOSED, "nothing of that kind was proposed", field="to")
    if command.to == "correction":
        yield ev.Corrected(petition=petition.id, by=turn.by, agreed=command.agrees)
    elif not command.agrees:
        yield ev.ExtensionDeclined(petition=petition.id, by=turn.by)
    else:
        due = turn.due_of(petition, extra=proposal["amount"])
        yield ev.Extended(
            petition=petition.id,
            by=turn.by,
            due_at=due,
            cause="extension",
            timers={"overdue": due},
            reason=proposal["reason"],
            amount=proposal["amount"],
            text=Personal(owner=petition.citizen, ref=proposal["text"], hash=proposal["hash"]),
            consented_at=turn.now,
        )


def withdraw(turn: Turn, command: say.WithdrawPetition) -> Iterator[Event]:
    """any open | withdraw: before the end, unless law or nature forbids."""
    petition = turn.petition(command.petition)
    row = turn.admit(petition, "withdraw")
    if petition.state == "objection":
        yield ev.ObjectionWithdrawn(
            petition=petition.id, by=turn.by, to=row.to, timers={"overdue": 0, "progress": 0}
        )
    else:
        yield ev.Withdrawn(petition=petition.id, by=turn.by, to=row.to, return_papers=command.return_papers)


def amend(turn: Turn, command: say.AmendPetition) -> Iterator[Event]:
    """any open | amend: what was written changes, the period does not."""
    petition = turn.petition(command.petition)
    turn.admit(petition, "amend")
    changed: dict[str, Personal] = {}
    for field in CONTENT:
        if (raw := getattr(command, field)) is not None:
            changed[field] = _content(turn, petition.citizen, field, raw)
    files = turn.files(petition, petition.citizen, command.files)
    if not changed and not files:
        raise Refused(Refusal.BAD_MESSAGE, "nothing is changed", field="text")
    yield ev.Amended(petition=petition.id, by=turn.by, files=files, **changed)


def join(turn: Turn, command: say.JoinPetition) -> Iterator[Event]:
    """Sign with others, until it is decided; households are told apart by their addresses."""
    if turn.citizen.is_visitor:
        raise Refused(Refusal.NOT_ALLOWED, "visitors may not sign")
    petition = turn.petition(command.petition)
    if not petition.joint:
        raise Refused(Refusal.NOT_ALLOWED, "it was not opened for signatures")
    if petition.state not in UNDECIDED or petition.state == "transferred":
        raise Refused(Refusal.CLOSED, "it can no longer be signed")
    if turn.by == petition.citizen or any(signer[0] == turn.by for signer in petition.signers):
        raise Refused(Refusal.CONFLICT, "you have signed it already")
    limit = turn.rules.limits.signers
    if limit and len(petition.signers) >= limit:
        raise Refused(Refusal.FULL, f"at most {limit} people sign one petition", limit="petitions.signers")
    name = turn.short(turn.by, command.name, "name")
    address = turn.short(turn.by, command.address, "address")
    yield ev.Joined(
        petition=petition.id,
        by=turn.by,
        name=name,
        address=address,
        household=_household(turn, petition, address.text),
    )


def publish(turn: Turn, command: say.PublishPetition) -> Iterator[Event]:
    """The petitioner agrees that the public sees it without what would name them."""
    petition = turn.petition(command.petition)
    turn.admit(petition, "publish")
    if petition.publish == command.agrees:
        raise Refused(Refusal.CONFLICT, "that is so already", field="agrees")
    yield ev.PublicationChanged(petition=petition.id, by=turn.by, agreed=command.agrees)


def read_notice(turn: Turn, command: say.ReadNotice) -> Iterator[Event]:
    """Notices up to one were read."""
    petition = turn.petition(command.petition)
    if petition.citizen != turn.by:
        raise Refused(Refusal.NOT_ALLOWED, "these are not your notices")
    if command.notice >= len(petition.history):
        raise Refused(Refusal.NOT_FOUND, "there is no such notice", field="notice")
    if command.notice >= petition.read:
        yield ev.NoticeRead(petition=petition.id, by=turn.by, notice=command.notice)


def _may_file(turn: Turn) -> None:
    if turn.citizen.is_visitor:
        raise Refused(Refusal.NOT_ALLOWED, "visitors may not file petitions")


def _within_day(turn: Turn, owner: str) -> None:
    limit = turn.rules.limits.filings_per_day
    if not limit:
        return
    mine = turn.ledger.of_citizen.get(owner, {})
    times = []
    for id in reversed(mine):
        petition = turn.ledger.petitions[id]
        if petition.citizen == owner and petition.arrived_at > turn.now - DAY_MS:
            times.append(petition.arrived_at)
        if len(times) >= limit:
            wait = max(1, min(times) + DAY_MS - turn.now)
            raise Refused(
                Refusal.TOO_FAST,
                f"at most {limit} petitions a day",
                retry_after_ms=wait,
                limit="petitions.filings_per_day",
            )


def _drafted(
    turn: Turn, command: say.DraftPetition | say.FilePetition, owner: str, id: str | None
) -> ev.Drafted:
    if command.kind == "formal_petition":
        raise Refused(
            Refusal.NOT_ALLOWED,
            "a 청원 under the Petition Act goes to cheongwon.go.kr: it is answered in 90 days, once extended by 60",
            field="kind",
        )
    if command.capacity != "private":
        raise Refused(
            Refusal.NOT_ALLOWED,
            "public bodies and parties to a contract about that contract are not petitioners (Act 2(2), Decree 2)",
            field="capacity",
        )
    kind: KindCode = command.kind
    statutory = turn.rules.type(command.statutory_type)
    if command.statutory_type is not None and (
        statutory is None or kind not in (statutory.kind, "prior_review")
    ):
        raise Refused(Refusal.NOT_FOUND, "this kind has no such type", field="statutory_type")
    if command.department is not None:
        turn.department(command.department)
    if command.gu is not None and not GU.fullmatch(command.gu):
        raise Refused(Refusal.BAD_MESSAGE, "is no id of a district", field="gu")
    if command.repeats is not None and turn.petition(command.repeats, "repeats").citizen != owner:
        raise Refused(Refusal.NOT_FOUND, "you have no such petition", field="repeats")
    is_draft = isinstance(command, say.DraftPetition)
    had = turn.ledger.petitions.get(id) if id is not None else None
    before = [file for file, *_ in had.files] if had is not None else []
    wanted = before if command.files is None else command.files
    without = tuple(file for file in before if file not in wanted)
    new = [file for file in wanted if file not in before]
    content = {
        field: _content(turn, owner, field, getattr(command, field))
        if getattr(command, field).strip() or (field in ("title", "text") and not is_draft)
        else Personal(owner=owner)
        for field in CONTENT
    }
    return ev.Drafted(
        petition=id or _new_id(turn, owner, content),
        by=turn.by,
        timers={"draft": turn.now + turn.rules.limits.draft_days * DAY_MS}
        if is_draft and turn.rules.limits.draft_days
        else {},
        citizen=owner,
        kind=kind,
        department=command.department,
        statutory_type=command.statutory_type,
        gu=command.gu,
        place=(command.place.lat, command.place.lon) if command.place else None,
        publish=command.publish,
        joint=command.joint,
        repeats=command.repeats,
        files=turn.files(had, owner, new, len(without)),
        without=without,
        **content,
    )


def _complete(turn: Turn, drafted: ev.Drafted, *, asked_live: bool) -> None:
    required = ("name",) if asked_live else turn.rules.kinds[drafted.kind].requires
    for field in required:
        if not getattr(drafted, field).text:
            raise Refused(Refusal.BAD_MESSAGE, "is needed", field=field)


def _submitted(
    turn: Turn, id: str, arrived: int, channel: say.Channel, origin: str | None = None
) -> ev.Submitted:
    latest = turn.calendar.add_hours(arrived, turn.figures.receive_hours)
    return ev.Submitted(
        petition=id,
        by=turn.by,
        to="submitted",
        timers={"receive": max(latest, turn.now), "draft": 0},
        token=sha256(turn.chance + id.encode()).hexdigest()[:TOKEN_DIGITS],
        arrived_at=arrived,
        receive_by=latest,
        channel=channel,
        origin=origin,
    )


def _new_id(turn: Turn, owner: str, content: dict[str, Personal]) -> str:
    # Of what was written too: a round may file several with one chance, before any of them is applied.
    told = "\0".join((owner, str(turn.now), content["title"].text, content["text"].text))
    return "p" + sha256(turn.chance + told.encode()).hexdigest()[:ID_DIGITS]


def _content(turn: Turn, owner: str, field: str, raw: str) -> Personal:
    limits = turn.rules.limits
    match field:
        case "text":
            return Personal(owner=owner, text=turn.text(raw, field))
        case "title":
            return turn.short(owner, raw, field, limits.title_length)
        case _:
            return turn.short(owner, raw, field)


def _household(turn: Turn, petition: Petition, address: str) -> int:
    def home(text: str) -> str:
        return "".join(text.split()).casefold()

    if home(turn.texts[Personal(owner=petition.citizen, ref=petition.address)]) == home(address):
        return 0
    for citizen, household, _, ref in petition.signers:
        if home(turn.texts[Personal(owner=citizen, ref=ref)]) == home(address):
            return int(household)
    return 1 + max((int(signer[1]) for signer in petition.signers), default=0)
