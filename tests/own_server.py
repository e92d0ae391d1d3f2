"""A PostgreSQL server of this machine's own packages, as an operator would run one: TLS alone, passwords alone.

In: a folder. Out: how its administrator and the program reach it. Guaranteed: the certificate is of an authority made
for it, and the server refuses every connection over a network without TLS.
"""

from __future__ import annotations

import re
import secrets
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import psycopg
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from traboule.database.binaries import runner
from traboule.database.server import OLDEST

PACKAGED = Path("/usr/lib/postgresql")
ACCESS = """local   all all               scram-sha-256
hostssl all all 127.0.0.1/32  scram-sha-256
"""
SETTINGS = """listen_addresses = '127.0.0.1'
ssl = on
track_activities = off
fsync = off
"""


def programs() -> Path | None:
    """Return the folder of the newest PostgreSQL that Debian's packages installed, None where there is none."""
    folders = (path.parent for path in PACKAGED.glob("*/bin/initdb"))
    versions = {int(folder.parent.name): folder for folder in folders if folder.parent.name.isdigit()}
    newest = max(versions, default=0)
    return versions[newest] if newest * 10_000 >= OLDEST else None


@dataclass(frozen=True)
class OwnServer:
    """A running server. ``authority`` is the file of the certificate that signed its own."""

    port: int
    password: str
    authority: Path

    def url(self, user: str = "", *, mode: str = "verify-full", authority: Path | None = None) -> str:
        """Return its URL for ``user``, or for the program."""
        login = f"{user}:{self.password}@" if user else ""
        trusted = authority or self.authority
        return f"postgresql://{login}localhost:{self.port}/postgres?sslmode={mode}&sslrootcert={trusted}"


@contextmanager
def own_server(folder: Path) -> Iterator[OwnServer]:
    """Run a server in ``folder``, with an administrator as docs/how-to/use-a-postgresql-server.md makes one."""
    own = programs()
    assert own is not None
    unprivileged = runner()
    home = folder / "server"
    home.mkdir()
    unprivileged.own(home)

    def run(program: str, *arguments: str) -> None:
        finished = subprocess.run(
            [own / program, "-D", "data", *arguments],
            cwd=home, check=False, env={"LC_ALL": "C"}, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **unprivileged.popen(),
        )  # fmt: skip
        assert finished.returncode == 0, f"{program}: {finished.stderr}"

    password = secrets.token_urlsafe(16)
    authority = certify(home)
    (home / "password").write_text(password, encoding="ascii")
    for path in home.iterdir():
        unprivileged.own(path)
    run("initdb", "-U", "bootstrap", "--pwfile=password", "--encoding=UTF8", "--no-sync", "--auth=scram-sha-256")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (home / "data" / "pg_hba.conf").write_text(ACCESS, encoding="ascii")
    with (home / "data" / "postgresql.conf").open("a", encoding="ascii") as settings:
        files = f"ssl_cert_file = '{home}/server.crt'\nssl_key_file = '{home}/server.key'\n"
        settings.write(f"{SETTINGS}{files}port = {port}\nunix_socket_directories = '{home}'\n")
    run("pg_ctl", "-w", "-l", "log", "start")
    try:
        server = OwnServer(port, password, authority)
        with psycopg.connect(server.url("bootstrap"), autocommit=True) as connection:
            connection.execute(
                psycopg.sql.SQL("CREATE ROLE traboule_administrator LOGIN CREATEROLE CREATEDB PASSWORD {}").format(
                    psycopg.sql.Literal(password)
                )
            )
        yield server
    finally:
        run("pg_ctl", "-w", "-m", "immediate", "stop")


def certify(home: Path) -> Path:
    """Write a server's key and certificate for this machine into ``home`` and return the authority's certificate."""
    own_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = _certificate("Test authority", own_key.public_key(), "Test authority", own_key, is_authority=True)
    server = _certificate("localhost", server_key.public_key(), "Test authority", own_key, is_authority=False)
    (home / "server.crt").write_bytes(server.public_bytes(serialization.Encoding.PEM))
    private = server_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (home / "server.key").touch(mode=0o600)
    (home / "server.key").write_bytes(private)
    trusted = home / "authority.crt"
    trusted.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    return trusted


def _certificate(
    subject: str,
    key: ec.EllipticCurvePublicKey,
    issuer: str,
    signer: ec.EllipticCurvePrivateKey,
    *,
    is_authority: bool,
) -> x509.Certificate:
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in (subject, issuer)]
    now = datetime.now(UTC)
    places: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    return (
        x509.CertificateBuilder()
        .subject_name(names[0])
        .issuer_name(names[1])
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(places), critical=False)
        .sign(signer, hashes.SHA256())
    )


def at(server: OwnServer, page: str) -> str:
    """Return a page's block with the addresses of ``server`` in place of the printed ones."""
    page = re.sub(r"choose-your-own@db\.example\.org:5432", f"{server.password}@localhost:{server.port}", page)
    page = page.replace("db.example.org:5432", f"localhost:{server.port}")
    return page.replace("sslmode=verify-full", f"sslmode=verify-full&sslrootcert={server.authority}")
