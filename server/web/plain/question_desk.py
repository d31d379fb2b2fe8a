"""The question desk on the plain page: what waits for moderators, and each question with what may be done to it."""

from collections.abc import Mapping, Sequence

from fastapi import Response

from protocol.message import Command
from protocol.refusals import Refusal, Refused
from protocol.services import live_qa as say
from server.web.plain.forms import Form, Option, form_for
from server.web.plain.pages import HOME
from server.web.plain.question_time import OVER, categories, venue_of, where
from server.web.plain.visit import First, Visit, new_key
from worlds.city import City
from worlds.services.live_qa.roles import Office, holds, require
from worlds.services.live_qa.rows import desk_row, session_row
from worlds.services.live_qa.state import WAITING

AT = f"{HOME}/question-desk"

LISTS = ("pending", "held", "open", "merged", "dismissed")

FORMS: Mapping[str, type[Command]] = {
    "approve": say.Approve,
    "hold": say.Hold,
    "dismiss": say.Dismiss,
    "merge": say.Merge,
    "split": say.Split,
    "restore": say.Restore,
    "claim": say.Claim,
}
VERBS: Mapping[str, Sequence[str]] = {
    "pending": ("approve", "hold", "dismiss"),
    "held": ("approve", "hold", "dismiss"),
    "open": ("merge",),
    "merged": ("split",),
    "dismissed": ("restore",),
}
"""What may be done to a question by its state; the gate decides, this only spares the reader what it would refuse."""

HEADS_ALONE = frozenset({"split", "restore"})


async def desks(visit: Visit) -> Response:
    """The question times at which the reader moderates, and how much waits at each."""
    if visit.session is None:
        return visit.go(f"{HOME}/enter?then={AT}")

    def found(city: City, _: int) -> list[tuple[say.QuestionTime, dict[str, int]]]:
        return [
            (
                session_row(one),
                {state: sum(q.state == state for q in one.questions) for state in ("pending", "held")},
            )
            for one in venue_of(city).state.sessions.values()
            if one.phase != "archived" and holds(visit.citizen, Office.MODERATOR, one)
        ]

    rows = sorted(await visit.look(found), key=lambda row: (row[0].phase in OVER, row[0].starts_at))
    return visit.page("question_desks.html", rows=rows, where=where(visit), at=AT)


async def desk(visit: Visit) -> Response:
    """The inbox of one question time, or another of its lists."""
    if visit.session is None:
        return visit.go(f"{HOME}/enter?then={visit.path}")
    name = visit.request.path_params["session"]
    which = visit.query.get("which", LISTS[0])
    page = await visit.ask(say.ListDesk, session=name, which=which, after=visit.query.get("after") or None)
    seen = await visit.ask(say.Look, session=name)
    return visit.page(
        "question_desk.html",
        session=seen.audience.session,
        questions=page.questions,
        next=page.next,
        lists=LISTS,
        which=which,
        categories=await categories(visit),
        at=f"{AT}/{name}",
    )


async def one(visit: Visit) -> Response:
    """One question whole: both wordings, who works on it, what is alike, what may be done."""
    if visit.session is None:
        return visit.go(f"{HOME}/enter?then={visit.path}")
    name, number = visit.request.path_params["session"], _number(visit)
    row, is_head = await _row(visit, name, number)
    at = f"{AT}/{name}/{number}"
    return visit.page(
        "desk_question.html",
        row=row,
        verbs=[verb for verb in VERBS.get(row.state, ()) if is_head or verb not in HEADS_ALONE],
        is_waiting=row.state in WAITING,
        is_mine=row.claimed_by == visit.citizen.id,
        categories=await categories(visit),
        claim_token=visit.token(f"{at}/claim"),
        key=new_key(),
        at=at,
        back=f"{AT}/{name}?which={row.state}",
    )


async def act(visit: Visit) -> Response:
    """A form for one thing that a moderator does; who sends it has taken the question up with it."""
    name, number = visit.request.path_params["session"], _number(visit)
    verb = visit.request.path_params["verb"]
    command, at = FORMS.get(verb), f"{AT}/{name}/{number}"
    is_sent = visit.request.method == "POST"
    if command is None or (verb == "claim" and not is_sent):
        raise Refused(Refusal.NOT_FOUND)
    if visit.session is None and not is_sent:
        return visit.go(f"{HOME}/enter?then={at}/{verb}")
    form = await _form(visit, command, verb, name, number)
    if not is_sent:
        return visit.form_page(form)
    waits = verb in VERBS["pending"]
    answer = await visit.submit(form, first=_taken_up(visit) if waits else None)
    if isinstance(answer, Response):
        return answer
    is_given_back = verb == "claim" and visit.written.get("on") == "no"
    visit.note(visit.texts["question_desk"]["given_back"] if is_given_back else form.words["done"])
    return visit.go(at if verb == "claim" else f"{AT}/{name}")


def _taken_up(visit: Visit) -> First:
    """Takes the question up as it was shown: nobody's work is overridden, and no claim ends while one writes."""

    async def first(command: say.Approve | say.Hold | say.Dismiss) -> Command:
        claim = say.Claim(
            id=0,
            key=f"{(command.key or new_key())[:60]}.c",
            session=command.session,
            question=command.question,
            version=command.version,
        )
        claimed = say.Moderated.model_validate(await visit.site.gate.ask(claim, visit.citizen))
        return command.model_copy(update={"version": claimed.row.version})

    return first


async def _form(visit: Visit, command: type[Command], verb: str, name: str, number: int) -> Form:
    texts, at = visit.texts, f"{AT}/{name}/{number}"
    fixed = {"session": name, "question": str(number)}
    shown: dict[str, str] = {}
    if visit.request.method == "POST":
        # As it was shown: what changed since is told, and not overridden.
        fixed |= {part: visit.written.get(part, "") for part in ("version", "on") if part in visit.written}
    else:
        row, _ = await _row(visit, name, number)
        fixed["version"] = str(row.version)
        shown = {"text": row.text}
    reasons = {"dismiss": "dismissal", "hold": "hold"}
    choices: dict[str, Sequence[Option]] = {}
    if verb in reasons:
        choices["reason"] = list(texts["options"][reasons[verb]].items())
    only = [part for part in ("text", "reason", "into") if part in command.model_fields]
    form = form_for(
        command, f"{at}/{verb}", texts, key=new_key(), fixed=fixed, choices=choices, only=only, back=at
    )
    form.fill(shown)
    return form


async def _row(visit: Visit, name: str, number: int) -> tuple[say.DeskQuestion, bool]:
    """A question as the desk sees it, and whether the reader heads the desk. Raises Refused."""

    def row(city: City, now: int) -> tuple[say.DeskQuestion, bool]:
        venue = venue_of(city)
        session = venue.state.session(name)
        require(visit.citizen, session, Office.MODERATOR)
        is_head = holds(visit.citizen, Office.HEAD_MODERATOR, session)
        return desk_row(venue, session, session.question(number), now), is_head

    return await visit.look(row)


def _number(visit: Visit) -> int:
    written = visit.request.path_params["question"]
    if not (written.isascii() and written.isdigit() and len(written) < 10):
        raise Refused(Refusal.NOT_FOUND)
    return int(written)


PAGES = [
    (AT, desks),
    (AT + "/{session}", desk),
    (AT + "/{session}/{question}", one),
    (AT + "/{session}/{question}/{verb}", act),
]
