"""The city's places on the plain page, in words: districts, who may go in, what is to be seen, what is on."""

from fastapi import Response

from protocol.refusals import Refusal, Refused
from server.web.plain import question_time
from server.web.plain.pages import HOME
from server.web.plain.visit import Visit

AT = f"{HOME}/places"


async def districts(visit: Visit) -> Response:
    """All districts, how many are there now, and what is coming."""
    about = {one.id: one for one in visit.site.view.districts()}
    coming = []
    if "live_qa" in visit.site.gate.host.city.services:
        coming = (await question_time.listed(visit))[0]
    return visit.page("places.html", about=about, coming=coming, where=question_time.where(visit))


async def district(visit: Visit) -> Response:
    """One district."""
    name = visit.request.path_params["district"]
    found = next((one for one in visit.site.view.districts() if one.id == name), None)
    if found is None:
        raise Refused(Refusal.NOT_FOUND)
    coming = []
    if "live_qa" in visit.site.gate.host.city.services:
        coming = [one for one in (await question_time.listed(visit))[0] if one.district == name]
    card = next(one for one in visit.site.view.city().districts if one.id == name)
    return visit.page(
        "district.html", district=found, card=card, coming=coming, where=question_time.where(visit)
    )


PAGES = [(AT, districts), (AT + "/{district}", district)]
