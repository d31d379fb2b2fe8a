"""How many may come in, how often they may ask, and from where; time is an argument, 0 is off.

Our own bucket, because the libraries for it (limits, pyrate-limiter) read the clock themselves and clean up
in threads of their own; here the caller's time rules, so that a test can move it.
"""

import math
from collections import Counter, OrderedDict
from collections.abc import Hashable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from protocol.refusals import Farewell, ProtocolError, Refusal, Refused
from server.limits import Limits
from server.metrics import Metrics

IPV6_SITE_BITS = 64
"""One household or office has at least this many bits of its own (RFC 6177): it counts as one address."""

MAX_KEYS = 65_536
"""Keys of one kind that are remembered; past it the least recently seen is forgotten."""

_RETRY_SPREAD = 0.618
"""The golden ratio's fraction: the fractions of its multiples lie evenly, however many there are."""


class Buckets:
    """A bucket for each key: `burst` at once, then `rate` a second (0 = no limit).

    Kept as one time per key, that at which the bucket will be full again (GCRA): a full one needs no memory.
    """

    def __init__(self, rate: float, burst: float, max_keys: int = MAX_KEYS) -> None:
        self._interval = 1 / rate if rate else 0.0
        self._depth = burst * self._interval
        self._max_keys = max_keys
        self._full_at: OrderedDict[Hashable, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._full_at)

    def take(self, key: Hashable, now: float) -> float:
        """Take one: 0.0 when there was one, else the seconds until there is."""
        if not self._interval:
            return 0.0
        full_at = max(self._full_at.get(key, now), now) + self._interval
        wait = full_at - now - self._depth
        if wait > 1e-9:
            return wait
        self._full_at[key] = full_at
        self._full_at.move_to_end(key)
        self._forget(now)
        return 0.0

    def _forget(self, now: float) -> None:
        # Two for each that came: so there are never many to forget at once, and in the end none too many.
        for _ in range(2):
            oldest = next(iter(self._full_at))
            if self._full_at[oldest] > now and len(self._full_at) <= self._max_keys:
                return
            del self._full_at[oldest]


class Shut(ProtocolError):
    """The door does not open; try again after `after_ms`."""

    def __init__(self, message: str, after_ms: int, code: Farewell = Farewell.FULL) -> None:
        super().__init__(code, message)
        self.after_ms = after_ms


class Door:
    """Who may connect: so many in all, so many and so often from one address."""

    def __init__(self, limits: Limits, metrics: Metrics) -> None:
        self._limits = limits
        self._metrics = metrics
        self._handshakes = Buckets(limits.handshakes_per_s, max(1.0, limits.handshakes_per_s))
        self._inside: Counter[str] = Counter()
        self._shut_out = 0
        self.connections = 0
        self.holds_arrivals = False
        """Whether new arrivals wait because the crowd inside is already too much."""
        self.is_draining = False
        """Whether this node is going away and takes nobody."""

    def enter(self, address: str, now: float) -> None:
        """Let a connection from this address in; raises Shut. Every entry needs its `leave`."""
        place = place_of(address)
        limits = self._limits
        if self.is_draining:
            raise Shut("this node is going away", limits.retry_after_ms, Farewell.DRAINING)
        if not (limits.loopback_exempt and is_loopback(place)):
            wait = self._handshakes.take(place, now)
            if wait:
                raise self._shut("handshakes_per_s", "too many connections a second from your address", wait)
            if limits.connections_per_address and self._inside[place] >= limits.connections_per_address:
                raise self._shut("connections_per_address", "too many connections from your address")
        if limits.connections and self.connections >= limits.connections:
            raise self._shut("connections", "the city is full")
        if self.holds_arrivals:
            raise self._shut("overload", "the crowd is at its limit; new arrivals wait")
        self._inside[place] += 1
        self.connections += 1
        self._metrics.connections.set(self.connections)

    def leave(self, address: str) -> None:
        """A connection from this address that had entered is gone."""
        place = place_of(address)
        self._inside[place] -= 1
        if not self._inside[place]:
            del self._inside[place]
        self.connections -= 1
        self._metrics.connections.set(self.connections)

    def _shut(self, limit: str, message: str, wait: float = 0.0) -> Shut:
        self._metrics.limit_reached.labels(limit).inc()
        self._shut_out += 1
        # Spread, or all who were turned away in one moment would come back in one moment.
        spread = (self._shut_out * _RETRY_SPREAD) % 1
        return Shut(message, _ms(wait) + round(self._limits.retry_after_ms * (0.5 + spread)))


class Pace:
    """How often one citizen may ask: of everything, and of what costs others more."""

    def __init__(self, limits: Limits, metrics: Metrics) -> None:
        self._metrics = metrics
        self._commands = Buckets(limits.commands_per_s, limits.command_burst)
        self._chat = Buckets(limits.chat_per_s, limits.chat_burst)
        self._who = Buckets(limits.who_per_s, max(1.0, limits.who_per_s))
        self._enter_at = Buckets(limits.enter_at_per_s, 1)

    def command(self, citizen: str, now: float) -> None:
        """One command of any type; raises Refused(too_fast)."""
        self._keep(self._commands, "commands_per_s", citizen, now)

    def chat(self, citizen: str, now: float) -> None:
        """One line of chat; raises Refused(too_fast)."""
        self._keep(self._chat, "chat_per_s", citizen, now)

    def who(self, citizen: str, now: float) -> None:
        """One question who is behind slots; raises Refused(too_fast)."""
        self._keep(self._who, "who_per_s", citizen, now)

    def enter_at(self, citizen: str, now: float) -> None:
        """One arrival at a chosen place; raises Refused(too_fast)."""
        self._keep(self._enter_at, "enter_at_per_s", citizen, now)

    def _keep(self, buckets: Buckets, limit: str, citizen: str, now: float) -> None:
        wait = buckets.take(citizen, now)
        if wait:
            self._metrics.limit_reached.labels(limit).inc()
            raise Refused(Refusal.TOO_FAST, retry_after_ms=_ms(wait))


def place_of(address: str) -> str:
    """What counts as one address: an IPv4 address, an IPv6 /64, or the text itself where it is neither."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    match ip:
        case IPv6Address(ipv4_mapped=IPv4Address() as mapped):
            return str(mapped)
        case IPv6Address() if not ip.is_loopback:
            return str(ip_network((ip, IPV6_SITE_BITS), strict=False))
        case _:
            return str(ip)


def is_loopback(place: str) -> bool:
    """Whether it is this machine."""
    try:
        return ip_address(place).is_loopback
    except ValueError:
        return False


def _ms(seconds: float) -> int:
    return math.ceil(round(seconds * 1000, 3))
