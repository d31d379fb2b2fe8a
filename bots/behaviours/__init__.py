"""Every behaviour, by its name."""

from bots.behaviour import Behaviour
from bots.behaviours import (
    announcements,
    chat,
    commute,
    gather,
    idle,
    live_qa,
    moderation,
    offices,
    petitions,
    wander,
)

BEHAVIOURS: dict[str, Behaviour] = {
    behaviour.name: behaviour
    for behaviour in (
        wander.WANDER, commute.COMMUTE, gather.GATHER, chat.CHAT, idle.IDLE,
        live_qa.ASK, live_qa.VOTE, live_qa.MODERATE, petitions.PETITION, petitions.PROCESS,
        moderation.REPORT, moderation.WORK_THE_DESK, announcements.HEED, announcements.ANNOUNCE,
        offices.HOLD_OFFICE, offices.APPOINT,
    )
}  # fmt: skip
