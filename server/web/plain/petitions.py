"""Petitions on the plain page: what a citizen files, reads and does, and the receipt."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Response

from protocol.catalogue import type_of
from protocol.message import Command
from protocol.refusals import Refusal, Refused
from protocol.services import petitions as say
from server.web.files import answered
from server.web.plain.case import Case, case_of, own_drafts, verbs_of
from server.web.plain.forms import Form, Option, form_for
from server.web.plain.pages import HOME, shown_moment
from server.web.plain.visit import Visit, new_key
from worlds.services.petitions.turn import is_official

AT = f"{HOME}/petitions"

STEPS: Mapping[str, type[say.Step]] = {
    type_of(command).partition(".")[2]: command
    for command in say.COMMANDS
    if issubclass(command, say.Step) and command is not say.ReadNotice
}
"""What is done to one petition, by the last part of its address."""

CONTENT = ("title", "text", "name", "address", "contact")
IN_PUBLIC = "in_public"
"""Asked of those who answer what was asked in public, and of nobody else."""

FILING = (
    *CONTENT, "files", "statutory_type", "department", "publish", "joint", "gu", "place", "repeats", "capacity",
    "channel", "for_citizen", "arrived_at",
)  # fmt: skip
DRAFTING = FILING[:-3]


# Lists


async def mine(visit: Visit) -> Response:
    """What the reader has filed and is writing."""
    if visit.session is None:
        return visit.page("petitions.html", items=[], next=None, names=await names(visit), drafts={})
    page = await visit.ask(say.MyPetitions, after=visit.query.get("after") or None)
    return visit.page(
        "petitions.html",
        items=page.items,
        next=page.next,
        names=await names(visit),
        drafts=await own_drafts(visit),
    )


async def published(visit: Visit) -> Response:
    """What the public may see."""
    asked = {name: visit.query[name] for name in ("after", "department") if visit.query.get(name)}
    page = await visit.ask(say.PublishedPetitions, **asked)
    return visit.page(
        "published.html", items=page.items, next=page.next, names=await names(visit), asked=asked
    )


async def unread(visit: Visit) -> say.NoticePage:
    """What the reader has not read."""
    page: say.NoticePage = await visit.ask(say.UnreadNotices, after=visit.query.get("after") or None)
    return page


async def notices(visit: Visit) -> Response:
    """What the reader was told, and has not read; reading is marked by a form."""
    if visit.session is None:
        return visit.page("notices.html", page=None, forms={})
    action = f"{HOME}/notices"
    if visit.request.method == "POST":
        fixed = {name: visit.written.get(name, "") for name in ("petition", "notice")}
        form = form_for(say.ReadNotice, action, visit.texts, key=new_key(), fixed=fixed)
        answer = await visit.submit(form)
        if isinstance(answer, Response):
            return answer
        visit.note(visit.texts["notices"]["done"])
        return visit.go(action)
    return visit.page("notices.html", page=await unread(visit), form_token=visit.token(action))


async def status(visit: Visit) -> Response:
    """Where a petition stands, by its look-up number."""
    form = form_for(say.PetitionStatus, f"{AT}/status", visit.texts, key=new_key(), back=AT)
    found = None
    if visit.request.method == "POST":
        form.fill(visit.written)
        command = form.read(visit.written, visit.wrong)
        if command is None:
            return visit.form_page(form, 422, "status.html", found=None, names=await names(visit))
        try:
            answered = await visit.site.gate.ask(command, visit.citizen)
        except Refused as error:
            return visit.again(form, error, "status.html", found=None, names=await names(visit))
        found = say.StatusShown.model_validate(answered)
    visit.sign(form)
    form.asks_code = False
    return visit.page("status.html", form=form, found=found, names=await names(visit))


# Filing


async def new(visit: Visit) -> Response:
    """Choose a kind; then write, save, file."""
    guide = await visit.ask(say.GuideToFiling)
    kinds = {kind["id"]: kind for kind in guide.kinds}
    kind = visit.written.get("kind") or visit.query.get("kind", "")
    if kind not in kinds:
        return visit.page("kinds.html", kinds=guide.kinds)
    is_draft = visit.written.get("do") == "draft"
    form = await _filing(visit, say.DraftPetition if is_draft else say.FilePetition, guide, kinds[kind])
    if visit.request.method != "POST":
        return visit.form_page(form, template="file.html", kind=kinds[kind])
    answer = await visit.submit(form, "file.html", kind=kinds[kind])
    if isinstance(answer, Response):
        return answer
    return _filed(visit, answer)


async def draft(visit: Visit, case: Case) -> Response:
    """Go on writing; save, or file."""
    id = case.petition.id
    guide = await visit.ask(say.GuideToFiling)
    kinds = {kind["id"]: kind for kind in guide.kinds}
    kind = kinds[case.petition.kind]
    form = await _filing(visit, say.DraftPetition, guide, kind, f"{AT}/{id}/draft", petition=id)
    if (files := form.files) is not None:
        files.options = [(one.file, one.name) for one in case.shown.files or ()]
    if visit.request.method != "POST":
        form.fill(case.as_written())
        return visit.form_page(form, template="file.html", kind=kind)
    answer = await visit.submit(form, "file.html", kind=kind)
    if isinstance(answer, Response):
        return answer
    if visit.written.get("do") == "draft":
        return _filed(visit, answer)
    try:
        submitted = say.SubmitPetition(id=0, key=f"{form.key[:60]}.file", petition=id)
        return _filed(visit, await visit.site.gate.ask(submitted, visit.citizen) or {})
    except Refused as error:
        # It is saved under its key: what is put right now is another command.
        form.key = new_key()
        return visit.again(form, error, "file.html", kind=kind)


def _filed(visit: Visit, answer: Mapping[str, Any]) -> Response:
    words = visit.texts["petitions"]
    if "saved_until" in answer:
        until = shown_moment(answer["saved_until"], visit.language, has_time=False)
        visit.note(words["saved"].format(until=until))
        return visit.go(AT)
    visit.note(words["filed"].format(until=shown_moment(answer["receive_by"], visit.language)))
    return visit.go(f"{AT}/{answer['petition']}/receipt")


async def _filing(
    visit: Visit,
    command: type[Command],
    guide: say.GuideShown,
    kind: Mapping[str, Any],
    action: str = f"{AT}/new",
    **fixed: str,
) -> Form:
    choices = await named_choices(visit, guide)
    choices["statutory_type"] = [
        (one["id"], visit.named(one["name"]))
        for one in guide.types
        if kind["id"] in (one["kind"], "prior_review")
    ]
    choices["repeats"] = await _earlier(visit)
    only = [
        name
        for name in (FILING if command is say.FilePetition else DRAFTING)
        if (name != "publish" or kind["public"])
        and (name not in ("statutory_type", "repeats") or choices[name])
        and (name not in FILING[-3:] or _enters_for_others(visit))
    ]
    form = form_for(
        command,
        action,
        visit.texts,
        key=new_key(),
        fixed={"kind": kind["id"], **fixed},
        choices=choices,
        only=only,
        required=("title", "text", *kind["requires"]),
        back=AT,
    )
    if visit.written.get("do") == "draft":
        for one in form.fields:
            one.is_required = False
    words = visit.texts["petitions"]
    form.buttons = [("file", words["file_now"]), ("draft", words["save_draft"])]
    return form


def _enters_for_others(visit: Visit) -> bool:
    return is_official(visit.citizen) and "civil_service" in visit.citizen.grants


async def _earlier(visit: Visit) -> list[Option]:
    if visit.session is None:
        return []
    page = await visit.ask(say.MyPetitions)
    return [(one.petition, one.number) for one in page.items if one.number and one.mine]


# One petition


async def show(visit: Visit) -> Response:
    """A petition whole: where it stands, what happened, what can be done."""
    id = visit.request.path_params["petition"]
    case = await case_of(visit, id)
    if case is None:
        return await _ask_reason(visit, id)
    if not case.petition.is_filed:
        return visit.go(f"{AT}/{id}/draft")
    return visit.page("petition.html", case=case, names=await names(visit), forms=STEPS, at=f"{AT}/{id}")


async def _ask_reason(visit: Visit, id: str) -> Response:
    """Staff say why they look; it is kept."""
    form = form_for(
        say.ShowPetition, f"{AT}/{id}", visit.texts, key=new_key(), fixed={"petition": id}, only=("reason",),
        required=("reason",), back=f"{HOME}/desk",
    )  # fmt: skip
    shown: dict[str, Any] = {"verbs": await verbs_of(visit, id), "at": f"{AT}/{id}"}
    if visit.request.method != "POST":
        return visit.form_page(form, template="look.html", **shown)
    answer = await visit.submit(form, "look.html", **shown)
    if isinstance(answer, Response):
        return answer
    assert visit.session is not None
    visit.session.note_reason(id, visit.written["reason"])
    return visit.go(f"{AT}/{id}")


async def receipt(visit: Visit) -> Response:
    """What one keeps: number, due date, look-up number; made to be printed."""
    id = visit.request.path_params["petition"]
    case = await case_of(visit, id)
    if case is None or not case.is_mine or not case.petition.is_filed:
        raise Refused(Refusal.NOT_ALLOWED, "only the petitioner and the officials in charge see it")
    return visit.page("receipt.html", case=case, names=await names(visit), at=f"{AT}/{id}")


async def file(visit: Visit) -> Response:
    """A file of a petition, for saving; pictures of one's own are shown small on its page."""
    id, name = visit.request.path_params["petition"], visit.request.path_params["file"]
    reason = visit.session.reasons.get(id) if visit.session is not None else None
    return await answered(visit.site.gate, visit.citizen, id, name, reason)


async def step(visit: Visit) -> Response:
    """A form for one thing that is done to a petition."""
    id, verb = visit.request.path_params["petition"], visit.request.path_params["verb"]
    if visit.session is None and visit.request.method != "POST" and verb != "join":
        return visit.go(f"{HOME}/enter?then={AT}/{id}/{verb}")
    # Who signs a petition sees nothing of it, and staff who give no reason are asked for it where they look.
    case = await case_of(visit, id) if verb != "join" and visit.session is not None else None
    if verb == "draft" and case is not None and not case.petition.is_filed:
        return await draft(visit, case)
    command = STEPS.get(verb)
    if command is None:
        raise Refused(Refusal.NOT_FOUND)
    form = await _step_form(visit, id, verb, command, case)
    if (unfinished := await visit.filled(form)) is not None:
        return unfinished
    return visit.go(f"{AT}/{id}" if await _still_sees(visit, id) else _elsewhere(visit))


async def _still_sees(visit: Visit, id: str) -> bool:
    """Whether a case is still for this reader: it may have gone to others with what was just done."""
    try:
        await case_of(visit, id)
    except Refused:
        return False
    return True


def _elsewhere(visit: Visit) -> str:
    return f"{HOME}/desk" if visit.is_staff else AT


async def _step_form(visit: Visit, id: str, verb: str, command: type[say.Step], case: Case | None) -> Form:
    texts = visit.texts
    choices: dict[str, Sequence[Option]] = dict(
        await named_choices(visit, await visit.ask(say.GuideToFiling))
    )
    fixed = {"petition": id}
    if verb == "consent" and case is not None and case.petition.proposal is not None:
        fixed["to"] = case.petition.proposal["to"]
    if verb == "rate":
        choices["stars"] = [
            (str(number), texts["options"]["stars"][str(number)]) for number in range(5, 0, -1)
        ]
    if verb == "extend":
        choices["reason"] = choices["extension_reason"]
    if verb == "leave_unprocessed":
        choices["reason"] = choices["unprocessed_reason"]
    if verb == "clock_out":
        choices["reason"] = choices["pause_reason"]
    form = form_for(
        command, f"{AT}/{id}/{verb}", texts, key=new_key(), fixed=fixed, choices=choices,
        back=f"{AT}/{id}",
    )  # fmt: skip
    if case is None or case.petition.origin is None:
        form.fields = [one for one in form.fields if one.name != IN_PUBLIC]
    if verb == "amend" and case is not None:
        form.as_it_was = case.content
        form.fill(case.content)
    return form


async def named_choices(visit: Visit, guide: say.GuideShown) -> dict[str, Sequence[Option]]:
    """What fields that name the city's content may hold, as people read it."""

    def options(rows: Sequence[Mapping[str, Any]]) -> list[Option]:
        return [(one["id"], visit.named(one["name"])) for one in rows]

    departments = options(guide.departments)
    return {
        "kind": options(guide.kinds),
        "department": departments,
        "statutory_type": options(guide.types),
        "body": [*options(guide.bodies), *departments],
        "extension_reason": options(guide.reasons["extension"]),
        "unprocessed_reason": options(guide.reasons["unprocessed"]),
        "pause_reason": options(guide.reasons["pause"]),
    }


async def names(visit: Visit) -> dict[str, dict[str, str]]:
    """What the content's ids are called: kinds, departments, states."""
    guide = await visit.ask(say.GuideToFiling)

    def called(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
        return {one["id"]: visit.named(one["name"]) for one in rows}

    return {
        "kinds": called(guide.kinds),
        "departments": called(guide.departments) | called(guide.bodies),
        "states": called(guide.states),
    }


PAGES = [
    (AT, mine),
    (f"{AT}/new", new),
    (f"{AT}/status", status),
    (f"{AT}/published", published),
    (f"{HOME}/notices", notices),
]
PAGES_OF_ONE = [
    (AT + "/{petition}", show),
    (AT + "/{petition}/receipt", receipt),
    (AT + "/{petition}/files/{file}", file),
    (AT + "/{petition}/{verb}", step),
]
