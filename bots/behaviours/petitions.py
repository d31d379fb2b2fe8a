"""Petitions: citizens file them and read what they are told; officials receive, route, review and answer them."""

import base64
import json
import random

from bots.attachments import a_picture
from bots.behaviour import Behaviour, pause
from bots.behaviours.wander import stroll
from bots.client import Client
from bots.lines import LINES
from protocol.services.petitions import (
    AnswerPetition,
    DeskOfDepartment,
    FilePetition,
    GuideShown,
    GuideToFiling,
    NoticePage,
    PetitionCard,
    PetitionDesk,
    ReadNotice,
    ReceivePetition,
    RoutePetition,
    StartReview,
    UnreadNotices,
)

KEY_BITS = 96
PICTURED = 0.3
"""Of petitions, as many come with a picture."""

KIND = "other"
"""An everyday matter: it needs a name, and is answered."""


async def file(me: Client, chance: random.Random) -> None:
    """Files a petition on an everyday matter, sometimes with a picture."""
    assert me.welcome is not None
    title = chance.choice(LINES.to_petition(me.hello.locale))
    key = f"{chance.getrandbits(KEY_BITS):024x}"
    files = []
    if me.hello.token is not None and chance.random() < PICTURED:
        files = [await me.bring(a_picture(chance), "photo.png")]
    name = me.welcome.citizen.name
    await me.ask(FilePetition, key=key, kind=KIND, title=title, text=title, name=name, files=files)
    await pause(chance, 20, 60)


async def read_notices(me: Client, chance: random.Random) -> None:
    """Reads what became of one's petitions."""
    page = await me.ask(UnreadNotices)
    assert isinstance(page, NoticePage)
    for petition, notice in {card.petition: card.notice for card in page.items}.items():
        await pause(chance, 0.5, 2)
        await me.ask(ReadNotice, petition=petition, notice=notice)
    await pause(chance, 5, 15)


async def process(me: Client, chance: random.Random) -> None:
    """Does the next step of what lies on one's desk: the civil service room's, or the department's."""
    assert me.welcome is not None
    at_counter = "civil_service" in me.welcome.citizen.grants
    department = None if at_counter else _department(me)
    if department is None and not at_counter:
        return await stroll(me, chance)
    desk = await me.ask(DeskOfDepartment, **({"department": department} if department else {}))
    assert isinstance(desk, PetitionDesk)
    mine = [card for card in desk.items if card.state in ("submitted", "received", "assigned", "in_review")]
    if mine:
        await _step(me, chance.choice(mine), chance)
    await pause(chance, 0.5, 3)


async def _step(me: Client, card: PetitionCard, chance: random.Random) -> None:
    match card.state:
        case "submitted":
            await me.ask(ReceivePetition, petition=card.petition)
        case "received":
            guide = await me.ask(GuideToFiling)
            assert isinstance(guide, GuideShown)
            department = card.proposed or chance.choice(guide.departments)["id"]
            await me.ask(RoutePetition, petition=card.petition, department=department)
        case "assigned":
            await me.ask(StartReview, petition=card.petition)
        case _:
            await me.ask(AnswerPetition, petition=card.petition, text=LINES.answer(me.hello.locale))


def _department(me: Client) -> str | None:
    """The department that one's own token names; None for visitors and for who has none."""
    if me.hello.token is None:
        return None
    payload = me.hello.token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    department: str | None = claims.get("department")
    return department


PETITION = Behaviour("petition", ((2, file), (2, read_notices), (1, stroll)))
PROCESS = Behaviour("process", ((1, process),))
