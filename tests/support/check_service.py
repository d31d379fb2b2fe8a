"""What every service must satisfy, checked on any script of commands."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from protocol.codec import dump
from protocol.message import Command
from protocol.refusals import Refused
from worlds.access import holds_any
from worlds.citizen import Citizen
from worlds.city import City, Decided
from worlds.service import (
    Audience,
    Ballot,
    Citizens,
    District,
    Event,
    Everyone,
    Personal,
    Service,
    Staff,
    Tally,
    Texts,
)


@dataclass(frozen=True, slots=True)
class Step:
    """After `wait_ms`, a citizen asks."""

    command: Command
    citizen: Citizen
    wait_ms: int = 1_000


@dataclass(slots=True)
class Played:
    """What a script led to."""

    city: City
    texts: Texts
    now: int
    entries: list[tuple[Decided, int]] = field(default_factory=list)
    answers: list[dict[str, Any] | Refused] = field(default_factory=list)
    heard: list[tuple[Audience, dict[str, Any]]] = field(default_factory=list)
    box: list[Ballot] = field(default_factory=list)


Private = Callable[[City, Citizen], Collection[str]]
"""The strings that a citizen may not see, as the city is now."""


def hears(citizen: Citizen, audience: Audience) -> bool:
    """Whether a citizen, who is connected and in every district, belongs to an audience."""
    match audience:
        case Everyone() | District():
            return True
        case Citizens(ids):
            return citizen.id in ids
        case Staff(words, scope, but):
            return citizen.id not in but and holds_any(citizen, words, scope)


def play(
    services: Callable[[Texts], Sequence[Service[Any]]],
    script: Iterable[Step],
    people: Sequence[Citizen] = (),
    *,
    start: int = 1_790_000_000_000,
    district: str = "civil",
    silent: Collection[str] = (),
    private: Private | None = None,
) -> Played:
    """Play a script against services behind the real gate, and check after each step what must always hold.

    `silent`: event types that are told to nobody, on purpose.
    """
    texts = Texts()
    refs = count(1)

    def seal(event: Event) -> Event:
        kept: Event = sealed(event, texts, refs)
        return kept

    played = Played(City(services(texts)), texts, start)
    city = played.city
    for number, step in enumerate(script):
        until = played.now + step.wait_ms
        while (due := city.next_due()) is not None and due <= until:
            played.now = max(played.now, due)
            decided = list(city.due(played.now, bytes(16), seal))
            assert decided, f"a deadline at {due} led to nothing, and would come for ever"
            _take(played, decided, people, silent, private, district)
            _count(played, seal, people, silent, private, district)
        played.now = until
        before = json.dumps(city.snapshot(), sort_keys=True)
        try:
            entries, result = city.handle(
                step.command, step.citizen, played.now, number.to_bytes(16, "big"), seal
            )
        except Refused as refused:
            assert json.dumps(city.snapshot(), sort_keys=True) == before, (
                "a refused command changed something"
            )
            played.answers.append(refused)
            continue
        played.answers.append(dump(result) if result is not None else {})
        played.box += cast(city, entries, step.command)
        _take(played, entries, people, silent, private, district)
        _count(played, seal, people, silent, private, district)
    _check_replay(played, services, people, district)
    _check_secret(played)
    return played


def cast(city: City, entries: Sequence[Decided], command: Command) -> list[Ballot]:
    """The ballot of a command that led to a participation, as the building puts it into its box."""
    took_part = [poll for entry in entries if (poll := city.took_part(entry)) is not None]
    if not took_part:
        return []
    ballot = city.ballot(command)
    assert ballot is not None, "someone took part, and cast nothing"
    assert took_part == [ballot.poll]
    return [ballot]


def tally(poll: str, box: Iterable[Ballot]) -> Tally:
    """What is found in a box, as the building counts it."""
    mine = [ballot for ballot in box if ballot.poll == poll]
    ids = "".join(sorted(f"{ballot.id}\n" for ballot in mine))
    times = Counter(ballot.choice for ballot in mine)
    return Tally(poll, times, hashlib.sha256(ids.encode()).hexdigest())


def _count(
    played: Played,
    seal: Callable[[Event], Event],
    people: Sequence[Citizen],
    silent: Collection[str],
    private: Private | None,
    district: str,
) -> None:
    """Polls that have closed are counted, as the building does it."""
    for poll, counted in list(played.city.uncounted()):
        command = counted(tally(poll, played.box))
        entries, _ = played.city.handle(command, Citizen(id="", name=""), played.now, bytes(16), seal)
        assert entries, "a poll that was counted is to be counted again"
        _take(played, entries, people, silent, private, district)


def sealed(value: Any, texts: Texts, refs: "count[int]") -> Any:
    """An event, or a part of one, as it is kept: its personal texts go to their store."""
    match value:
        case Personal(text=text, owner=owner) if text:
            ref = f"text{next(refs)}"
            texts.put(ref, text)
            return Personal(owner=owner, ref=ref, hash="h" + ref)
        case tuple() | list():
            return type(value)(sealed(item, texts, refs) for item in value)
        case dict():
            return {name: sealed(item, texts, refs) for name, item in value.items()}
        case _ if hasattr(value, "model_copy"):
            fields = type(value).model_fields
            return value.model_copy(update={n: sealed(getattr(value, n), texts, refs) for n in fields})
        case _:
            return value


def _take(
    played: Played,
    entries: Sequence[Decided],
    people: Sequence[Citizen],
    silent: Collection[str],
    private: Private | None,
    district: str,
) -> None:
    city = played.city
    for entry in entries:
        told = [(audience, dump(fact)) for audience, fact in city.tell(entry, played.now)]
        assert told or entry.event.type in silent, f"{entry.event.type} is told to nobody"
        played.heard += told
        list(city.effects(entry))
        list(city.records(entry, played.now))
        played.entries.append((entry, played.now))
        for audience, fact in told:
            _check_private(played, people, private, fact, audience)
    for audience, number in city.counts(played.now):
        _check_private(played, people, private, dump(number), audience)
    for person in people:
        view = city.views(person, district, played.now)
        size = len(json.dumps(view, ensure_ascii=False).encode())
        assert size <= 16_384, f"the view of {person.id} has {size} bytes"
        _check_private(played, [person], private, view, Everyone())


def _check_private(
    played: Played,
    people: Sequence[Citizen],
    private: Private | None,
    told: Mapping[str, Any],
    audience: Audience,
) -> None:
    if private is None:
        return
    shown = json.dumps(told, ensure_ascii=False)
    for person in people:
        if hears(person, audience):
            for secret in private(played.city, person):
                assert secret not in shown, f"{person.id} was shown {secret!r} in {shown}"


def _check_replay(
    played: Played,
    services: Callable[[Texts], Sequence[Service[Any]]],
    people: Sequence[Citizen],
    district: str,
) -> None:
    """The journal alone gives the same state; so does a snapshot, and what is shown of it is the same."""
    again = City(services(played.texts))
    for entry, at in played.entries:
        fields = json.loads(entry.event.model_dump_json(exclude_defaults=True, by_alias=True))
        again.replay(entry.service, again.read_event(entry.event.type, fields), at)
    state = json.dumps(played.city.snapshot(), sort_keys=True)
    assert json.dumps(again.snapshot(), sort_keys=True) == state, "replay gives another state"
    restored = City(services(played.texts))
    restored.restore(json.loads(state))
    assert json.dumps(restored.snapshot(), sort_keys=True) == state, "a snapshot does not give itself back"
    assert restored.next_due() == played.city.next_due()
    for person in people:
        shown = played.city.views(person, district, played.now)
        assert restored.views(person, district, played.now) == shown, f"{person.id} is shown what was"


def _check_secret(played: Played) -> None:
    """A ballot's id stands in nothing that is kept or told."""
    entries = [entry.event.model_dump_json() for entry, _ in played.entries]
    kept = json.dumps([played.city.snapshot(), entries])
    told = json.dumps([[fact for _, fact in played.heard], [str(answer) for answer in played.answers]])
    for ballot in played.box:
        assert ballot.id not in kept, "a ballot is kept beside who cast it"
        assert ballot.id not in told, "a ballot was told"
