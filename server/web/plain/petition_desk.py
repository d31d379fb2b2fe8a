"""The petition desk on the plain page: what waits for officials, and what operators and examiners do."""

from collections.abc import Mapping

from fastapi import Response

from protocol.message import Command
from protocol.refusals import Refusal, Refused
from protocol.services import petitions as say
from server.web.plain.forms import form_for
from server.web.plain.pages import HOME
from server.web.plain.petitions import named_choices, names
from server.web.plain.visit import Visit, new_key
from worlds.services.petitions.turn import holds, is_official

AT = f"{HOME}/desk"

FORMS: Mapping[str, type[Command]] = {
    "serve": say.ServeDesk,
    "outage": say.ReportOutage,
    "change_calendar": say.ChangeCalendar,
}


async def desk(visit: Visit) -> Response:
    """What lies on a desk, what is due first first."""
    citizen = visit.citizen
    if not is_official(citizen) and not citizen.has("operator"):
        raise Refused(Refusal.NOT_ALLOWED, "this is another desk")
    desks = [""] if holds(citizen, "civil_service") or holds(citizen, "examiner") else []
    called = await names(visit)
    if holds(citizen, "examiner"):
        desks += [one["id"] for one in (await visit.ask(say.GuideToFiling)).departments]
    elif citizen.department is not None:
        desks.append(citizen.department)
    asked = visit.query.get("department", desks[0] if desks else "")
    overdue = visit.query.get("overdue") == "yes"
    page = say.PetitionDesk(items=[], seated=False)
    if desks:
        wanted = {"department": asked or None, "after": visit.query.get("after") or None}
        page = await visit.ask(say.DeskOfDepartment, **wanted, overdue=overdue)
    return visit.page(
        "desk.html",
        items=page.items,
        next=page.next,
        desks=desks,
        asked=asked,
        overdue=overdue,
        names=called,
        forms=[name for name in FORMS if name == "serve" or citizen.has("operator")],
        may_check=holds(citizen, "examiner") or citizen.has("operator"),
    )


async def month(visit: Visit) -> Response:
    """How a month's petitions were treated."""
    asked = visit.query.get("month", "")
    found = await visit.ask(say.CheckMonth, month=asked) if asked else None
    return visit.page("month.html", asked=asked, found=found)


async def act(visit: Visit) -> Response:
    """A form of the desk."""
    name = visit.request.path_params["name"]
    if visit.session is None:
        return visit.go(f"{HOME}/enter?then={AT}/{name}")
    command = FORMS.get(name)
    if command is None:
        raise Refused(Refusal.NOT_FOUND)
    choices = await named_choices(visit, await visit.ask(say.GuideToFiling))
    form = form_for(command, f"{AT}/{name}", visit.texts, key=new_key(), choices=choices, back=AT)
    return await visit.filled(form) or visit.go(AT)


PAGES = [(AT, desk), (f"{AT}/month", month), (AT + "/{name}", act)]
