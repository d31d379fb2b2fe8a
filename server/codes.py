"""One-time codes: join tickets short enough to be read from one screen and typed on another."""

import secrets

from protocol.refusals import Refusal, Refused
from server.buckets import Buckets
from server.config import Plain
from server.metrics import Metrics
from server.tickets import JoinTickets
from server.tokens import BadToken
from worlds.citizen import Citizen

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that is taken for another."""

LENGTH = 8
"""Letters of a code: 40 bits, good for minutes and with few attempts."""

LONG = 12
"""Letters of a code while codes are being guessed: 60 bits, which no number of addresses finds."""

GROUP = 4
"""Letters that are read in one go."""

ATTEMPTS_SECONDS = 600
"""Over how long attempts are counted."""

_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None, "\t": None})


class Codes:
    """Codes that are good now, and how often one may be wrong; time is an argument, in seconds.

    Unlike long tickets they could be guessed: after too many wrong ones from a place not even a good one holds. And
    after too many from all places together, codes are longer for a while, and short ones hold no more: so who guesses
    from thousands of addresses finds nothing, and keeps out nobody who asks for a new code.
    """

    def __init__(self, limits: Plain, metrics: Metrics) -> None:
        self._metrics = metrics
        self._attempts = Buckets(limits.code_attempts / ATTEMPTS_SECONDS, max(1, limits.code_attempts))
        self._guesses = Buckets(limits.code_guesses / ATTEMPTS_SECONDS, max(1, limits.code_guesses))
        self._length = LENGTH
        self._guessed_until = 0.0
        self._tickets = JoinTickets(
            limits.code_minutes * 60, limits.codes, metrics, make=self._letters, limit="plain.codes"
        )

    @property
    def valid_ms(self) -> int:
        """How long a code is good."""
        return self._tickets.valid_ms

    def issue(self, citizen: Citizen, now: float) -> str:
        """A code for a citizen, as people read it: ABCD-EFGH. Raises Refused for a visitor."""
        if citizen.is_visitor:
            raise Refused(Refusal.NOT_ALLOWED, "a code is for who has a token")
        self._length = LONG if now < self._guessed_until else LENGTH
        code = self._tickets.issue(citizen, now)
        return "-".join(code[i : i + GROUP] for i in range(0, len(code), GROUP))

    def redeem(self, typed: str, place: str, now: float) -> Citizen | None:
        """Who comes by a code, which is then spent; raises Refused(too_fast) after too many wrong ones from a place."""
        if wait := self._attempts.wait(place, now):
            self._metrics.limit_reached.labels("plain.code_attempts").inc()
            raise Refused(Refusal.TOO_FAST, retry_after_ms=int(wait * 1000) + 1)
        code = typed.upper().translate(_READ_AS)
        try:
            if now < self._guessed_until and len(code) < LONG:
                raise BadToken("code", "codes are longer now")
            return self._tickets.redeem(code, now)
        except BadToken:
            self._metrics.tokens_refused.labels("code").inc()
            self._attempts.take(place, now)
            if self._guesses.take("everywhere", now):
                self._metrics.limit_reached.labels("plain.code_guesses").inc()
                self._guessed_until = now + ATTEMPTS_SECONDS
            return None

    def _letters(self) -> str:
        return "".join(secrets.choice(LETTERS) for _ in range(self._length))
