"""Captions on the plain page: the last lines of a channel, read anew by a link, or by themselves for who wants that."""

from fastapi import Response

from protocol.services import live_qa as say
from server.web.plain.pages import HOME
from server.web.plain.visit import Visit

AT = HOME + "/question-time/{session}/captions/{channel}"

EVERY_S = 5
"""How often the page comes anew, for who asked for that: as long as a line or two takes to say."""


async def captions(visit: Visit) -> Response:
    """What was said last, in one language."""
    name, channel = visit.request.path_params["session"], visit.request.path_params["channel"]
    found = await visit.ask(say.ListCaptions, session=name, channel=channel, last=True)
    view = (await visit.ask(say.Look, session=name)).audience
    return visit.page(
        "captions.html",
        session=view.session,
        channel=channel,
        lines=found.lines,
        every_s=EVERY_S if visit.query.get("anew") else 0,
        at=visit.path,
        back=f"{HOME}/question-time/{name}",
    )


PAGES = [(AT, captions)]
