"""Starts what is measured, Madang or the floor, pinned to one core, and ends it again."""

import gc
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import IO

from load_tests.compiled import BUILD, FLOOR, compiled

ROOT = Path(__file__).parent.parent
CITY = Path(__file__).parent / "city"
SEOUL = ROOT / "worlds" / "seoul"
MADANG = (sys.executable, "-m", "server")

START_S = 30.0
STOP_S = 15.0
LAST_BYTES = 1_500


class NotServed(Exception):
    """What was to be measured did not start; the message holds what it said last."""


@dataclass(frozen=True)
class Served:
    """A server that listens on 127.0.0.1; the floor keeps no data."""

    pid: int
    port: int
    data: Path = Path()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@cache
def cores() -> tuple[int, int]:
    """One for the server and another for the driver; the same one where there is only one."""
    allowed = sorted(os.sched_getaffinity(0))
    return allowed[0], allowed[-1]


def pinned(core: int) -> Callable[[], None]:
    """What a child does before it starts: keeps to one core, and may open as many files as the system lets it."""

    def pin() -> None:
        os.sched_setaffinity(0, {core})
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

    return pin


@contextmanager
def driving() -> Iterator[None]:
    """This process is the driver meanwhile: on the driver's core, with as many files as the system lets it.

    It does not search for garbage: that would make it late by more than what it measures.
    """
    before = os.sched_getaffinity(0)
    pinned(cores()[1])()
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        os.sched_setaffinity(0, before)


@contextmanager
def kept_data() -> Iterator[Path]:
    """A folder for what a server keeps, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="madang-load-") as data:
        yield Path(data)


@contextmanager
def madang(settings: Mapping[str, object], city: Path = CITY, data: Path | None = None) -> Iterator[Served]:
    """Madang with a city, on what is kept in `data` or on nothing yet; raises NotServed."""
    with nullcontext(data) if data is not None else kept_data() as folder:
        command = [*MADANG, "serve", "--port", "0", "--data", str(folder), "--city", str(city)]
        for name, value in {"log.level": "warning", **settings}.items():
            command += ["--set", f"{name}={value}"]
        with _serving(command) as served:
            yield replace(served, data=folder)


def journal(told: str, data: Path) -> str:
    """What `madang journal verify` or `export` prints of a folder; raises NotServed where it finds a fault."""
    command = [*MADANG, "journal", told, "--data", str(data)]
    done = subprocess.run(command, cwd=BUILD, env=_clean_environment(), capture_output=True, text=True)
    if done.returncode:
        raise NotServed(f"madang journal {told} ended with {done.returncode}: {done.stderr[-LAST_BYTES:]}")
    return done.stdout


def metrics(served: Served, names: tuple[str, ...]) -> dict[str, float]:
    """The server's own numbers whose names begin so."""
    with urllib.request.urlopen(f"{served.url}/metrics", timeout=5) as answer:
        lines = answer.read().decode().splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if line.startswith(names))
    return {name: float(value) for name, value in pairs}


@contextmanager
def floor(hz: float, message_bytes: float) -> Iterator[Served]:
    """The floor, telling everyone so many messages a second of so many bytes each; raises NotServed."""
    command = [str(compiled(FLOOR)), "--hz", f"{hz:.4f}", "--bytes", f"{message_bytes:.0f}"]
    with _serving(command) as served:
        yield served


@contextmanager
def _serving(command: Sequence[str]) -> Iterator[Served]:
    BUILD.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryFile() as told,
        subprocess.Popen(
            command,
            cwd=BUILD,
            env=_clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=told,
            stderr=told,
            preexec_fn=pinned(cores()[0]),
        ) as server,
    ):
        try:
            yield Served(server.pid, _port_told(server, told))
        except Exception:
            with suppress(subprocess.TimeoutExpired):
                # What failed here may have failed because the server is no longer there.
                code = server.wait(1)
                raise NotServed(f"the server ended with {code}: {_last_words(told)}") from None
            raise
        finally:
            server.terminate()
            try:
                server.wait(STOP_S)
            except subprocess.TimeoutExpired:
                server.kill()


def _clean_environment() -> dict[str, str]:
    """Neither a madang.toml nor a MADANG_ variable of whoever measures changes what is measured."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MADANG_")}
    return {**kept, "PYTHONPATH": str(ROOT)}


def _port_told(server: "subprocess.Popen[bytes]", told: IO[bytes]) -> int:
    deadline = time.monotonic() + START_S
    while True:
        ended = server.poll() is not None
        said = os.pread(told.fileno(), 65_536, 0).decode(errors="replace")
        if found := re.search(r"http://127\.0\.0\.1:(\d+)", said):
            return int(found[1])
        if ended or time.monotonic() > deadline:
            raise NotServed(f"the server did not start: {_last_words(told)}")
        time.sleep(0.05)


def _last_words(told: IO[bytes]) -> str:
    size = os.fstat(told.fileno()).st_size
    said = os.pread(told.fileno(), LAST_BYTES, max(0, size - LAST_BYTES)).decode(errors="replace")
    return said.strip() or "it said nothing"
