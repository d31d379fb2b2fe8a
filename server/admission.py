"""How many may come in, how often they may ask, and from where; time is an argument, 0 is off."""

from collections import Counter

from protocol.refusals import Farewell, ProtocolError, Refusal, Refused
from server.addresses import is_loopback, place_of
from server.buckets import Buckets, in_ms
from server.limits import Limits
from server.metrics import Metrics

MINUTE = 60.0

_RETRY_SPREAD = 0.618
"""The golden ratio's fraction: the fractions of its multiples lie evenly, however many there are."""


class Shut(ProtocolError):
    """The door does not open; try again after `after_ms`."""

    def __init__(self, message: str, after_ms: int, code: Farewell = Farewell.FULL) -> None:
        super().__init__(code, message, after_ms=after_ms)


MAX_NOTED = 10_000
"""Addresses that moderators closed the door to, or from which a flood came; past so many of each the first goes."""


class Door:
    """Who may connect, and who may ask over HTTP: so many in all, so many and so often from one address."""

    def __init__(self, limits: Limits, metrics: Metrics) -> None:
        self._limits = limits
        self._metrics = metrics
        self._lines = Buckets(limits.lines_per_s, limits.line_burst)
        self._handshakes = Buckets(limits.handshakes_per_s, max(1.0, limits.handshakes_per_s))
        self._rarer_handshakes = Buckets(limits.busy_handshakes_per_s, limits.busy_handshake_burst)
        self._refusals = Buckets(limits.refusals_per_s, limits.refusal_burst)
        self._requests = Buckets(limits.requests_per_s, limits.request_burst)
        self._inside: Counter[str] = Counter()
        self._kept_out: dict[str, float] = {}
        self._flooded: dict[str, float] = {}
        self._shut_out = 0
        self.connections = 0
        self._lines_left: int | None = None
        self.places_left: int | None = None
        """How many may come into a district now, because the crowd inside is already too much; None: all who come."""
        self.is_busy = False
        """Whether there is little room left, so that who comes often waits for who comes once."""
        self.is_draining = False
        """Whether this node is going away and takes nobody."""

    def bars(self, address: str, now: float) -> str | None:
        """The limit for which a line from this address is not taken: asked before anything is made or read of it."""
        place = place_of(address)
        if is_exempt(place, self._limits):
            return None
        if self._lines.take(place, now):
            passed = "lines_per_s"
        elif self._refusals.wait(place, now):
            passed = "refusals_per_s"
        else:
            return None
        self._metrics.limit_reached.labels(passed).inc()
        return passed

    def enter(self, address: str, now: float) -> None:
        """Let a connection from this address in; raises Shut. Every entry needs its `leave`."""
        place = place_of(address)
        try:
            self._enter(place, now)
        except Shut:
            self._refusals.take(place, now)
            raise
        self._inside[place] += 1
        self.connections += 1
        self._metrics.connections.set(self.connections)

    def _enter(self, place: str, now: float) -> None:
        limits = self._limits
        if self.is_draining:
            raise Shut("this node is going away", limits.retry_after_ms, Farewell.DRAINING)
        if not is_exempt(place, limits):
            if self._kept_out.get(place, now) > now:
                self._metrics.limit_reached.labels("kept_out").inc()
                raise Shut("your address is kept out for now", limits.retry_after_ms, Farewell.BANNED)
            wait = self._handshakes.take(place, now)
            if wait:
                raise self._shut("handshakes_per_s", "too many connections a second from your address", wait)
            wait = self._rarer_handshakes.take(place, now)
            if wait and self.is_busy:
                raise self._shut(
                    "busy_handshakes_per_s", "the city is busy, and your address came often", wait
                )
            if wait and self._flooded.get(place, now) > now:
                raise self._shut("flooded_seconds", "the city was just flooded from your address", wait)
            if limits.connections_per_address and self._inside[place] >= limits.connections_per_address:
                raise self._shut("connections_per_address", "too many connections from your address")
        if limits.connections and self.connections >= limits.connections:
            raise self._shut("connections", "the city is full")
        if self._lines_left is not None:
            if not self._lines_left:
                raise self._shut("overload", "the crowd is at its limit; new arrivals wait")
            self._lines_left -= 1

    def bound_arrivals(self, most: int | None) -> None:
        """So many more lines are taken and places given, until this is called again; None: all that are asked for."""
        self._lines_left = self.places_left = most

    def take_place(self) -> None:
        """Someone who was nowhere comes into a district."""
        if self.places_left:
            self.places_left -= 1

    def request(self, address: str, now: float) -> None:
        """One HTTP request from this address; raises Refused(too_fast)."""
        place = place_of(address)
        if is_exempt(place, self._limits):
            return
        wait = self._requests.take(place, now)
        if wait:
            self._metrics.limit_reached.labels("requests_per_s").inc()
            raise Refused(Refusal.TOO_FAST, retry_after_ms=in_ms(wait))

    def keep_out(self, address: str, until: float) -> None:
        """No connection from this address before then; in memory alone, and at most `MAX_NOTED` of them."""
        _note(self._kept_out, place_of(address), until)

    def note_flood(self, address: str, now: float) -> None:
        """Someone from this address was sent away for flooding: they are back in a second."""
        _note(self._flooded, place_of(address), now + self._limits.flooded_seconds)

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
        return Shut(message, in_ms(wait) + round(self._limits.retry_after_ms * (0.5 + spread)))


class Pace:
    """How often one citizen may ask, of everything and of what costs others more, and how often one address may.

    An address has `limits.citizens_per_address` times what a citizen has, as a school or an office shares one.
    """

    def __init__(self, limits: Limits, metrics: Metrics) -> None:
        self._limits = limits
        self._metrics = metrics
        self._commands = self._limit("commands_per_s", limits.commands_per_s, limits.command_burst)
        self._chat = self._limit("chat_per_s", limits.chat_per_s, limits.chat_burst)
        self._who = self._limit("who_per_s", limits.who_per_s, max(1.0, limits.who_per_s))
        self._enter_at = self._limit("enter_at_per_s", limits.enter_at_per_s, 1)
        per_min = limits.malformed_per_min
        self._malformed = self._limit("malformed_per_min", per_min / MINUTE, max(1.0, per_min))
        self._kinds = {
            kind: self._limit(f"kinds {kind}", rate.per_s, rate.burst) for kind, rate in limits.kinds.items()
        }

    def _limit(self, name: str, rate: float, burst: float) -> "_Limit":
        return _Limit(name, rate, burst, self._limits.citizens_per_address)

    def command(self, citizen: str, address: str, now: float, kind: str | None = None) -> None:
        """One command, of this type where it has one; raises Refused(too_fast)."""
        self._keep(self._commands, citizen, address, now)
        if kind in self._kinds:
            self._keep(self._kinds[kind], citizen, address, now)

    def chat(self, citizen: str, address: str, now: float) -> None:
        """One line of chat; raises Refused(too_fast)."""
        self._keep(self._chat, citizen, address, now)

    def who(self, citizen: str, address: str, now: float) -> None:
        """One question who is behind slots; raises Refused(too_fast)."""
        self._keep(self._who, citizen, address, now)

    def enter_at(self, citizen: str, address: str, now: float) -> None:
        """One arrival at a chosen place; raises Refused(too_fast)."""
        self._keep(self._enter_at, citizen, address, now)

    def malformed(self, citizen: str, address: str, now: float) -> None:
        """One message that cannot be read; raises ProtocolError(flooding)."""
        try:
            self._keep(self._malformed, citizen, address, now)
        except Refused as refused:
            raise ProtocolError(Farewell.FLOODING, "too many messages that cannot be read") from refused

    def _keep(self, limit: "_Limit", citizen: str, address: str, now: float) -> None:
        name, wait = limit.name, limit.people.take(citizen, now)
        place = place_of(address)
        if not wait and not is_exempt(place, self._limits):
            name, wait = f"{name} of an address", limit.places.take(place, now)
        if wait:
            self._metrics.limit_reached.labels(name).inc()
            raise Refused(Refusal.TOO_FAST, retry_after_ms=in_ms(wait))


class _Limit:
    """One limit by its name: so often for a citizen, and so many times as often for an address."""

    def __init__(self, name: str, rate: float, burst: float, citizens_per_address: int) -> None:
        self.name = name
        self.people = Buckets(rate, burst)
        self.places = Buckets(rate * citizens_per_address, burst * citizens_per_address)


class Attempts:
    """How often a login may fail, for one account and from one address.

    Only failures count, and an account's only where its signature holds: so nobody can lock out another, neither
    by tokens forged in their name nor from the same school. The price: a failure is found before it is counted.
    """

    def __init__(self, limits: Limits, metrics: Metrics) -> None:
        self._limits = limits
        self._metrics = metrics
        account, address = limits.logins_failed_per_account, limits.logins_failed_per_address
        self._accounts = Buckets(account / MINUTE, max(1.0, account))
        self._places = Buckets(address / (10 * MINUTE), max(1.0, address))

    def failed(self, address: str, account: str | None, now: float) -> None:
        """A login has failed; raises Shut(flooding) where it was one too many."""
        place = place_of(address)
        if account is not None:
            self._keep("logins_failed_per_account", self._accounts.take(account, now))
        if not is_exempt(place, self._limits):
            self._keep("logins_failed_per_address", self._places.take(place, now))

    def _keep(self, limit: str, wait: float) -> None:
        if wait:
            self._metrics.limit_reached.labels(limit).inc()
            raise Shut("too many logins that failed", in_ms(wait), Farewell.FLOODING)


def is_exempt(place: str, limits: Limits) -> bool:
    """Whether a place is free of the limits per address."""
    return limits.loopback_exempt and is_loopback(place)


def _note(places: dict[str, float], place: str, until: float) -> None:
    """Of so many places the newest."""
    places.pop(place, None)
    places[place] = until
    if len(places) > MAX_NOTED:
        del places[next(iter(places))]
