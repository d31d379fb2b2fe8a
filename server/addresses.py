"""Addresses: where someone comes from, also behind proxies, and what counts as one place."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from server.config import Listen

IPV6_SITE_BITS = 64
"""One household or office has at least this many bits of its own (RFC 6177): it counts as one address."""

FORWARDED_PROTO = "x-forwarded-proto"
"""In which header a proxy says by which scheme it was asked."""

KNOWN_PLACES = 65_536
"""Addresses whose place is remembered: it is asked at every command."""


class Proxies:
    """The proxies before this server: what they say of who is behind them is believed, and nobody else's word.

    Only the one header that the settings name is read, since a proxy passes on what a stranger wrote into the others;
    of its addresses the rightmost that is no trusted proxy's is the client's, since each proxy adds on the right.
    """

    def __init__(self, settings: Listen) -> None:
        self._networks = tuple(ip_network(network) for network in settings.proxies)
        self.header = settings.proxy_header
        """The header that is read, in small letters."""

    def are_trusted(self, peer: str) -> bool:
        """Whether the other end of the line is one of them."""
        address = _address(peer) if self._networks else None
        return address is not None and any(address in network for network in self._networks)

    def address(self, peer: str, headers: Sequence[str]) -> str:
        """Where a request comes from: the peer's address, or what the proxies say (all values of `header`)."""
        address = peer
        if not self.are_trusted(peer):
            return address
        for told in reversed(list(self._told(headers))):
            known = _address(told)
            if known is None:
                # An obscured address (RFC 7239, 6.3) or none: further to the left anything may stand.
                break
            address = str(known)
            if not self.are_trusted(address):
                break
        return address

    def _told(self, headers: Sequence[str]) -> Iterable[str]:
        for element in ",".join(headers).split(","):
            if self.header == "x-forwarded-for":
                yield element
            else:
                pairs = (pair.partition("=") for pair in element.split(";"))
                yield from (value for name, _, value in pairs if name.strip().lower() == "for")

    def is_secure(self, peer: str, headers: Sequence[str]) -> bool | None:
        """Whether a trusted proxy was asked by TLS (X-Forwarded-Proto); None where it does not say."""
        if not headers or not self.are_trusted(peer):
            return None
        return headers[-1].rpartition(",")[2].strip().lower() == "https"


def _address(told: str) -> IPv4Address | IPv6Address | None:
    """An address as headers have it: with or without port, brackets, quotes; None where it is none."""
    text = told.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


@lru_cache(KNOWN_PLACES)
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


@lru_cache(KNOWN_PLACES)
def is_loopback(place: str) -> bool:
    """Whether it is this machine."""
    try:
        return ip_address(place).is_loopback
    except ValueError:
        return False
