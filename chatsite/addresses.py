"""Network addresses, as far as limits are about them."""

import ipaddress


def network_of(address: str | None) -> str:
    """Whom a limit by address is about: the address, or of IPv6 its /64, which is what one household has.

    `unknown` for what is no address.
    """
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
