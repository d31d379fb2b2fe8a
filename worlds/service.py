"""The shape of a civic service: decide, apply, tell; what every one of them can be asked.

Commands ask, events are what was decided. A service's `decide` reads its state and changes nothing; `apply`
takes each event and refuses nothing, so that replaying the journal gives the same state. Events never go on
the wire as they are: `tell` says who hears what of them. Time is an argument, in milliseconds since the epoch.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict

from protocol.chat import Hearers
from protocol.handshake import Text
from protocol.message import Command, Count, Fact
from worlds.calendar import Calendar
from worlds.citizen import Citizen
from worlds.evidence import Witness
from worlds.speech import Line

ERASED = "[erased]"
"""What is shown in the place of a personal text that was erased."""


class Personal(BaseModel):
    """A text that a citizen wrote, or that names one. Events and states hold it by reference only.

    `decide` makes it with its `text`; before the event is kept and applied, the host moves the text to the
    store of personal texts and leaves `ref` and the salted `hash`. Read it through `Texts`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    owner: str
    ref: str = ""
    hash: str = ""
    text: str = ""

    def unless(self, erased: Collection[str]) -> "Personal":
        """Itself, or only whose it was, where its text is among those that were erased."""
        return Personal(owner=self.owner) if self.ref in erased else self


class Texts:
    """Personal texts by reference, as far as they are not erased: read by services, filled by the host."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def __getitem__(self, personal: Personal) -> str:
        """The text, or `[erased]`."""
        return personal.text or self._texts.get(personal.ref, ERASED)

    def __contains__(self, ref: str) -> bool:
        """Whether a text is still kept."""
        return ref in self._texts

    def put(self, ref: str, text: str) -> None:
        """Keep a text under its reference."""
        self._texts[ref] = text

    def clear(self) -> None:
        """Forget all of them."""
        self._texts.clear()

    def drop(self, refs: Iterable[str]) -> None:
        """Forget texts: they were erased, or their round was not kept."""
        for ref in refs:
            self._texts.pop(ref, None)


class Event(BaseModel):
    """What was decided; `type` is `<service>.<past>`. Fields are added with defaults, never changed or removed."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    type: str

    kinds_in: ClassVar[str | None] = None
    """The field, of few values, by which such events are told apart where they are counted."""


@dataclass(frozen=True, slots=True)
class Everyone:
    """All who are connected."""


@dataclass(frozen=True, slots=True)
class District:
    """All who are in a district: they were shown the service's view when they came in."""

    district: str


@dataclass(frozen=True, slots=True)
class Citizens:
    """These citizens, wherever they are."""

    ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Staff:
    """All connected staff who hold one of these roles or grants (`grant:NAME`), within the scope when one is given.

    `but`: whom it concerns, and who therefore does not hear it.
    """

    words: frozenset[str]
    scope: str | None = None
    but: frozenset[str] = frozenset()


Audience: TypeAlias = Everyone | District | Citizens | Staff


@dataclass(frozen=True, slots=True)
class Move:
    """Put a citizen's avatar somewhere, and send it back with `x` None."""

    citizen: str
    district: str
    x: float | None
    z: float | None


@dataclass(frozen=True, slots=True)
class Spotlight:
    """A citizen's avatar is near to everyone in its district, or no longer."""

    citizen: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class Restrain:
    """What keeps a citizen's avatar, instead of what kept it before.

    `frozen`: in which scopes it does not move; `barred`: which zones (`district/zone`) it does not enter; each until
    when (ms), and what is past means nothing.
    """

    citizen: str
    frozen: tuple[tuple[str, int], ...] = ()
    barred: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Remove:
    """Put a citizen out of a district, or with None out of the city: goodbye `kicked`."""

    citizen: str
    district: str | None
    message: str = ""


@dataclass(frozen=True, slots=True)
class TurnAway:
    """Close the door to the address from which a citizen came, until then (ms)."""

    citizen: str
    until: int


@dataclass(frozen=True, slots=True)
class Speak:
    """A line that waited is told, where its writer stands now; of who is gone only to the whole district."""

    citizen: str
    name: str
    message: str
    text: str
    to: Hearers
    hearer: str | None
    district: str


@dataclass(frozen=True, slots=True)
class ReadRoles:
    """A citizen holds other offices than before: where they may go, and what they hear, follows."""

    citizen: str


@dataclass(frozen=True, slots=True)
class ReadLooks:
    """How people look to others in a scope may have changed."""

    scope: str


Effect: TypeAlias = Move | Spotlight | Restrain | Remove | TurnAway | Speak | ReadRoles | ReadLooks


@dataclass(frozen=True, slots=True)
class Record:
    """One row that can be listed and searched: written in the journal's own transaction, replaced by its key.

    `fields` are what may be filtered by and exported (never personal text); `texts` are searched, by reference.
    """

    kind: str
    key: str
    fields: Mapping[str, str | int | float | bool | None]
    texts: tuple[Personal, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """How far someone may list the rows of a kind: those that have all fields of any of these; with texts or without.

    `but`: never those that have one of these fields.
    """

    any_of: tuple[Mapping[str, str | int], ...] = ({},)
    but: Mapping[str, str | int] = field(default_factory=dict)
    with_texts: bool = False


@dataclass(frozen=True, slots=True)
class Ballot:
    """One ballot of a secret poll; `id` was made by the client, `choice` is the poll's own word for it.

    The building puts it into its box in the round's commit; it stands in no event, and beside no citizen.
    """

    poll: str
    id: str
    choice: str


@dataclass(frozen=True, slots=True)
class Tally:
    """What was found in a poll's box: how often each choice was made, and the hash of the sorted list of ids."""

    poll: str
    times: Mapping[str, int]
    digest: str

    @property
    def ballots(self) -> int:
        """How many there are."""
        return sum(self.times.values())


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list: the items, and where the next part begins, or None."""

    items: tuple[Any, ...]
    next: str | None = None


E = TypeVar("E", bound=Event)


class Service(Generic[E]):
    """One civic service. Subclasses keep their whole state in plain data that `snapshot` can give as JSON."""

    name: ClassVar[str]
    """As in `protocol/services/<name>.py`, and before the dot of each of its words."""

    events: ClassVar[tuple[type[Event], ...]]
    """Every event it may decide."""

    commands: ClassVar[tuple[type[Command], ...]]
    """Every command it answers."""

    def __init__(self, texts: Texts) -> None:
        self.texts = texts
        self.working_time: Callable[[], Calendar] = Calendar
        """Which time is working time in this city, as it is known now; the gate says whose word that is."""
        self.is_known: Callable[[str], bool] = self.knows
        """Whether the city remembers someone of that id, who came with a token; the gate asks all services."""

    def knows(self, citizen: str) -> bool:
        """Whether this service remembers someone of that id, who came with a token."""
        return False

    def given(self, citizen: Citizen, now: int) -> Iterable[str]:
        """Roles and grants (`grant:NAME`) that stand for the citizen now, beside those of their token."""
        return ()

    def calendar(self) -> Calendar | None:
        """The working time that this service keeps for the whole city; None: it keeps none."""
        return None

    def decide(self, command: Command, citizen: Citizen, now: int, chance: bytes) -> Iterator[E]:
        """The rules: what follows from a command, at `now`; changes nothing; raises Refused.

        `chance` is 16 random bytes, for what nobody may guess.
        """
        raise LookupError(f"{self.name} does not answer {command.type}")

    def apply(self, event: E, now: int) -> None:
        """Take a fact; `now` is when it was decided. Refuses nothing."""

    def answer(self, command: Command, citizen: Citizen, events: Iterable[E], now: int) -> BaseModel | None:
        """What `done.result` holds, once the command's events are applied."""
        return None

    def tell(self, event: E, now: int) -> Iterator[tuple[Audience, Fact]]:
        """Who hears what of an event; asked after it is kept."""
        yield from ()

    def effects(self, event: E) -> Iterator[Effect]:
        """What happens among the avatars."""
        yield from ()

    def records(self, event: E, now: int) -> Iterator[Record]:
        """The rows that the event changes, as they are after it."""
        yield from ()

    kinds: ClassVar[tuple[str, ...]] = ()
    """The kinds of rows that it writes."""

    def listing(self, kind: str, citizen: Citizen) -> Listing | None:
        """How far a citizen may list the rows of one of its kinds; None: not at all."""
        return None

    def follow(self, event: Event, now: int) -> Iterator[tuple[Command, Citizen]]:
        """What this service asks of others because of an event: same round, as that citizen."""
        yield from ()

    def presence(self, citizen: Citizen, *, is_away: bool) -> Iterator[Command]:
        """What this service asks of itself when a citizen's line breaks, or comes back; as that citizen."""
        yield from ()

    # Secret polls: the journal holds who took part, the box what was chosen, and nothing both

    def took_part(self, event: E) -> str | None:
        """The poll of which an event is its actor's participation: its box has as many ballots as there are such."""
        return None

    def ballot(self, command: Command) -> Ballot | None:
        """The ballot that goes into the box for the participation that a command led to."""
        return None

    def uncounted(self) -> Collection[str]:
        """Polls that are closed: the host has their ballots counted, and asks what `counted` makes of it."""
        return ()

    def counted(self, tally: Tally) -> Command:
        """What this service asks of itself when a poll of `uncounted` was counted."""
        raise LookupError(f"{self.name} has no polls")

    # What a service may say to the commands of others, and to the lanes

    def witnessed(self, command: Command, citizen: Citizen, witness: Witness) -> Command:
        """The command with what only the edge knows: who is here, what was seen; the wire cannot say it."""
        return command

    def scopes(self, command: Command) -> tuple[str, ...]:
        """Where a command of this service takes effect: districts, zones, events; none: nowhere in particular."""
        return ()

    def forbid(self, command: Command, citizen: Citizen, scopes: tuple[str, ...], now: int) -> None:
        """Raises Refused for a command, of whichever service or lane, that this service forbids the citizen there."""

    def holds(self, citizen: Citizen, scopes: tuple[str, ...], now: int) -> bool:
        """Whether what the citizen writes there waits for a moderator."""
        return False

    def hear(self, line: Line, citizen: Citizen, now: int) -> Command | None:
        """A line of chat: None lets it be told, a command is what this service asks of itself instead; or Refused."""
        return None

    def is_fit(self, name: str, *, is_vouched: bool = False) -> bool:
        """Whether a name may be shown to everyone unread; `is_vouched`: an issuer has checked whose it is."""
        return True

    def called(self, citizen: Citizen) -> Text | None:
        """By what name others know someone instead of their own: that of their office."""
        return None

    def room(self, citizen: Citizen, district: str, now: int) -> int | None:
        """How many more of the citizen's kind may come into a district just now; None: as many as find a place."""
        return None

    def veils(self, citizen: Citizen, model: str, scopes: tuple[str, ...], now: int) -> int | None:
        """Until when (ms) others are not told that the citizen looks like this there; None: they are."""
        return None

    def parted(self, citizen: str) -> Collection[str]:
        """Whom a citizen neither hears nor is heard by."""
        return ()

    def restraint(self, citizen: str, now: int) -> Restrain | None:
        """What keeps a citizen's avatar."""
        return None

    def arrivals(self, citizen: Citizen, district: str | None, now: int) -> Iterator[Command]:
        """What this service asks of itself when a citizen comes into the city (None), or into a district."""
        yield from ()

    # What is shown

    def view(self, citizen: Citizen, district: str, now: int) -> Mapping[str, Any] | None:
        """What this citizen is shown of the service on arriving in a district, or None; at most 16 KiB."""
        return None

    def counts(self, now: int) -> Iterator[tuple[Audience, Count]]:
        """Running numbers that changed since they were last asked for; at most once a second."""
        yield from ()

    def due(self, now: int) -> Iterator[E]:
        """What follows from deadlines that have come; called in rounds of the host, as if it were a command."""
        yield from ()

    def next_due(self) -> int | None:
        """The next deadline, in ms, or None."""
        return None

    def expired(self, now: int) -> Iterator[Personal]:
        """Texts that need no longer be kept, also such as are gone already: the host erases them, daily.

        It changes no state; what may go from the state with the texts goes by `forget`.
        """
        yield from ()

    def forget(self, erased: Collection[str]) -> None:
        """Texts that `expired` named are erased: what only they were for may leave the state.

        The journal says when, so that a replay gives the same.
        """

    def snapshot(self) -> Any:
        """The whole state as JSON values, personal texts by reference."""
        raise LookupError(f"{self.name} keeps nothing")

    def restore(self, snapshot: Any) -> None:
        """Take the state from a snapshot."""
        raise LookupError(f"{self.name} keeps nothing")
