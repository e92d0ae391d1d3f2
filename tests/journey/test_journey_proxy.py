"""The files of ``deploy/``: systemd's units are valid and hardened; behind its nginx, over TLS, the room works."""

from __future__ import annotations

import json
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPResponse, HTTPSConnection
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import pytest
from tests.conftest import open_directory
from tests.journey.test_journey_serving import PROGRAM
from tests.journey.test_journey_stream import WITHIN, Listener
from tests.own_server import certify
from tests.two_returns import filed
from tests.worlds import ACCOUNTS, CURIOUS, MALI, operation_file

from traboule.app.desk import Desk
from traboule.web.forms import MOST_RETURN_BYTES

DEPLOY = Path(__file__).parents[2] / "deploy"
ANALYZE = shutil.which("systemd-analyze")
UNITS = ("traboule.service", "traboule-backup.service")
MOST_EXPOSED = 2.0  # Of 10, as systemd-analyze counts; an ordinary service has 9.6.
NAME = "localhost"
FORM = "__Host-traboule-form"


def nginx() -> str | None:
    """Return nginx, None where none is installed that knows the directives of the site."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin")
    if program is None:
        return None
    text = subprocess.run([program, "-v"], check=True, capture_output=True, text=True).stderr
    version = re.search(r"nginx/(\d+)\.(\d+)\.(\d+)", text)
    return program if version and tuple(map(int, version.groups())) >= (1, 25, 1) else None


def test_the_units_are_valid(tmp_path: Path) -> None:
    if ANALYZE is None:
        pytest.skip("systemd-analyze is not installed")
    for file in (*UNITS, "traboule-backup.timer"):
        # Only what is not installed here is put in the place of the programs.
        text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", (DEPLOY / file).read_text("utf-8"), flags=re.M)
        (tmp_path / file).write_text(text, "utf-8")
    paths = [str(tmp_path / file) for file in (*UNITS, "traboule-backup.timer")]
    verified = subprocess.run([ANALYZE, "verify", "--man=no", *paths], check=False, capture_output=True, text=True)
    about_ours = [line for line in verified.stderr.splitlines() if "traboule" in line]
    assert (verified.returncode, about_ours) == (0, [])


@pytest.mark.parametrize("unit", UNITS)
def test_the_units_are_hardened(unit: str) -> None:
    if ANALYZE is None:
        pytest.skip("systemd-analyze is not installed")
    command = [ANALYZE, "security", "--offline=true", f"--threshold={MOST_EXPOSED * 10:.0f}", str(DEPLOY / unit)]
    judged = subprocess.run(command, check=False, capture_output=True, text=True)
    assert judged.returncode == 0, judged.stdout


def test_the_newest_backups_are_kept(tmp_path: Path) -> None:
    program = tmp_path / "traboule"
    program.write_text('#!/bin/sh\n: > "$2"\n: > "$4"\n', "ascii")
    program.chmod(0o700)
    folders = {"dump": tmp_path / "backups", "keys": tmp_path / "keys"}
    for suffix, folder in folders.items():
        folder.mkdir()
        for day in (1, 2, 3):
            (folder / f"desk-2024100{day}T000000Z.{suffix}").touch()
        (folder / "of-somebody-else").touch()
    environment = {
        "PATH": "/usr/bin:/bin", "TRABOULE_PROGRAM": str(program), "TRABOULE_BACKUPS_KEPT": "2",
        "TRABOULE_BACKUPS": str(folders["dump"]), "TRABOULE_BACKUP_KEYS": str(folders["keys"]),
    }  # fmt: skip
    subprocess.run([DEPLOY / "backup"], check=True, env=environment)
    for suffix, folder in folders.items():
        names = sorted(path.name for path in folder.iterdir())
        assert [names[0], names[2]] == [f"desk-20241003T000000Z.{suffix}", "of-somebody-else"]
        assert len(names) == 3


def test_the_site_takes_in_what_the_room_takes_in() -> None:
    (limit,) = re.findall(r"client_max_body_size (\d+)m;", (DEPLOY / "nginx.conf").read_text("utf-8"))
    assert int(limit) * 1024 * 1024 == MOST_RETURN_BYTES


@dataclass
class Outside:
    """Somebody before the proxy, with a browser's cookies. ``port``: that of TLS."""

    port: int
    plain: int
    authority: Path
    desk: Desk
    cookies: dict[str, str] = field(default_factory=dict)
    headers: tuple[str, ...] = ()  # The Set-Cookie lines of the last answer.

    def ask(self, path: str, body: bytes | None = None, **headers: str) -> HTTPResponse:
        """Return the answer to a request, with cookies and the room's own origin."""
        trusted = ssl.create_default_context(cafile=str(self.authority))
        connection = HTTPSConnection(NAME, self.port, timeout=60, context=trusted)
        said = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        own = {"Host": NAME, "Origin": f"https://{NAME}", "Referer": f"https://{NAME}/", "Cookie": said}
        connection.request("GET" if body is None else "POST", path, body, {**own, **headers})
        answer = connection.getresponse()
        self.headers = tuple(answer.headers.get_all("Set-Cookie") or ())
        for line in self.headers:
            self.cookies |= {name: cookie.value for name, cookie in SimpleCookie(line).items()}
        return answer

    def guard(self, path: str) -> str:
        """Return the hidden field of a page's form."""
        page = self.ask(path).read().decode()
        field_of_form = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert field_of_form, page
        return field_of_form[1]

    def send(self, path: str, page: str, **typed: str) -> HTTPResponse:
        """Return the answer to the form of ``page``."""
        body = urlencode({**typed, "csrfmiddlewaretoken": self.guard(page)}).encode()
        return self.ask(path, body, **{"Content-Type": "application/x-www-form-urlencoded"})

    def sign_in(self) -> None:
        """Sign in as Mali's officer by the demo's button."""
        answer = self.send("/sign-in/demo", "/sign-in", login=MALI.account)
        assert answer.status == 302, answer.read()[:2000]

    def follow(self, answer: HTTPResponse) -> str:
        """Return the page to which ``answer`` leads once its work has ended."""
        place = answer.headers["Location"]
        for _ in range(300):
            answer = self.ask(place)
            if answer.status == 302:
                place = answer.headers["Location"]
            elif "Refresh" not in answer.headers:
                return f"{place}\n{answer.read().decode()}"
            time.sleep(0.2)
        raise AssertionError("the work did not end")


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def proxied(program: str, folder: Path, room: int, tls: int, plain: int) -> Iterator[None]:
    """Run nginx with the site of ``deploy/`` for the room at port ``room``, its ports and paths changed alone."""
    site = (DEPLOY / "nginx.conf").read_text("utf-8")
    changes = {
        "127.0.0.1:8000": f"127.0.0.1:{room}", "listen 443 ": f"listen 127.0.0.1:{tls} ",
        "listen 80 ": f"listen 127.0.0.1:{plain} ", "desk.example.org": NAME,
        "/etc/traboule/tls/desk": f"{folder}/server", "/run/traboule-bodies": f"{folder}/bodies",
    }  # fmt: skip
    for printed, here in changes.items():
        assert printed in site, printed
        site = site.replace(printed, here)
    paths = "".join(f"{name}_temp_path {folder}/{name};\n" for name in ("proxy", "fastcgi", "uwsgi", "scgi"))
    whole = f"daemon off;\npid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{}}\nhttp {{\n{paths}{site}}}\n"
    (folder / "nginx.conf").write_text(whole, "utf-8")
    command = [program, "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf"]
    tested = subprocess.run([*command, "-t"], check=False, capture_output=True, text=True)
    assert (tested.returncode, "warn" in tested.stderr) == (0, False), tested.stderr
    with subprocess.Popen(command) as process:
        try:
            for _ in range(100):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", tls)) == 0:
                        break
                time.sleep(0.05)
            yield
        finally:
            process.terminate()
            process.wait(timeout=20)


@pytest.fixture(scope="module")
def outside() -> Iterator[Outside]:
    """Somebody before a room behind nginx, in which an operation is open."""
    program = nginx()
    if program is None:
        pytest.skip("nginx 1.25.1 or later is not installed")
    with open_directory() as data:
        authority = certify(data)
        desk = Desk.start(data)
        now = datetime.now(UTC)
        desk.perform("people.demo", by=CURIOUS[4], at=now, actors=ACCOUNTS)
        desk.perform("operation.open", by=CURIOUS[4], at=now, text=operation_file())
        command = [*PROGRAM, "serve", "--data", str(data), "--port", "0", "--json", "--no-live", "--host-name", NAME]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as serving:
            assert serving.stdout is not None
            room = int(json.loads(serving.stdout.readline())["url"].rpartition(":")[2])
            tls, plain = free_port(), free_port()
            try:
                with proxied(program, data, room, tls, plain):
                    yield Outside(tls, plain, authority, desk)
            finally:
                serving.terminate()
                serving.wait(timeout=30)
        desk.stop()


def test_signing_in_gives_cookies_for_tls_and_this_name_alone(outside: Outside) -> None:
    outside.sign_in()
    (session,) = [line for line in outside.headers if "session" in line]
    assert session.startswith("__Host-traboule-session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Strict"} <= set(session.split("; "))
    assert FORM in outside.cookies
    answer = outside.ask("/returns", **{"X-Forwarded-Proto": "http", "X-Forwarded-Host": "elsewhere.example"})
    assert answer.status == 200
    assert answer.headers.get_all("Strict-Transport-Security") == ["max-age=31536000; includeSubDomains"]


def test_without_tls_one_is_led_to_it_and_another_name_gets_nothing(outside: Outside) -> None:
    with socket.create_connection(("127.0.0.1", outside.plain), timeout=20) as plain:
        plain.sendall(b"GET /returns HTTP/1.1\r\nHost: elsewhere.example\r\nConnection: close\r\n\r\n")
        answer = plain.makefile("rb").read().decode()
    assert answer.startswith("HTTP/1.1 301")
    assert f"Location: https://{NAME}/returns" in answer
    with socket.create_connection(("127.0.0.1", outside.plain), timeout=20) as plain:
        plain.sendall(f"GET /api/v1/figures HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n".encode())
        assert plain.makefile("rb").read().startswith(b"HTTP/1.1 403")
    trusted = ssl.create_default_context(cafile=str(outside.authority))
    trusted.check_hostname = False
    with (
        socket.create_connection(("127.0.0.1", outside.port), timeout=20) as raw,
        pytest.raises(ssl.SSLError, match=r"(?i)unrecognized.name"),
    ):
        trusted.wrap_socket(raw, server_hostname="elsewhere.example")


def test_a_return_is_uploaded_and_one_too_large_is_refused(outside: Outside) -> None:
    outside.sign_in()
    content = filed("ML", "Police")
    parts = {"csrfmiddlewaretoken": ("", outside.guard("/returns").encode()), "file": ('; filename="ML.json"', content)}
    body = b"".join(
        f'--cut\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + value + b"\r\n"
        for name, (more, value) in parts.items()
    )
    body += b"--cut--\r\n"
    answer = outside.ask("/returns/check", body, **{"Content-Type": "multipart/form-data; boundary=cut"})
    assert answer.status == 302, answer.read()[:2000]
    place, _, page = outside.follow(answer).partition("\n")
    assert "ML.json" in page
    work = place.rpartition("/")[2]
    assert "ML.json" in outside.follow(outside.send(f"/returns/commit/{work}", place))
    large = outside.ask("/returns/check", b"", **{"Content-Length": str(MOST_RETURN_BYTES + 1)})
    assert (large.status, large.headers["Strict-Transport-Security"]) == (413, "max-age=31536000; includeSubDomains")


def test_what_changes_is_heard_of_at_once(outside: Outside) -> None:
    token = outside.desk.act_in_demo(CURIOUS[1].account, "", at=datetime.now(UTC)).token
    officer = Outside(outside.port, outside.plain, outside.authority, outside.desk, {"__Host-traboule-session": token})
    listener = Listener(officer.ask("/wall/stream"))
    assert listener.answer.status == 200
    assert listener.hear(10) == ("changed", "")
    content = filed("ML", "Gendarmerie")
    outside.desk.perform("return.receive", by=MALI, at=datetime.now(UTC), name="ML.json", content=content)
    assert listener.hear(WITHIN) == ("changed", "returns")


def test_the_container_runs_as_nobody_and_holds_no_secret() -> None:
    """Its last user is a number that is not root's, what it copies exists, and its commands are shell that parses."""
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    assert [line.split()[1] for line in text.splitlines() if line.startswith("USER ")] == ["10001"]
    assert not re.search(r"PASSWORD|DATABASE_URL|^ADD ", text, flags=re.M)
    for line in text.splitlines():
        if line.startswith(("CMD ", "HEALTHCHECK ")):
            shell, option, command = json.loads(line[line.index("[") :])
            assert (shell, option) == ("/bin/sh", "-c")
            subprocess.run([shell, "-n", option, command], check=True)
    ignored = (DEPLOY.parent / ".containerignore").read_text("utf-8").split()
    assert {".git", ".venv", ".traboule", "tests"} <= set(ignored)
