"""Where a browser has the room open, as passkeys know it: the host's name, and the origin of its pages."""

from __future__ import annotations

import ipaddress

from django.http import HttpRequest


def site_of(request: HttpRequest) -> dict[str, str]:
    """Return the relying party's id and the origin of ``request``, as the verbs about passkeys take them."""
    host = request.get_host()
    return {"site": _name(host), "origin": f"{request.scheme}://{host}"}


def by_address(request: HttpRequest) -> str:
    """Return where the room can be opened by name, from a page that was opened by the address of this machine; else
    nothing. Browsers know no passkeys for an address."""
    host = request.get_host()
    try:
        ipaddress.ip_address(_name(host).strip("[]"))
    except ValueError:
        return ""
    port = host.removeprefix(_name(host))
    return f"{request.scheme}://localhost{port}{request.path}"


def _name(host: str) -> str:
    return host if host.endswith("]") else host.rsplit(":", 1)[0] if ":" in host else host
