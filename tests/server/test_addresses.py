"""Addresses: what counts as one place, and who is behind a proxy, whatever a stranger writes into the headers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.addresses import Proxies, place_of
from server.config import Listen


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::1"),
        ("", ""),
        ("a socket", "a socket"),
    ],
)
def test_what_counts_as_one_address(address: str, place: str) -> None:
    assert place_of(address) == place


def behind(*headers: str, peer: str = "10.0.0.1", header: str = "x-forwarded-for") -> str:
    """Who is taken for the client by a server behind the proxies of 10.0.0.0/8 and 2001:db8:a::/48."""
    listen = Listen.model_validate({"proxies": "10.0.0.0/8, 2001:db8:a::/48", "proxy_header": header})
    return Proxies(listen).address(peer, headers)


@pytest.mark.parametrize(
    ("headers", "client"),
    [
        ((), "10.0.0.1"),
        (("203.0.113.7",), "203.0.113.7"),
        (("1.1.1.1, 203.0.113.7",), "203.0.113.7"),
        (("1.1.1.1", "203.0.113.7"), "203.0.113.7"),
        (("203.0.113.7, 10.0.0.2, 10.3.0.1",), "203.0.113.7"),
        (("203.0.113.7:4711",), "203.0.113.7"),
        (("[2001:db8:1::7]:4711",), "2001:db8:1::7"),
        (("2001:db8:1::7",), "2001:db8:1::7"),
        (("203.0.113.7, 2001:db8:a::2",), "203.0.113.7"),
        (("::ffff:203.0.113.7",), "203.0.113.7"),
        (("10.0.0.2",), "10.0.0.2"),
        (("203.0.113.7, unknown",), "10.0.0.1"),
        (("203.0.113.7, unknown, 10.0.0.2",), "10.0.0.2"),
        (("",), "10.0.0.1"),
        ((",,,",), "10.0.0.1"),
    ],
)
def test_the_client_is_the_rightmost_that_is_no_trusted_proxy(headers: tuple[str, ...], client: str) -> None:
    assert behind(*headers) == client


@pytest.mark.parametrize("peer", ["203.0.113.9", "127.0.0.1", "2001:db8:b::1", "", "a socket"])
def test_a_stranger_who_says_who_they_are_is_not_believed(peer: str) -> None:
    assert behind("1.1.1.1", peer=peer) == peer


@pytest.mark.parametrize(
    ("header", "client"),
    [
        ("for=203.0.113.7", "203.0.113.7"),
        ('for="[2001:db8:1::7]:4711";proto=https', "2001:db8:1::7"),
        ("For=1.1.1.1;by=x, proto=https;for=203.0.113.7 , for=10.0.0.2", "203.0.113.7"),
        ("for=203.0.113.7, for=_hidden", "10.0.0.1"),
        ("for=unknown", "10.0.0.1"),
        ("203.0.113.7", "10.0.0.1"),
    ],
)
def test_the_header_of_rfc_7239_says_the_same(header: str, client: str) -> None:
    assert behind(header, header="forwarded") == client


@given(st.text(max_size=60), st.sampled_from(["x-forwarded-for", "forwarded"]))
def test_whatever_stands_in_the_header_there_is_an_address(told: str, header: str) -> None:
    assert behind(told, header=header)
    assert behind(
        f"{told}, for=203.0.113.7" if header == "forwarded" else f"{told}, 203.0.113.7", header=header
    ) == ("203.0.113.7")


def test_the_scheme_is_what_the_proxy_was_asked_by_and_nobody_elses_word() -> None:
    proxies = Proxies(Listen(proxies=("10.0.0.0/8",)))
    assert proxies.is_secure("10.0.0.1", ["https"]) is True
    assert proxies.is_secure("10.0.0.1", ["https, http"]) is False
    assert proxies.is_secure("10.0.0.1", []) is None
    assert proxies.is_secure("203.0.113.7", ["https"]) is None
