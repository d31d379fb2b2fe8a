"""Every behaviour, by its name."""

from bots.behaviour import Behaviour
from bots.behaviours import chat, commute, gather, idle, wander

BEHAVIOURS: dict[str, Behaviour] = {
    behaviour.name: behaviour
    for behaviour in (wander.WANDER, commute.COMMUTE, gather.GATHER, chat.CHAT, idle.IDLE)
}
