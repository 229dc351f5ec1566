"""Networks that peers may come from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrierbox.ip_networks import IpNetworks, host_of, peer_name


@pytest.mark.parametrize(
    ("network", "inside", "outside"),
    [
        ("10.0.0.0/8", "10.255.0.1", "11.0.0.1"),
        ("127.0.0.1", "127.0.0.1", "127.0.0.2"),
        ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::1"),
        ("::1", "::1", "::2"),
        ("192.0.2.0/24", "::ffff:192.0.2.7", "::ffff:192.0.3.7"),
        ("fe80::/10", "fe80::1%eth0", "2001:db8::1%eth0"),
        ("0.0.0.0/0", "203.0.113.9", "::1"),
    ],
)
def test_an_address_is_inside_or_outside(network: str, inside: str, outside: str) -> None:
    """An IPv4 address written as an IPv6 one is IPv4; other versions never meet."""
    networks = IpNetworks(["198.51.100.0/24", network])
    assert networks.holds(inside)
    assert not networks.holds(outside)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("10.0.0.1/8", "10.0.0.1/8 has bits behind its prefix: write 10.0.0.0/8"),
        ("localhost", "'localhost' is no IP address or network"),
        ("10.0.0.0/33", "is no IP address"),
        ("", "is no IP address"),
    ],
)
def test_what_is_no_network_is_refused_with_its_remedy(text: str, problem: str) -> None:
    """A name is none: it may change, and asking for it may take for ever."""
    with pytest.raises(ValueError) as raised:
        IpNetworks([text])
    assert problem in str(raised.value)


@given(st.text(max_size=40))
def test_no_text_is_held_by_accident(text: str) -> None:
    """What is no address is outside, whatever it is."""
    assert not IpNetworks(["203.0.113.0/24"]).holds(text) or text.startswith(("203.", "::"))


def test_lists_are_equal_by_what_they_hold() -> None:
    """Configurations are compared."""
    assert IpNetworks(["10.0.0.0/8"]) == IpNetworks(["10.0.0.0/255.0.0.0"])
    assert IpNetworks(["10.0.0.0/8"]) != IpNetworks(["10.0.0.0/9"])
    assert len({IpNetworks(["::1"]), IpNetworks(["::1/128"])}) == 1
    assert repr(IpNetworks(["::1"])) == "IpNetworks(['::1/128'])"


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "fe80::1%eth0"])
def test_the_name_of_a_peer_gives_its_host_back(host: str) -> None:
    """IPv6 in brackets, so that the port stands apart."""
    assert host_of(peer_name(host, 4711)) == host
    assert peer_name("::1", 80) == "[::1]:80"


@pytest.mark.parametrize("name", ["", "test", "/run/socket", "[", "]:"])
def test_a_peer_without_an_address_is_in_no_network(name: str) -> None:
    """A test's wire, a local socket: nothing that a list of networks could mean."""
    assert not IpNetworks(["0.0.0.0/0", "::/0"]).holds(host_of(name))
