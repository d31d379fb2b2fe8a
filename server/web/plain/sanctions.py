"""One's own sanctions and reports on the plain page, appeals, and in numbers how the rules are applied to everyone."""

from collections.abc import Mapping

from fastapi import Response

from protocol.message import Command
from protocol.refusals import Refusal, Refused
from protocol.services import moderation as say
from server.web.plain.forms import form_for
from server.web.plain.pages import HOME
from server.web.plain.visit import Visit, new_key
from worlds.city import City
from worlds.services.moderation import Moderation

AT = f"{HOME}/sanctions"

FORMS: Mapping[str, type[Command]] = {"appeal": say.Appeal, "acknowledge": say.Acknowledge}
PERIODS = (30, 90, 365)
"""Days of which the numbers are shown."""


async def mine(visit: Visit) -> Response:
    """What concerns the reader: each sanction with its reason, its end and the way to appeal."""
    if visit.session is None:
        return visit.page("sanctions.html", found=None)
    found = await visit.ask(say.ShowMine, after=visit.query.get("after") or None)
    now = await visit.look(lambda _, now: now)
    return visit.page(
        "sanctions.html",
        found=found,
        verbs={one.sanction: verbs_of(one, now) for one in found.sanctions},
        where=where(visit),
        reasons=await reasons(visit),
        at=AT,
    )


def verbs_of(one: say.OwnSanction, now: int) -> tuple[str, ...]:
    """What its bearer may do about a sanction; the gate decides."""
    verbs = []
    if one.kind == "warn" and one.state == "in_force" and not one.is_acknowledged and now < one.until:
        verbs.append("acknowledge")
    if one.kind != "note" and one.appeal is None and now < one.appeal_until:
        verbs.append("appeal")
    return tuple(verbs)


async def weighs(visit: Visit) -> int:
    """How many sanctions on the reader are in force."""
    found = await visit.ask(say.ShowMine)
    now = await visit.look(lambda _, now: now)
    return sum(one.state == "in_force" and now < one.until and one.kind != "note" for one in found.sanctions)


async def act(visit: Visit) -> Response:
    """A form about one sanction."""
    sanction, verb = visit.request.path_params["sanction"], visit.request.path_params["verb"]
    command = FORMS.get(verb)
    if command is None:
        raise Refused(Refusal.NOT_FOUND)
    action = f"{AT}/{sanction}/{verb}"
    if visit.session is None and visit.request.method != "POST":
        return visit.go(f"{HOME}/enter?then={action}")
    form = form_for(command, action, visit.texts, key=new_key(), fixed={"sanction": sanction}, back=AT)
    return await visit.filled(form) or visit.go(AT)


async def numbers(visit: Visit) -> Response:
    """How often which sanction, for what, and what became of appeals: for everyone to read."""
    asked = visit.query.get("days", "")
    days = int(asked) if asked in map(str, PERIODS) else PERIODS[1]
    return visit.page(
        "sanction_numbers.html",
        found=await visit.ask(say.ShowStatistics, days=days),
        days=days,
        periods=PERIODS,
        reasons=await reasons(visit),
        at=AT,
    )


async def reasons(visit: Visit) -> dict[str, str]:
    """What the city calls its reasons."""

    def named(city: City, _: int) -> dict[str, str]:
        service = city.services["moderation"]
        assert isinstance(service, Moderation)
        return {code: visit.named(one.name) for code, one in service.desk.content.reasons.items()}

    return await visit.look(named)


def where(visit: Visit) -> dict[str, str]:
    """What a scope is called: the whole city, a district, a place in it."""
    found = {"": visit.named(visit.site.view.city().name)}
    for district in visit.site.view.districts():
        found[district.id] = visit.named(district.name)
        for zone in district.zones:
            found[f"{district.id}/{zone.id}"] = f"{visit.named(district.name)} · {visit.named(zone.name)}"
    return found


PAGES = [(AT, mine), (f"{AT}/numbers", numbers), (AT + "/{sanction}/{verb}", act)]
