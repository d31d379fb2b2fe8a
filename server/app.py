"""Builds a node, starts it, and stops it in reverse order; the only place where everything meets."""

import asyncio
import gc
import signal
import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial

import structlog
import uvicorn
from numpy.random import default_rng

from protocol.avatars import AvatarCard
from protocol.handshake import CityCard
from protocol.refusals import Farewell
from server.addresses import Proxies
from server.auth import Registry
from server.clock import Clock, SystemClock
from server.config import Settings
from server.doorstep import Doorstep
from server.gateway import Gateway
from server.hearers import Hearers
from server.holding import Holding
from server.host import Host
from server.http import bounded
from server.inlet import Inlet
from server.journals.sql import SqlJournal
from server.metrics import Metrics
from server.router import Router
from server.snapshots import Snapshots, make_elsewhere
from server.sockets import OneByOne, Sockets, best_sockets
from server.steady_clock import SteadyClock, seconds_running
from server.ticker import Ticker
from server.uploads import Uploads
from server.web import app as web
from server.web.callers import Gate
from server.web.pages import Pages
from worlds import plan
from worlds.citizen import Citizen
from worlds.district import Standing
from worlds.founding import founder

log = structlog.get_logger("app")

FULL_SEARCH_EVERY = 200
"""Searches of what is young for one of everything: meanwhile 1.4 million objects are made and kept, in a raid minutes.

Python's own 10 made it some seconds there, with 100 ms each for 1,300 citizens.
"""

SWITCH_SECONDS = 0.0005
"""How long the journal's thread waits for the interpreter while the loop is busy, some ten times a commit: Python's own
5 ms made 70 ms of a commit that takes 1."""

DATE_SECONDS = 1
"""How often the date is written anew that every answer of HTTP carries."""

GONE_SECONDS = 0.01
"""How often it is looked whether the last lines are gone."""

HOUR_MS = 3_600_000

WAVES = 10
"""In how many waves all are told goodbye while draining."""


class _Uvicorn(uvicorn.Server):
    """Uvicorn without its signal handlers: the node decides when it ends, and it ends as soon as its lines have."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._end = asyncio.Event()
        self._goodbye_seconds = 0.0

    def end(self, goodbye_seconds: float) -> None:
        """`serve` returns when every line is gone, after that time at the latest."""
        self._goodbye_seconds = goodbye_seconds
        self._end.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def main_loop(self) -> None:
        while not self._end.is_set():
            await self.on_tick(0)  # which writes the date of the answers
            with suppress(TimeoutError):
                await asyncio.wait_for(self._end.wait(), DATE_SECONDS)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        state = self.server_state
        for line in list(state.connections):
            line.shutdown()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._goodbye_seconds):
                while state.connections or state.tasks:  # noqa: ASYNC110 - uvicorn sets no event
                    await asyncio.sleep(GONE_SECONDS)
        for task in state.tasks:
            task.cancel()


class Node:
    """One running server process."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self.city_plan = plan.load(settings.city.path)
        self.clock = SteadyClock(clock) if clock else SteadyClock(SystemClock(), seconds_running)
        registry = Registry.of(settings, self.metrics, self.clock)
        self.router = Router(self.city_plan, settings, registry, self.metrics, self.clock, default_rng())
        self.journal = SqlJournal.of(settings.data)
        self._holding = Holding(settings.data)
        found = founder(settings.city.path, self.city_plan)
        snapshots = Snapshots(partial(make_elsewhere, settings.data, settings.city.path))
        self.host = Host(
            found,
            self.journal,
            Hearers(self.router),
            self.router.clock,
            self.metrics,
            snapshots,
            round(settings.files.waiting_hours * HOUR_MS),
        )
        self.uploads = Uploads(self.journal.files, settings.files, self.clock, self.metrics)
        self.ticker = Ticker(self.router, settings, self.metrics)
        self.sockets: Sockets = OneByOne()
        self.inlet: Inlet | None = None
        self._ready = False
        self._doorstep: Doorstep | None = None
        self._http: _Uvicorn | None = None
        self._serving: asyncio.Task[None] | None = None
        self._deciding: asyncio.Task[None] | None = None

    def city(self) -> CityCard:
        """The city as it is now."""
        return self.router.city()

    def districts(self) -> Sequence[plan.DistrictPlan]:
        """The plans of the districts that are open."""
        return self.city_plan.open_in(self.settings.city.phase)

    def standing(self, district: str) -> Standing | None:
        """Where everyone in a district is."""
        crowd = self.router.crowds.get(district)
        return crowd.district.standing() if crowd else None

    def card(self, district: str, slot: int) -> AvatarCard | None:
        """Who is behind a slot, if anyone."""
        crowd = self.router.crowds.get(district)
        return crowd.card(slot) if crowd else None

    def here(self) -> Iterator[tuple[Citizen, str | None]]:
        """Everyone who is connected, with the district they are in."""
        for connection in list(self.router.present.values()):
            if connection.citizen is not None:
                crowd = connection.crowd
                yield connection.citizen, crowd.district.plan.id if crowd is not None else None

    def is_ready(self) -> bool:
        """Whether new citizens are taken."""
        return self._ready and self.host.is_whole

    def health(self) -> Mapping[str, object]:
        """What an operator wants to see at a glance."""
        return {
            "connections": self.router.door.connections,
            "districts": {name: crowd.population for name, crowd in self.router.crowds.items()},
            "journal_version": self.host.version,
            "overload_step": self.ticker.step.name.lower(),
            "clock_ahead_s": round(self.clock.ahead_seconds, 3),
            "near_age_p99_s": self.metrics.neighbour_ages.quantiles["0.99"],
        }

    async def open(self) -> str:
        """Load the city, listen and tick; returns the URL. Raises OSError when the port is taken, JournalError."""
        listen = self.settings.listen
        family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
        sock = socket.socket(family)
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind((listen.host, listen.port))
        except OSError:
            sock.close()
            raise
        try:
            self._holding.take()
            await self.journal.open()
            await self.host.load()
            self.clock.reach(self.host.decided_at)
        except BaseException:
            sock.close()
            self._holding.let_go()
            raise
        self.router.host = self.host
        loop = asyncio.get_running_loop()
        self._deciding = loop.create_task(self.host.run())
        if listen.io_uring:
            self.sockets = best_sockets()
            log.debug("sockets", by=type(self.sockets).__name__.lower())
        for crowd in self.router.crowds.values():
            crowd.sockets = self.sockets
        if Inlet.is_possible():
            self.inlet = Inlet(loop, self.settings.limits, self.metrics, self.sockets)
        gateway = Gateway(self.router, self.inlet, loop.time, loop.call_later)
        http = bounded(self.settings.limits, self.metrics)
        config = uvicorn.Config(
            web.build(self, self.metrics, self.settings, self._gate(), Pages()),
            loop="none",
            http=http,  # type: ignore[arg-type]
            ws=gateway.seam(),
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # ours tell the same of HTTP and WebSocket
        )
        self._http = _Uvicorn(config)
        self._serving = loop.create_task(self._http.serve(sockets=[]))
        while not self._http.started:
            if self._serving.done():
                await self._serving
                raise OSError("the HTTP server did not start")
            await asyncio.sleep(0)
        line = partial(
            http, config=config, server_state=self._http.server_state, app_state=self._http.lifespan.state
        )
        self._doorstep = Doorstep(sock, line, self.router.door, Proxies(listen), loop)
        self.router.registry.fetch_keys()
        self.ticker.start(self.inlet.collect if self.inlet else None)
        self._ready = True
        host, port = sock.getsockname()[:2]
        return f"http://[{host}]:{port}/" if family == socket.AF_INET6 else f"http://{host}:{port}/"

    def _gate(self) -> Gate:
        router = self.router
        return Gate(
            self.host,
            router.registry,
            router.door,
            router.pace,
            router.clock,
            self.settings,
            self.is_ready,
            router.evidence,
            self.journal.records,
            self.uploads,
        )

    async def drain(self) -> None:
        """Take nobody new, tell everybody, say goodbye in waves: so not all come back in one moment."""
        self._ready = False
        self.router.door.is_draining = True
        seconds = self.settings.drain.seconds
        self.router.announce_drain(int(seconds * 1000))
        everyone = list(self.router.connections)
        log.info("draining", connections=len(everyone), seconds=seconds)
        share = -(-len(everyone) // WAVES)
        for wave in range(WAVES if everyone else 0):
            for i, connection in enumerate(everyone[wave * share : (wave + 1) * share]):
                connection.end(Farewell.DRAINING, after_ms=100 + 37 * i % 2000)
            await asyncio.sleep(seconds / WAVES)
        for connection in list(self.router.connections):
            connection.end(Farewell.DRAINING, after_ms=100)

    async def close(self) -> None:
        """Stop ticking, let the last bytes go, stop listening; who is still here is told that it is our fault."""
        await self.ticker.stop()
        await self.router.registry.close()
        for connection in list(self.router.connections):
            connection.end(Farewell.INTERNAL)
        if self._doorstep is not None:
            self._doorstep.close()
        if self._http is not None and self._serving is not None:
            self._http.end(self.settings.limits.goodbye_seconds + 1)
            await self._serving
        if self.inlet is not None:
            self.inlet.close()
        self.sockets.close()
        self.uploads.close()
        try:
            if self._deciding is not None:
                await self.host.stop(self._deciding)
        finally:
            await self.journal.close()
            self._holding.let_go()

    async def wait_failed(self) -> None:
        """Returns, by raising, only when a part of the node has died of a fault of ours."""
        assert self._deciding is not None
        await asyncio.gather(self.ticker.wait_failed(), asyncio.shield(self._deciding))


async def serve(settings: Settings) -> int:
    """Run a node until SIGTERM or SIGINT; the exit code.

    A search for garbage stops every tick while it lasts. So what a city is made of is left out of it, as long as it is
    open (`gc.freeze`: else a fifth of a second, whoever is there), and all that is younger is seldom searched, from now
    on. And what other threads do for the loop is not to wait for it.
    """
    node = Node(settings)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    url = await node.open()
    searches, turns = gc.get_threshold(), sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.set_threshold(*searches[:2], FULL_SEARCH_EVERY)
    gc.freeze()
    gc.enable()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, stop.set)
    names = node.city_plan.name
    print(f"{names.ko} · {names.en} is open: {url}", flush=True)
    stopping = loop.create_task(stop.wait())
    failing = loop.create_task(node.wait_failed())
    try:
        await asyncio.wait({stopping, failing}, return_when=asyncio.FIRST_COMPLETED)
        if failing.done():
            log.critical("the node has a fault", exc_info=failing.exception())
            return 1
        await node.drain()
        return 0
    finally:
        gc.unfreeze()
        gc.set_threshold(*searches)
        sys.setswitchinterval(turns)
        stopping.cancel()
        failing.cancel()
        await node.close()
