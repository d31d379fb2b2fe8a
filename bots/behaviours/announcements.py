"""Announcements: citizens stop and read what is announced where they are; a host announces what is ready."""

import random
import time

from bots.behaviour import Behaviour, pause
from bots.behaviours.idle import watch
from bots.behaviours.wander import look_around
from bots.client import Client
from protocol.services.announcements import Announce, AnnouncementList, ListAnnouncements


def _is_here(me: Client, scope: str) -> bool:
    return scope.partition("/")[0] in ("", me.place.district)


async def heed(me: Client, chance: random.Random) -> None:
    """Reads what stands here, for as long as it takes; with nothing to read, looks round."""
    listed = await me.ask(ListAnnouncements)
    assert isinstance(listed, AnnouncementList)
    here = [one for one in listed.announcements if _is_here(me, one.scope)]
    if not here:
        await watch(me, chance)
    for _ in here:
        await pause(chance, 3, 6)


async def announce(me: Client, chance: random.Random) -> None:
    """Announces words that are ready, where nothing stands yet."""
    listed = await me.ask(ListAnnouncements)
    assert isinstance(listed, AnnouncementList)
    if listed.ready and not any(one.scope == me.place.district for one in listed.announcements):
        ready = chance.choice(listed.ready)
        until = round((time.time() + ready.lasts_s) * 1000)
        await me.ask(Announce, scope=me.place.district, level=ready.level, text=ready.text, until=until)
    await pause(chance, 60, 120)


HEED = Behaviour("heed", ((3, heed), (1, look_around)))
ANNOUNCE = Behaviour("announce", ((1, announce), (3, watch)))
