"""Which addresses of the network a feed may be fetched from. Pure.

Source: RFC 6890 and the registries of special-purpose addresses, as Python's ``ipaddress`` has
them; OWASP on server-side request forgery.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

# IPv4 addresses in another dress: a gateway would undress them, behind the check.
DRESSED = tuple(
    IPv6Network(each) for each in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)
PORTS = {"http": 80, "https": 443}
LONGEST_ADDRESS = 2_000


class AddressRefused(ValueError):
    """An address that nothing is fetched from; says why."""


@dataclass(frozen=True)
class Place:
    """Where an address leads."""

    scheme: str
    host: str
    port: int


def place_of(url: str) -> Place:
    """Where an address leads.

    Args:
        url: a whole address of the web.

    Returns:
        Its scheme, host in small letters, and port.

    Raises:
        AddressRefused: it is none, is longer than 2,000 characters, or has a login in it.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise AddressRefused("It is no address of the web.") from None
    if len(url) > LONGEST_ADDRESS or parts.scheme not in PORTS or not host:
        raise AddressRefused("It is no address of the web.")
    if "@" in parts.netloc:
        raise AddressRefused("It has a login in it; feeds are open to all.")
    return Place(parts.scheme, host.rstrip(".").lower(), port or PORTS[parts.scheme])


def is_public(address: str) -> bool:
    """Whether an address is one of the open internet.

    Args:
        address: as the resolver gives it, IPv4 or IPv6.

    Returns:
        False for private, shared, loopback, link-local, multicast and reserved addresses, and
        for those of IPv6 that stand for one of IPv4.
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if any(found in network for network in DRESSED):
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved


def allowed(place: Place, hosts: Iterable[Place]) -> bool:
    """Whether a place is on the list.

    Args:
        place: where an address leads.
        hosts: the list; a host stands for its own port and for those of http and https.

    Returns:
        True where host and port are listed.
    """
    return any(
        place.host == each.host and place.port in {each.port, *PORTS.values()} for each in hosts
    )
