"""Read how an OpenID provider is configured.

In: a file of YAML. Out: :class:`ProviderConfiguration`. Guaranteed: a fault is refused in words when the room is
started, not when somebody signs in; the client's secret is read from a file of its own that nobody else may read, and
is in no text.
"""

from __future__ import annotations

import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from traboule.core.errors import Refused

SHORTEST_SECRET = 16  # Characters.
LOOPBACK = ("127.0.0.1", "localhost", "::1")
_REQUIRED = ("issuer", "client_id", "client_secret_file")
_LISTS = ("second_factor_amr", "second_factor_acr")
_OPTIONAL = ("name", "authority_file", *_LISTS)


@dataclass(frozen=True, slots=True)
class ProviderConfiguration:
    """An OpenID provider and this room as its client.

    ``methods`` and ``assurances``: what of the claims ``amr`` and ``acr`` says that the provider asked for a second
    factor. ``authority``: a file with the certificate of the authority that vouches for its name; None for the
    system's.
    """

    issuer: str
    client_id: str
    name: str
    secret: str = field(repr=False)
    methods: tuple[str, ...] = ("mfa",)
    assurances: tuple[str, ...] = ()
    authority: Path | None = None


def read_configuration(file: Path) -> ProviderConfiguration:
    """Return the configuration in ``file``. Raises Refused for a fault of it, or of the file with the secret."""
    try:
        plain = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as fault:
        raise Refused("provider-file-unreadable", file=str(file)) from fault
    if not isinstance(plain, dict):
        raise Refused("provider-file-unreadable", file=str(file))
    for name in _faulty(plain):
        raise Refused("provider-file", file=str(file), name=name)
    lists = {name: tuple(plain[name]) for name in _LISTS if name in plain}
    authority = plain.get("authority_file")
    return ProviderConfiguration(
        plain["issuer"],
        plain["client_id"],
        plain.get("name") or urlsplit(plain["issuer"]).netloc,
        _secret(file.parent / plain["client_secret_file"]),
        lists.get("second_factor_amr", ("mfa",)),
        lists.get("second_factor_acr", ()),
        file.parent / authority if authority else None,
    )


def is_safe_address(address: str) -> bool:
    """Tell whether an address is reached over TLS, or on this machine, and holds no password, query or fragment."""
    parts = urlsplit(address)
    is_encrypted = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    return bool(is_encrypted and parts.hostname and parts.username is None and not parts.fragment)


def _faulty(plain: Mapping[Any, Any]) -> list[str]:
    """Return the names of what is missing, unknown, or no usable value."""
    names = [str(name) for name in plain if name not in (*_REQUIRED, *_OPTIONAL)]
    texts = [name for name in (*_REQUIRED, "name", "authority_file") if name in plain or name in _REQUIRED]
    names += [name for name in texts if not isinstance(plain.get(name), str) or not plain[name].strip()]
    names += [name for name in _LISTS if name in plain and not _is_list_of_texts(plain[name])]
    if not names and (not is_safe_address(plain["issuer"]) or urlsplit(plain["issuer"]).query):
        names.append("issuer")
    return names


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) and text for text in value)


def _secret(file: Path) -> str:
    """Return the client's secret. Raises Refused where others may read its file, or it is too short to be one."""
    try:
        mode = file.stat().st_mode
        secret = file.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as fault:
        raise Refused("provider-secret", file=str(file)) from fault
    if not stat.S_ISREG(mode) or mode & 0o077 or len(secret) < SHORTEST_SECRET:
        raise Refused("provider-secret", file=str(file))
    return secret
