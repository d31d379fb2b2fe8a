"""The kernel's own accounts: what a process has used, what the whole machine has, and what all sockets hold."""

import os
import re
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
KERNEL_PARENT = 2
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Account:
    """One process at one moment: CPU seconds of all its threads, memory in bytes, TCP memory of the machine."""

    cpu_s: float
    resident_bytes: int
    peak_bytes: int
    socket_bytes: int


def account(pid: int) -> Account:
    """The account of a process now; raises OSError when it has ended."""
    proc = Path("/proc") / str(pid)
    # The name, in brackets, may hold spaces; utime and stime are the 14th and 15th field.
    fields = (proc / "stat").read_text().rpartition(")")[2].split()
    status = (proc / "status").read_text()
    sockets = Path("/proc/net/sockstat").read_text()
    return Account(
        cpu_s=(int(fields[11]) + int(fields[12])) / TICKS_PER_S,
        resident_bytes=_number(r"VmRSS:\s+(\d+)", status) * 1024,
        peak_bytes=_number(r"VmHWM:\s+(\d+)", status) * 1024,
        socket_bytes=_number(r"TCP: .* mem (\d+)", sockets) * PAGE_BYTES,
    )


def all_cpu_s() -> dict[int, float]:
    """CPU seconds of every program on the machine until now, by process id; what its ended children used is its own.

    Threads of the kernel are left out: what they do for sockets is part of what is measured.
    """
    used = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) != KERNEL_PARENT:
            used[int(path.parent.name)] = sum(map(int, fields[11:15])) / TICKS_PER_S
    return used


def others_cpu_s(before: Mapping[int, float], after: Mapping[int, float], ours: Collection[int]) -> float:
    """CPU seconds that programs which are not `ours` used between two accounts of all."""
    return sum(used - before.get(pid, 0.0) for pid, used in after.items() if pid not in ours)


def wait_until_quiet(busy: float, most_s: float) -> bool:
    """Waits until others use less than `busy` cores over a second, at most so long; whether they do."""
    until = time.monotonic() + most_s
    while time.monotonic() < until:
        before = all_cpu_s()
        time.sleep(1)
        if others_cpu_s(before, all_cpu_s(), {os.getpid()}) < busy:
            return True
    return False


def _number(pattern: str, text: str) -> int:
    found = re.search(pattern, text)
    return int(found[1]) if found else 0
