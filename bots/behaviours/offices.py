"""Offices: a host makes who stands near the event's captioner, and takes it back; whoever holds one looks it up."""

import random

from bots.behaviour import Behaviour, pause
from bots.behaviours.idle import watch
from bots.behaviours.wander import look_around
from bots.client import Client
from protocol.services.live_qa import ListSessions, SessionList
from protocol.services.offices import (
    EndOffice,
    GiveOffice,
    ListOffices,
    OfficeList,
    OwnOffices,
    ShowOwnOffices,
)

OFFICE = "captioner"


async def look_up(me: Client, chance: random.Random) -> None:
    """Reads what was given to oneself, for as long as it takes."""
    mine = await me.ask(ShowOwnOffices)
    assert isinstance(mine, OwnOffices)
    for _ in mine.offices[:3]:
        await pause(chance, 1, 3)
    await watch(me, chance)


async def appoint(me: Client, chance: random.Random) -> None:
    """In an event to come or on: gives the office to somebody near, or takes it back from who has it."""
    known = await me.ask(ListSessions)
    assert isinstance(known, SessionList)
    open_ones = [one for one in known.sessions if one.phase not in ("follow_up", "archived")]
    if not open_ones:
        return await watch(me, chance)
    event = open_ones[0]
    scope = f"{event.district}/{event.session}"
    listed = await me.ask(ListOffices, scope=scope)
    assert isinstance(listed, OfficeList)
    if all(one.office != OFFICE for one in listed.may_give):
        return await watch(me, chance)
    held = [one for one in listed.offices if one.office == OFFICE]
    near = list(me.others())[:32]
    others = [card for card in await me.who(near) if not card.citizen.startswith("v")] if near else []
    if held:
        await me.ask(EndOffice, given=held[0].given)
    elif others:
        await me.ask(GiveOffice, office=OFFICE, citizen=chance.choice(others).citizen, scope=scope)
    return await pause(chance, 5, 20)


HOLD_OFFICE = Behaviour("hold_office", ((1, look_up), (3, look_around)))
APPOINT = Behaviour("appoint", ((1, appoint), (1, watch)))
