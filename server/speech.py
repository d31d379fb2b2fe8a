"""What is said: who hears it, what is asked of the services before it is told, and lines that waited.

Chat is not journaled, so it is decided here and at once; a line that the services hold becomes a command of theirs,
which is journaled and answered in the line's place. When it is approved it comes back as an effect.
"""

import secrets
from collections import OrderedDict
from typing import TYPE_CHECKING

from protocol.chat import ChatSaid, Hearers, Said, Say, Speaker
from protocol.message import Command
from protocol.refusals import Refusal, Refused
from server.loudness import Loudness
from worlds.citizen import Citizen
from worlds.contact import is_staff, may_write_to
from worlds.evidence import HeardLine
from worlds.service import Speak
from worlds.speech import Line, line_of

if TYPE_CHECKING:
    from server.connection import Connection
    from server.crowd import Crowd
    from server.router import Router

MAX_REMEMBERED = 20_000
"""Citizens of whom it is known when they last spoke, and texts of which it is known when they were last said."""


class _Times:
    """When something was last so, in ms; what was longest ago is forgotten."""

    def __init__(self) -> None:
        self._at: OrderedDict[tuple[str, ...], int] = OrderedDict()

    def note(self, now: int, *key: str) -> None:
        self._at[key] = now
        self._at.move_to_end(key)
        if len(self._at) > MAX_REMEMBERED:
            self._at.popitem(last=False)

    def last(self, *key: str) -> int:
        return self._at.get(key, 0)


class Speech:
    """Everything that is said on one node."""

    def __init__(self, router: "Router") -> None:
        self._router = router
        self._spoke = _Times()
        self._same = _Times()
        self._said = _Times()
        self._loudness = Loudness(router.settings.limits, router.metrics)

    def instead(self, connection: "Connection", citizen: Citizen, command: Say, now: float) -> Command | None:
        """What a service asks of itself instead of the line's being told, or None; raises Refused."""
        router = self._router
        text = line_of(command.text, router.settings.limits.chat_length)
        if command.to == "citizen" and command.citizen is None:
            raise Refused(Refusal.BAD_MESSAGE, "whom?", field="citizen")
        router.pace.chat(citizen.id, connection.line.address, now)
        if router.host is None:
            return None
        at, crowd = router.clock.unix_ms(), connection.crowd
        district = crowd.district.plan.id if crowd is not None else None
        line = Line(
            command=command.id,
            key=command.key,
            message=secrets.token_urlsafe(9),
            text=text,
            to=command.to,
            hearer=command.citizen,
            district=district,
            scopes=crowd.district.scopes(connection.slot) if crowd is not None else (),
            spoke_at=self._spoke.last(citizen.id),
            repeated_at=self._same.last(citizen.id, _same(text)),
            heard_at=self._said.last(district or "", _same(text)),
            context=router.evidence.heard_by(citizen.id),
        )
        instead = router.host.city.hear(line, citizen, at)
        if instead is not None and crowd is None:
            raise Refused(Refusal.NOT_HERE, "enter a district first")
        return instead

    def say(self, connection: "Connection", citizen: Citizen, command: Say) -> Said:
        """Tell a line; raises Refused."""
        text = line_of(command.text, self._router.settings.limits.chat_length)
        said, now = Said(message=secrets.token_urlsafe(9), heard_by=0), self._router.clock.unix_ms()
        if command.to == "citizen":
            told = self._say_privately(connection, citizen, command.citizen or "", said.message, text)
        else:
            crowd = connection.crowd
            if crowd is None:
                raise Refused(Refusal.NOT_HERE, "enter a district first")
            hearers = self._hearers(crowd, connection, citizen, command.to)
            self._keep_down(crowd, connection.slot, citizen, command.to, len(hearers))
            speaker = Speaker(citizen=citizen.id, name=citizen.name, slot=connection.slot)
            told = self._tell(crowd, speaker, command.to, said.message, text, hearers)
            self._said.note(now, crowd.district.plan.id, _same(text))
        self._spoke.note(now, citizen.id)
        self._same.note(now, citizen.id, _same(text))
        return said.model_copy(update={"heard_by": told})

    def speak(self, effect: Speak) -> None:
        """A line that waited is told where its writer stands now; of who has gone, to the whole district alone."""
        connection = self._router.present.get(effect.citizen)
        crowd = self._router.crowds.get(effect.district)
        if crowd is None:
            return
        if connection is not None and connection.crowd is crowd and connection.citizen is not None:
            try:
                hearers = self._hearers(crowd, connection, connection.citizen, effect.to)
            except Refused:
                return  # they have left the zone to which they spoke
            speaker = Speaker(citizen=effect.citizen, name=effect.name, slot=connection.slot)
            self._tell(crowd, speaker, effect.to, effect.message, effect.text, hearers)
        elif effect.to == "district":
            speaker = Speaker(citizen=effect.citizen, name=effect.name)
            crowd.tell(list(crowd.connections), _fact(effect.message, speaker, effect.to, effect.text))

    def _say_privately(
        self, connection: "Connection", citizen: Citizen, to: str, message: str, text: str
    ) -> int:
        hearer = self._router.present.get(to)
        if hearer is None or hearer is connection or hearer.citizen is None or to in self._parted(citizen.id):
            raise Refused(Refusal.NOT_FOUND, "nobody of that name is here", field="citizen")
        may = may_write_to(citizen, hearer.citizen)
        if may == "no":
            self._router.metrics.adults_to_minors.labels("refused").inc()
            raise Refused(Refusal.NOT_ALLOWED, "adults do not write to minors in private", field="citizen")
        if may == "as staff":
            self._router.metrics.adults_to_minors.labels("staff").inc()
        crowd = hearer.crowd
        sees = (
            crowd is not None
            and crowd is connection.crowd
            and crowd.district.shows_to(hearer.slot, connection.slot)
        )
        speaker = Speaker(citizen=citizen.id, name=citizen.name, slot=connection.slot if sees else None)
        at = self._router.clock.unix_ms()
        hearer.tell(_fact(message, speaker, "citizen", text), at)
        heard = HeardLine(message, citizen.id, citizen.name, text, at)
        self._router.evidence.hear((to, citizen.id), heard)
        return 1

    def _hearers(
        self, crowd: "Crowd", connection: "Connection", citizen: Citizen, to: Hearers
    ) -> dict[int, str]:
        """Who is told a line, by slot; raises Refused."""
        if to == "staff":
            slots = self._staff(crowd, connection, citizen)
        else:
            assert to != "citizen"
            slots = crowd.district.hearers(connection.slot, to)
        parted = self._parted(citizen.id)
        hearers = {}
        for slot in slots:
            other = crowd.connections.get(slot)
            if other is not None and other.citizen is not None and other.citizen.id not in parted:
                hearers[slot] = other.citizen.id
        return hearers

    def _keep_down(self, crowd: "Crowd", slot: int, citizen: Citizen, to: Hearers, hearers: int) -> None:
        """Whether it is not too loud for one more line; raises Refused. Staff is heard however loud it is."""
        district = crowd.district.plan.id
        if not is_staff(citizen, district):
            now = self._router.clock.monotonic()
            self._loudness.say((district, to), hearers, now - crowd.came_at[slot], now)

    def _tell(
        self, crowd: "Crowd", speaker: Speaker, to: Hearers, message: str, text: str, hearers: dict[int, str]
    ) -> int:
        told = crowd.tell(list(hearers), _fact(message, speaker, to, text))
        heard = HeardLine(message, speaker.citizen, speaker.name, text, self._router.clock.unix_ms())
        self._router.evidence.hear((*hearers.values(), speaker.citizen), heard)
        return told

    def _staff(self, crowd: "Crowd", connection: "Connection", citizen: Citizen) -> list[int]:
        """Who works in the district; only they write to each other so."""
        district = crowd.district.plan.id
        if not is_staff(citizen, district):
            raise Refused(Refusal.NOT_ALLOWED, "only staff writes to staff", field="to")
        return [
            slot
            for slot, other in crowd.connections.items()
            if other is not connection and other.citizen is not None and is_staff(other.citizen, district)
        ]

    def _parted(self, citizen: str) -> frozenset[str]:
        return self._router.host.city.parted(citizen) if self._router.host is not None else frozenset()


def _same(text: str) -> str:
    return "".join(text.split()).casefold()


def _fact(message: str, speaker: Speaker, to: Hearers, text: str) -> ChatSaid:
    return ChatSaid.model_validate({"message": message, "from": speaker, "to": to, "text": text})
