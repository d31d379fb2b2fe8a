"""A crowd of the mass driver: how many, where, how they walk; and driving it against what listens on a port."""

import json
import math
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from load_tests.compiled import DRIVER, compiled
from load_tests.serving import cores, pinned

Figures = Mapping[str, Any]
"""What the driver measured, as its JSON names it."""

LEAVING_S = 20.0
"""How much longer than asked for a driver may take before it is ended."""


class NotDriven(Exception):
    """The driver failed; the message holds what it said last."""


@dataclass(frozen=True)
class Crowd:
    """Citizens of one district; lengths in metres, times in seconds, shares of all."""

    district: str
    citizens: int
    area: tuple[float, float, float, float]
    pose_hz: float = 10
    speed: float = 1.4
    sway: float = 0
    speaker: tuple[float, float] | None = None
    slow: float = 0
    never_read: float = 0
    flood: float = 0
    addresses: int = 0
    """From how many addresses they come; 0: all from 127.0.0.1, which is free of the limits per address."""
    ramp: int = 1000
    settle: float = 6
    seconds: float = 10
    patience: float = 60
    probes: int = 48

    def arguments(self, port: int, seed: int) -> list[str]:
        """The driver's command line."""
        given: dict[str, object] = {
            "port": port,
            "seed": seed,
            "district": self.district,
            "citizens": self.citizens,
            "area": ",".join(map(str, self.area)),
            "pose-hz": self.pose_hz,
            "speed": self.speed,
            "sway": self.sway,
            "slow": self.slow,
            "never-read": self.never_read,
            "flood": self.flood,
            "addresses": self.addresses,
            "ramp": self.ramp,
            "settle": self.settle,
            "seconds": self.seconds,
            "patience": self.patience,
            "probes": self.probes,
        }
        if self.speaker is not None:
            given["speaker"] = "{},{}".format(*self.speaker)
        return [part for name, value in given.items() for part in (f"--{name}", str(value))]

    @property
    def kinds(self) -> dict[str, int]:
        """How many of each kind, as the driver counts them."""
        shares = {
            "slow": self.slow,
            "never_reading": self.never_read,
            "flooding": self.flood,
        }
        special = {kind: math.floor(share * self.citizens + 0.5) for kind, share in shares.items()}
        return {"ordinary": self.citizens - sum(special.values()), **special}

    def brief(self) -> "Crowd":
        """The same crowd, measured for a short time: to see that it runs, not to publish."""
        return replace(self, seconds=min(self.seconds, 4), settle=min(self.settle, 5))


Heard = Callable[[str, int], None]
"""Is told `settling`, `measuring`, `measured` as they begin, and the driver's process id."""


def drive(crowd: Crowd, port: int, seed: int, heard: Heard = lambda phase, pid: None) -> Figures:
    """Lets the crowd in and measures it. Raises NotDriven."""
    command = [str(compiled(DRIVER)), *crowd.arguments(port, seed)]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=pinned(cores()[1]),
    ) as driver:
        assert driver.stdin is not None
        assert driver.stderr is not None
        said = ""
        try:
            for line in driver.stderr:
                if not line.startswith("{"):
                    said += line
                    continue
                phase = str(json.loads(line)["phase"])
                heard(phase, driver.pid)
                if phase == "measured":
                    driver.stdin.write("\n")
                    driver.stdin.flush()
            output, _ = driver.communicate(timeout=LEAVING_S)
        except BaseException:
            driver.kill()
            raise
    if driver.returncode != 0:
        raise NotDriven(said.strip() or f"the driver ended with {driver.returncode}")
    figures: Figures = json.loads(output)
    return figures
