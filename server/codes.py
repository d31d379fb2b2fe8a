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

ATTEMPTS_SECONDS = 600
"""Over how long attempts are counted."""

_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None, "\t": None})


class Codes:
    """Codes that are good now, and how often one may be wrong; time is an argument, in seconds.

    Unlike long tickets they could be guessed: after too many wrong ones from a place not even a good one holds.
    """

    def __init__(self, limits: Plain, metrics: Metrics) -> None:
        self._metrics = metrics
        self._attempts = Buckets(limits.code_attempts / ATTEMPTS_SECONDS, max(1, limits.code_attempts))
        self._tickets = JoinTickets(
            limits.code_minutes * 60, limits.codes, metrics, make=_letters, limit="plain.codes"
        )

    @property
    def valid_ms(self) -> int:
        """How long a code is good."""
        return self._tickets.valid_ms

    def issue(self, citizen: Citizen, now: float) -> str:
        """A code for a citizen, as people read it: ABCD-EFGH. Raises Refused for a visitor."""
        if citizen.is_visitor:
            raise Refused(Refusal.NOT_ALLOWED, "a code is for who has a token")
        code = self._tickets.issue(citizen, now)
        return f"{code[:4]}-{code[4:]}"

    def redeem(self, typed: str, place: str, now: float) -> Citizen | None:
        """Who comes by a code, which is then spent; raises Refused(too_fast) after too many wrong ones from a place."""
        if wait := self._attempts.wait(place, now):
            self._metrics.limit_reached.labels("plain.code_attempts").inc()
            raise Refused(Refusal.TOO_FAST, retry_after_ms=int(wait * 1000) + 1)
        try:
            return self._tickets.redeem(typed.upper().translate(_READ_AS), now)
        except BadToken:
            self._metrics.tokens_refused.labels("code").inc()
            self._attempts.take(place, now)
            return None


def _letters() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
