"""Who may read `/metrics`: the networks that the settings name, as they say much of a city and those in it."""

from collections.abc import Awaitable, Callable
from ipaddress import ip_address, ip_network

from fastapi import Request

from protocol.refusals import Refusal, Refused
from server.config import Listen

FORWARDING = ("x-forwarded-for", "forwarded")
"""What a proxy adds. Where none is trusted, the address is the proxy's own, and says nothing of who asks."""


def scraper(listen: Listen) -> Callable[[Request], Awaitable[None]]:
    """What FastAPI asks before it answers; raises Refused(not_allowed)."""
    networks = [ip_network(network) for network in listen.metrics]
    trusts_proxies = bool(listen.proxies)

    async def may_read(request: Request) -> None:
        peer = request.client.host if request.client else ""
        is_hidden = not trusts_proxies and any(name in request.headers for name in FORWARDING)
        try:
            address = ip_address(peer.partition("%")[0])
        except ValueError:
            is_hidden = True
        else:
            mapped = getattr(address, "ipv4_mapped", None)
            address = mapped or address
        if is_hidden or not any(address in network for network in networks):
            raise Refused(Refusal.NOT_ALLOWED, "metrics are read from the networks of listen.metrics")

    return may_read
