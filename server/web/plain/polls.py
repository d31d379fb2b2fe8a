"""A secret poll on the plain page: choose, look at it once more, cast it; the receipt stands there, and nowhere else.

The ballot's id is made for the form, as this page is the voter's client. It goes to the browser and comes back with the
ballot; neither is written down here.
"""

import secrets
from collections.abc import Sequence

from fastapi import Response

from protocol.ballot import BALLOT_BYTES, ballot_id
from protocol.refusals import Refusal, Refused
from protocol.services import live_qa as say
from server.web.plain.forms import Field, Form, Kind
from server.web.plain.pages import HOME
from server.web.plain.visit import Visit, new_key

TEMPLATE = "poll.html"
AT = HOME + "/question-time/{session}/poll/{poll}"


async def cast(visit: Visit) -> Response:
    """One poll that is open, in two steps: what is chosen, and whether that is meant."""
    name = visit.request.path_params["session"]
    poll = (await visit.ask(say.Look, session=name)).audience.poll
    if poll is None or str(poll.poll) != visit.request.path_params["poll"]:
        raise Refused(Refusal.NOT_FOUND)
    action, back = visit.path, f"{HOME}/question-time/{name}"
    form = _choosing(visit, poll, action, back)
    if visit.request.method != "POST":
        return visit.form_page(form, 200, TEMPLATE, poll=poll, back=back)
    chosen = _chosen(visit, poll)
    if visit.written.get("do") != "cast":
        if (stopped := visit.check(form, TEMPLATE, poll=poll, back=back)) is not None:
            return stopped
        if not chosen:
            form.blame("choice", visit.texts["polls"]["choose"])
            return visit.form_page(form, 422, TEMPLATE, poll=poll, back=back)
        return _confirm(visit, poll, chosen, action, back)
    return await _cast(visit, poll, chosen, action, back)


def _choosing(visit: Visit, poll: say.Poll, action: str, back: str) -> Form:
    """The first step: one of the answers, or as many as the poll takes."""
    told = visit.texts["polls"]
    answers = [(str(one.answer), visit.named(one.text)) for one in poll.answers]
    kind: Kind = "radio"
    fields = [Field("choice", kind, told["choose"], options=answers)]
    if poll.most > 1:
        fields = [Field(f"choice.{number}", "yes", label) for number, label in answers]
    return Form(say.CastBallot, action, told, fields, {}, new_key(), back=back)


def _chosen(visit: Visit, poll: say.Poll) -> list[say.PollAnswer]:
    written = visit.written
    return [
        one
        for one in poll.answers
        if written.get("choice") == str(one.answer) or written.get(f"choice.{one.answer}")
    ]


def _confirm(
    visit: Visit, poll: say.Poll, chosen: Sequence[say.PollAnswer], action: str, back: str
) -> Response:
    ballot = ballot_id(secrets.token_bytes(BALLOT_BYTES))
    form = _sure(visit, chosen, ballot, action)
    return visit.form_page(form, 200, TEMPLATE, poll=poll, back=back, chosen=chosen, ballot=ballot)


def _sure(visit: Visit, chosen: Sequence[say.PollAnswer], ballot: str, action: str) -> Form:
    """The second step: what was chosen, to be sent as it is."""
    told = visit.texts["polls"]
    fixed = {f"choice.{one.answer}": "yes" for one in chosen} | {"ballot": ballot}
    buttons = [("cast", told["cast"])]
    return Form(say.CastBallot, action, told, [], fixed, new_key(), back=action, buttons=buttons)


async def _cast(
    visit: Visit, poll: say.Poll, chosen: Sequence[say.PollAnswer], action: str, back: str
) -> Response:
    ballot = visit.written.get("ballot", "")
    form = _sure(visit, chosen, ballot, action)
    shown = {"poll": poll, "back": back, "chosen": chosen, "ballot": ballot}
    if (stopped := visit.check(form, TEMPLATE, **shown)) is not None:
        return stopped
    try:
        await visit.ask(
            say.CastBallot,
            key=form.key,
            session=visit.request.path_params["session"],
            poll=poll.poll,
            ballot=ballot,
            choices=[one.answer for one in chosen],
        )
    except Refused as error:
        return visit.again(form, error, TEMPLATE, **shown)
    # Answered at once and not by another page, which would have to be told the receipt.
    return visit.page("poll_cast.html", poll=poll, back=back, ballot=ballot)


PAGES = [(AT, cast)]
