"""Files on their way in: so many at once, so long, so often; recognised beside the loop, and put where they wait."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from protocol.refusals import Refusal, Refused
from server.buckets import Buckets
from server.clock import Clock
from server.files import Files, TooMuchWaits
from server.journal import Unavailable
from server.limits import Files as Limits
from server.metrics import Metrics
from server.recognising import recognise
from worlds.citizen import Citizen

MINUTE = 60.0
RETRY_MS = 1_000

ID_DIGITS = 32
"""Hexadecimal digits of the id of a file that was brought under a key."""

LINGER_BYTES = 262_144
"""How much more than allowed is read, and thrown away, so that who sent a little too much hears why."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that was taken, and waits until `until` (ms; 0 is for ever); the hash is that of what is kept."""

    file: str
    name: str
    kind: str
    bytes: int
    sha256: str
    until: int


class Uploads:
    """Takes files of citizens; counts each no by its limit."""

    def __init__(self, files: Files, limits: Limits, clock: Clock, metrics: Metrics) -> None:
        self.files = files
        self.limits = limits
        self._clock = clock
        self._metrics = metrics
        self._paces = Buckets(limits.per_min / MINUTE, max(1.0, limits.per_min))
        self._coming: Counter[str] = Counter()
        # One picture is unpacked at a time: two would take twice the memory, and the core of who walks.
        self._looking = ThreadPoolExecutor(1, "files")

    @property
    def coming_now(self) -> int:
        """How many come now."""
        return self._coming.total()

    def keep_pace(self, citizen: Citizen) -> None:
        """One file more of a citizen; raises Refused."""
        if citizen.is_visitor:
            raise Refused(Refusal.NOT_ALLOWED, "visitors may not file petitions")
        wait = self._paces.take(citizen.id, self._clock.monotonic())
        if wait:
            raise Refused(
                Refusal.TOO_FAST,
                f"at most {self.limits.per_min:g} files a minute",
                retry_after_ms=round(wait * 1000) + 1,
                limit="files.per_min",
            )

    @contextmanager
    def coming(self, citizen: Citizen) -> Iterator[None]:
        """A place for a file while it comes; raises Refused."""
        limits, whose = self.limits, citizen.id
        if limits.at_once_per_citizen and self._coming[whose] >= limits.at_once_per_citizen:
            raise Refused(
                Refusal.TOO_FAST,
                f"at most {limits.at_once_per_citizen} files at once",
                retry_after_ms=RETRY_MS,
                limit="files.at_once_per_citizen",
            )
        if limits.at_once and self.coming_now >= limits.at_once:
            raise Refused(
                Refusal.UNAVAILABLE,
                "too many files come just now",
                retry_after_ms=RETRY_MS,
                limit="files.at_once",
            )
        self._coming[whose] += 1
        try:
            yield
        finally:
            self._coming[whose] -= 1
            if not self._coming[whose]:
                del self._coming[whose]

    async def whole(self, parts: AsyncIterator[bytes], most: int | None = None) -> bytes:
        """What comes, `most` bytes of it (a file's, where nothing is said); raises Refused."""
        most = self.limits.bytes if most is None else most
        taken, size = list[bytes](), 0
        try:
            async with asyncio.timeout(self.limits.seconds or None):
                async for part in parts:
                    size += len(part)
                    if most and size > most:
                        taken.clear()
                        if size > most + LINGER_BYTES:
                            break
                    else:
                        taken.append(part)
        except TimeoutError:
            raise Refused(
                Refusal.BAD_MESSAGE, "the file did not come in time", field="file", limit="files.seconds"
            ) from None
        if most and size > most:
            raise self.too_long()
        return b"".join(taken)

    def too_long(self) -> Refused:
        """The refusal of a file that is too long."""
        return Refused(
            Refusal.TOO_LONG, f"at most {self.limits.bytes} bytes", field="file", limit="files.bytes"
        )

    async def take(
        self,
        citizen: Citizen,
        name: str,
        content: bytes,
        *,
        keeps_place: bool = False,
        key: str | None = None,
    ) -> Waiting:
        """Keep what came; on disk when it returns. Under one key the same is kept once. Raises Refused."""
        if self.limits.bytes and len(content) > self.limits.bytes:
            raise self.too_long()
        look = partial(recognise, name, content, most_pixels=self.limits.pixels, keeps_place=keeps_place)
        found = await asyncio.get_running_loop().run_in_executor(self._looking, look)
        now = self._clock.unix_ms()
        try:
            most = self.limits.waiting_bytes
            kept = await self.files.put(
                citizen.id, found.name, found.kind, found.content, now, most, _id(citizen, key, content)
            )
        except TooMuchWaits as error:
            raise Refused(
                Refusal.FULL,
                f"at most {self.limits.waiting_bytes} bytes wait at once",
                field="file",
                limit="files.waiting_bytes",
            ) from error
        except Unavailable as error:
            raise Refused(Refusal.UNAVAILABLE, retry_after_ms=RETRY_MS) from error
        self._metrics.files_brought.labels(found.kind).inc()
        wait_ms = round(self.limits.waiting_hours * 3_600_000)
        return Waiting(
            kept.file,
            kept.name,
            kept.kind,
            kept.bytes,
            hashlib.sha256(found.content).hexdigest(),
            now + wait_ms if wait_ms else 0,
        )

    async def drop(self, citizen: Citizen, file: str) -> bool:
        """Delete a file of a citizen that waits, between two rounds; whether there was one. Raises Refused."""
        try:
            return await self.files.drop(file, citizen.id)
        except Unavailable as error:
            raise Refused(Refusal.UNAVAILABLE, retry_after_ms=RETRY_MS) from error

    def note_refused(self, refused: Refused) -> None:
        """Count a no."""
        self._metrics.note_refused("petitions.files", refused)

    def close(self) -> None:
        """Nothing more comes."""
        self._looking.shutdown(wait=False, cancel_futures=True)


def _id(citizen: Citizen, key: str | None, content: bytes) -> str | None:
    """What is brought again under its key has the same id."""
    if key is None:
        return None
    return hashlib.sha256(f"{citizen.id} {key} ".encode() + content).hexdigest()[:ID_DIGITS]
