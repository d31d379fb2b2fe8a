"""The kernel's own accounts: what a process has used, and what all sockets hold."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
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


def _number(pattern: str, text: str) -> int:
    found = re.search(pattern, text)
    return int(found[1]) if found else 0
