"""The host runs the city's gate in rounds: receive, decide, keep, tell, flush.

Within a round each command is decided and its events applied at once, so the next is decided on what is true;
then one commit keeps the round, and only then is anything answered or told. If the commit fails, everyone in the
round is answered `unavailable`, and the city is loaded again from snapshot and journal. Nobody hears what is not
written.
"""

import asyncio
import contextlib
import gc
import math
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

import structlog

from protocol.handshake import Done
from protocol.message import Command, Count, Fact
from protocol.refusals import Refused
from server.brought import BroughtFiles
from server.clock import Clock
from server.journal import (
    KEYS_AT_ONCE,
    Head,
    Journal,
    Round,
    Unavailable,
    erasure,
    expired_by,
)
from server.loading import replay, restored
from server.metrics import Metrics
from server.retention import (
    AGAIN_SECONDS,
    EXPIRED_AT_ONCE,
    KEYS_MS,
    TIDY_SECONDS,
    expired_texts,
    expiries,
)
from server.round import RETRY_MS, Answer, Asked, OpenRound, unavailable
from server.snapshots import Snapshots
from server.tallies import Tallies
from worlds.citizen import Citizen
from worlds.city import City
from worlds.service import Audience, Effect, Texts

log = structlog.get_logger("host")

T = TypeVar("T")

DUE_AGAIN_SECONDS = 10.0
"""When deadlines are looked at again after a fault of ours in deciding one."""

COUNT_SECONDS = 1.0
"""How often running numbers are told at most."""

MANY_ENTRIES = 20_000
"""What is read of a journal so long is kept from the search for garbage, which would take seconds each time."""

MAX_WAITING = 4_096
"""Commands that may wait for a round; past it they are refused `unavailable`."""

NOBODY = Citizen(id="", name="")
"""Who asks what the building asks."""

ROUND_COMMANDS = 128
"""Commands that one round decides; the others are of the next, so that ticks need not wait for a crowd's."""


class Tellers(Protocol):
    """By whom the host's words reach people."""

    def tell(self, audience: Audience, fact: Fact, at_ms: int, version: int) -> None:
        """A fact to all of an audience that are connected."""

    def tell_count(self, audience: Audience, count: Count) -> None:
        """A running number to all of an audience that are connected."""

    def carry_out(self, effect: Effect) -> None:
        """Something among the avatars."""

    def flush(self) -> None:
        """Send what was queued."""


class Host:
    """Decides for one city, on the node that holds it."""

    def __init__(
        self,
        found: Callable[[Texts], City],
        journal: Journal,
        tellers: Tellers,
        clock: Clock,
        metrics: Metrics,
        snapshots: Snapshots | None = None,
        files_wait_ms: int = 0,
    ) -> None:
        """`found` makes the city as it is before anything happened in it; files that wait longer go (0: none)."""
        texts = Texts()
        self.city = found(texts)
        self._found = found
        self._journal = journal
        self._texts = texts
        self._tellers = tellers
        self._clock = clock
        self._metrics = metrics
        self._waiting: list[Asked] = []
        self._wake = asyncio.Event()
        self._turn = asyncio.Lock()
        self._version = 0
        self._last_now = 0
        self._snapshots = snapshots or Snapshots()
        self.tallies = Tallies(journal, clock)
        self._counted_at = 0.0
        self._is_loaded = False
        self._tidy_at = -math.inf
        self._brought = BroughtFiles(journal, clock, metrics, files_wait_ms)
        self._dues_at = -math.inf
        self._is_doubtful = False
        self._then: list[Callable[[], None]] = []

    @property
    def version(self) -> int:
        """The newest event that is kept."""
        return self._version

    @property
    def decided_at(self) -> int:
        """When the newest event was decided, in ms; 0 where nothing was."""
        return self._last_now

    @property
    def is_whole(self) -> bool:
        """Whether the city is what the journal holds; not while it is loaded again after a lost round."""
        return self._is_loaded

    def submit(self, command: Command, citizen: Citizen, answer: Answer) -> None:
        """A command for the next round; `answer` is called once it is kept, or refused."""
        if len(self._waiting) >= MAX_WAITING:
            answer(unavailable())
            return
        self._waiting.append(Asked(command, citizen, answer))
        self._wake.set()

    async def ask(self, command: Command, citizen: Citizen) -> Done:
        """A command that came by no line, and its answer once it is kept; counted here. Raises Refused."""
        answered: asyncio.Future[Done] = asyncio.get_running_loop().create_future()

        def hear(answer: Done | Refused) -> None:
            if answered.done():
                return
            if isinstance(answer, Refused):
                self._metrics.note_refused(command.type, answer)
                answered.set_exception(answer)
            else:
                self._metrics.commands.labels(command.type, "done").inc()
                answered.set_result(answer)

        self.submit(command, citizen, hear)
        return await answered

    def when_kept(self, act: Callable[[], None]) -> None:
        """Act on the city as it is kept: now, or when the round that is being decided is over, and it is whole."""
        if self._turn.locked() or not self._is_loaded:
            self._then.append(act)
        else:
            act()

    def views(self, citizen: Citizen, district: str) -> dict[str, Any]:
        """What a citizen is shown of every service on arriving; ask it within `when_kept`."""
        return self.city.views(citizen, district, self._now())

    def note_presence(self, citizen: Citizen, *, is_away: bool) -> None:
        """A citizen's line broke, or came back: the services are told where that matters to them."""
        for command in self.city.presence(citizen, is_away=is_away):
            self.submit(command, citizen, lambda _: None)

    def note_arrival(self, citizen: Citizen, district: str | None) -> None:
        """A citizen came into the city (None), or into a district: the services are told where that matters."""
        for command in self.city.arrivals(citizen, district, self._now()):
            self.submit(command, citizen, lambda _: None)

    async def read(self, question: Callable[[City, int], T]) -> T:
        """Ask something of the city between two rounds, when all that it knows is kept.

        Raises Refused `unavailable` while it is loaded again.
        """
        async with self._turn:
            self._require_whole()
            return question(self.city, self._now())

    def _require_whole(self) -> None:
        if not self._is_loaded:
            raise unavailable()

    # Loading

    async def load(self) -> None:
        """Bring the city to what the journal holds: the newest snapshot, and what came after it."""
        self._is_loaded = False
        # Only a city that was read before leaves anything behind: both take long where much else is frozen.
        was_frozen = self._version > 0 and gc.get_freeze_count() > 0
        if was_frozen:
            gc.unfreeze()
        was_searched = gc.isenabled()
        gc.disable()  # nothing of what is read is garbage, and looking for it takes longer than reading
        try:
            await self._read_all()
        finally:
            if was_searched:
                gc.enable()
        if was_frozen:
            gc.collect()
        if was_frozen or self._version >= MANY_ENTRIES:
            gc.freeze()
        self._is_loaded = True
        if self._snapshots.is_due(self._version):
            await self._save_if_possible()

    async def _read_all(self) -> None:
        # Into a city of its own: who does not wait for a round must never see half of one.
        texts = Texts()
        city, since = await restored(self._journal, lambda: self._found(texts))
        async for ref, text in self._journal.personal_texts():
            texts.put(ref, text)
        if since:
            self._snapshots.note(since)
        version = since
        # From the entry of the snapshot on: its time is the least that it is now, whatever the clock says.
        async for entry in self._journal.read(max(since - 1, 0)):
            if entry.version > since:
                replay(city, entry)
            version = entry.version
            self._last_now = max(self._last_now, entry.at)
        self.city, self._texts, self._version = city, texts, version

    async def save_snapshot(self) -> None:
        """Keep the state, so that a start need not replay everything; raises Refused, Unavailable."""
        async with self._turn:
            self._require_whole()
            await self._save()

    async def _save_if_possible(self) -> None:
        """A start takes longer without it, and that is all."""
        try:
            await self._save()
        except Unavailable as error:
            log.warning("no snapshot was made", reason=str(error))

    async def _save(self) -> None:
        await self._journal.save_snapshot(self._version, self.city.snapshot())
        self._snapshots.note(self._version)

    async def head(self) -> Head:
        """The newest entry that is kept: who publishes it can show that nothing before it was changed.

        Raises Refused `unavailable`.
        """
        try:
            return await self._journal.head()
        except Unavailable as error:
            raise unavailable() from error

    # What is not kept for ever

    async def erase(self, citizen_id: str, actor: str) -> None:
        """Delete all personal text of a citizen; what happened stays, "[erased]" in its place.

        Raises Refused, Unavailable.
        """
        async with self._turn:
            self._require_whole()
            self._is_loaded = False  # until it is known what is written, and what is left
            await self._journal.append(
                Round(after=self._version, entries=[erasure(citizen_id, actor, self._now())])
            )
            left = [kept async for kept in self._journal.personal_texts()]
            self._version += 1
            self._texts.clear()
            for ref, text in left:
                self._texts.put(ref, text)
            self._is_loaded = True

    async def _tidy(self) -> None:
        """Once a day, some at a time so that no round waits long: old keys and expired texts go."""
        now = self._clock.monotonic()
        if now < self._tidy_at:
            return
        self._tidy_at = now + AGAIN_SECONDS
        try:
            keys = await self._journal.forget_keys(self._now() - KEYS_MS)
            texts = await self._expire()
            head = await self._journal.head()
        except Unavailable as error:
            log.warning("what need not be kept is still there", reason=str(error))
            return
        except Exception:
            log.exception("a fault of ours while looking for what need not be kept")
            return
        if keys < KEYS_AT_ONCE and texts < EXPIRED_AT_ONCE:
            self._tidy_at = now + TIDY_SECONDS
            # Kept elsewhere, this line shows later that nothing before it was changed: once a day, in every log.
            log.info("the journal's head of today", head=str(head))
        else:
            self._tidy_at = now
        if keys or texts:
            self._metrics.keys_forgotten.inc(keys)
            self._metrics.texts_expired.inc(texts)
            log.info("what need not be kept is gone", keys=keys, texts=texts)

    async def _expire(self) -> int:
        """Erase texts whose retention is over; returns how many."""
        now = self._now()
        refs = await expired_texts(self.city, self._texts, now)
        if refs:
            entries = expiries(refs, now)
            self._is_loaded = False  # until it is known that these are written
            await self._journal.append(Round(after=self._version, entries=entries))
            self._is_loaded = True
            self._version += len(entries)
            self._texts.drop(refs)
            for entry in entries:
                self.city.forget(frozenset(expired_by(entry)))
        return len(refs)

    async def between_rounds(self, work: Callable[[], Awaitable[T]]) -> T:
        """Do what must not happen while a round is decided, as it may rest on it."""
        async with self._turn:
            return await work()

    # Rounds

    async def run(self) -> None:
        """Rounds, as long as the node runs."""
        while True:
            with contextlib.suppress(TimeoutError):
                # Not `wait_for`: each of its steps waits for a turn of the loop, and a busy loop's turn takes some ms.
                async with asyncio.timeout(self._until_next()):
                    await self._wake.wait()
            self._wake.clear()
            await self.round()

    async def stop(self, running: asyncio.Task[None]) -> None:
        """End `run` after the round it is in, and keep a snapshot where one is worth it."""
        async with self._turn:
            running.cancel()
        with contextlib.suppress(
            asyncio.CancelledError, Exception
        ):  # who waits for a fault of it heard of it
            await running
        self._answer_all(self._waiting, unavailable())
        await self._snapshots.stop()
        if self._is_loaded and self._snapshots.is_due(self._version):
            await self._save_if_possible()

    def _until_next(self) -> float:
        due = self.city.next_due()
        if due is None or self._is_doubtful or self._clock.monotonic() < self._dues_at:
            return COUNT_SECONDS
        return min(max((due - self._now()) / 1000, 0.0), COUNT_SECONDS)

    def _now(self) -> int:
        # The calendar's clock may be set back; what was decided stays in its order.
        self._last_now = max(self._last_now, self._clock.unix_ms())
        return self._last_now

    async def round(self) -> None:
        """One round; does nothing when nothing waits and nothing is due."""
        async with self._turn:
            asked, self._waiting = self._waiting[:ROUND_COMMANDS], self._waiting[ROUND_COMMANDS:]
            if self._waiting:
                self._wake.set()
            if not self._is_loaded:
                await self._load_again(asked)
                return
            if self._is_doubtful and not await self._can_keep():
                self._answer_all(asked, unavailable())
                return
            opened = OpenRound(self.city, self._texts, self._now())
            try:
                await self._decide_all(asked, opened)
                await self._keep(opened)
            except Unavailable as error:
                log.error("a round was not kept", commands=len(asked), reason=str(error))
                self._is_doubtful = True
                await self._give_up(asked)
            except Exception:
                log.exception("a fault of ours in a round", commands=len(asked))
                await self._give_up(asked)
            else:
                self._tell(opened)
                for command in await self.tallies.commands(self.city):
                    self.submit(command, NOBODY, lambda _: None)
                await self._tidy()
                await self._brought.forget()
                self._snapshots.begin(self._version)
        if self._is_loaded:
            acts, self._then = self._then, []
            for act in acts:
                with _alone("when a round was over"):
                    act()
            with _alone("while counting"):
                self._count()

    async def _can_keep(self) -> bool:
        """Whether the journal takes something again, asked before anything is decided.

        A round that is lost costs a city made anew: while the disk is full that is done once, and not in each round.
        """
        try:
            await self._journal.probe()
        except Unavailable:
            return False
        self._is_doubtful = False
        log.info("the journal can be written again")
        return True

    async def _decide_all(self, asked: Sequence[Asked], opened: OpenRound) -> None:
        keyed = [(ask.citizen.id, ask.command.key) for ask in asked if ask.command.key is not None]
        kept = await self._journal.keys(keyed) if keyed else {}
        self._texts.brought = await self._brought.named_by(ask.command for ask in asked)
        for ask in asked:
            opened.decide(ask, kept)
        if self._clock.monotonic() >= self._dues_at and not opened.decide_dues():
            self._dues_at = self._clock.monotonic() + DUE_AGAIN_SECONDS

    async def _load_again(self, asked: Sequence[Asked]) -> None:
        try:
            await self.load()
        except Unavailable:
            self._answer_all(asked, unavailable())
            await asyncio.sleep(RETRY_MS / 1000)
            return
        self._waiting = [*asked, *self._waiting]
        self._wake.set()

    async def _keep(self, opened: OpenRound) -> None:
        """One commit for the whole round; raises Unavailable."""
        if not opened.entries:
            return
        began = self._clock.monotonic()
        await self._journal.append(opened.whole(self._version))
        self._metrics.commit_seconds.observe(self._clock.monotonic() - began)
        self._version += len(opened.entries)

    async def _give_up(self, asked: Sequence[Asked]) -> None:
        """Nothing of this round is so: tell all who asked, and load the city as it is kept."""
        self._metrics.rounds_lost.inc()
        self._is_loaded = False
        self._answer_all(asked, unavailable())
        try:
            await self.load()
        except Unavailable:
            # The next round tries again; not at once, or a deadline that has come would keep us at it.
            await asyncio.sleep(RETRY_MS / 1000)

    def _tell(self, opened: OpenRound) -> None:
        for answer, done in opened.answers:
            with _alone("while answering"):
                answer(done)
        first = self._version - len(opened.entries) + 1
        for version, entry in enumerate(opened.entries, first):
            kinds_in = entry.event.kinds_in
            kind = getattr(entry.event, kinds_in) if kinds_in else ""
            self._metrics.decided.labels(entry.event.type, kind).inc()
            try:
                for audience, fact in self.city.tell(entry, opened.now):
                    self._tellers.tell(audience, fact, opened.now, version)
                for effect in self.city.effects(entry):
                    self._tellers.carry_out(effect)
            except Exception:
                # It is kept: that one is told of it wrongly must not keep others from hearing of theirs.
                log.exception("a fault of ours while telling", event=entry.event.type, version=version)
        self._tellers.flush()

    def _answer_all(self, asked: Iterable[Asked], refused: Refused) -> None:
        for ask in asked:
            with _alone("while answering"):
                ask.answer(refused)

    def _count(self) -> None:
        """The running numbers, at most once a second."""
        now = self._clock.monotonic()
        if now - self._counted_at >= COUNT_SECONDS:
            self._counted_at = now
            for audience, count in self.city.counts(self._now()):
                self._tellers.tell_count(audience, count)


@contextlib.contextmanager
def _alone(where: str) -> Iterator[None]:
    """A fault of ours concerns one: the others are not kept from theirs."""
    try:
        yield
    except Exception:
        log.exception("a fault of ours", where=where)
