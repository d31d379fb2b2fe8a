"""What a secret ballot is called: 128 bits that the voter's own client makes, as 26 letters of base32.

The same letters are the receipt. Made where the voter is, nobody else ever needs to know whose they are.
"""

from base64 import b32encode
from typing import Annotated

from pydantic import Field

BALLOT_BYTES = 16
"""Random bytes of an id: nobody guesses another's."""

BallotId = Annotated[str, Field(pattern=r"^[A-Z2-7]{25}[AEIMQUY4]$")]
"""16 bytes in base32 (RFC 4648) without padding; the last letter holds three bits, so each id is written in one way."""


def ballot_id(bits: bytes) -> str:
    """The id that 16 random bytes make."""
    if len(bits) != BALLOT_BYTES:
        raise ValueError(f"an id is made of {BALLOT_BYTES} bytes")
    return b32encode(bits).decode().rstrip("=")
