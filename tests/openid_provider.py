"""An OpenID provider of our own: Authlib's server behind sockets of this machine, in a thread.

It speaks the authorization code flow with proof keys, as a provider does; whom it knows, what its tokens say and which
keys sign them is a test's to choose.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin, OAuth2Error, OAuth2Request
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import AuthorizationCodeMixin, OpenIDCode
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

CLIENT, SECRET = "traboule", "a secret of the client: 8d1f+/="
Key = ECKey | RSAKey


class KnownClient(ClientMixin):
    """The room, as the provider knows it."""

    client_id = CLIENT

    def get_client_id(self) -> str:
        return CLIENT

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return urlsplit(redirect_uri).path == "/sign-in/provider/return"

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in ("client_secret_basic", "client_secret_post")

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class GivenCode(AuthorizationCodeMixin):
    """A code as the provider remembers it."""

    code: str
    redirect_uri: str
    scope: str
    subject: str
    nonce: str
    code_challenge: str
    code_challenge_method: str

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> None:
        return None


@dataclass
class KnownPerson:
    """Somebody whom the provider knows."""

    subject: str


@dataclass
class OpenIdProvider:
    """The provider. ``person``: the subject of who is signed in there, empty for nobody; ``claims``: what its tokens
    say
    besides, or instead (None takes a claim out); ``algorithm``: how they are signed. ``published``: the keys it
    shows."""

    url: str = ""
    person: str = "subject of iris"
    claims: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "ES256"
    keys: list[Key] = field(default_factory=list)
    published: list[Key] = field(default_factory=list)
    description: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, GivenCode] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)  # What browsers were sent here with.
    requests: list[str] = field(default_factory=list)

    def rotate(self) -> None:
        """Sign with a new key from now on, and show it alone."""
        name = f"key {len(self.keys) + 1}"
        made: Key = (
            RSAKey.generate_key(2048, {"kid": name})
            if self.algorithm == "RS256"
            else ECKey.generate_key("P-256", {"kid": name})
        )
        self.keys.append(made)
        self.published = [made]

    def signed(self, claims: dict[str, Any]) -> str:
        """Return an identity token as this provider signs it now."""
        claims = {name: value for name, value in (claims | self.claims).items() if value is not None}
        header = {"alg": self.algorithm, "kid": self.keys[-1].kid}
        if self.algorithm == "none":
            return jwt.encode(header, claims, OctKey.import_key(b"nothing is signed by this"), ["none"])
        if self.algorithm == "HS256":  # The public key as the secret: the oldest confusion of all.
            public = json.dumps(self.keys[-1].as_dict(private=False)).encode()
            return jwt.encode(header, claims, OctKey.import_key(public), ["HS256"])
        return jwt.encode(header, claims, self.keys[-1], [self.algorithm])

    def described(self) -> dict[str, Any]:
        """Return what the provider says of itself."""
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [self.algorithm],
            **self.description,
        }


class _CodeGrant(AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]  # noqa: RUF012

    @property
    def _mine(self) -> OpenIdProvider:
        mine: OpenIdProvider = self.server.provider
        return mine

    def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
        told = request.payload.data
        challenge = told.get("code_challenge", ""), told.get("code_challenge_method", "")
        self._mine.codes[code] = GivenCode(
            code, told["redirect_uri"], told["scope"], request.user.subject, told.get("nonce", ""), *challenge
        )

    def query_authorization_code(self, code: str, client: KnownClient) -> GivenCode | None:
        return self._mine.codes.get(code)

    def delete_authorization_code(self, authorization_code: GivenCode) -> None:
        del self._mine.codes[authorization_code.code]

    def authenticate_user(self, authorization_code: GivenCode) -> KnownPerson:
        return KnownPerson(authorization_code.subject)


class _IdentityTokens(OpenIDCode):
    def __init__(self, provider: OpenIdProvider) -> None:
        super().__init__(require_nonce=True)
        self.provider = provider

    def exists_nonce(self, nonce: str, request: OAuth2Request) -> bool:
        return any(code.nonce == nonce for code in self.provider.codes.values())

    def get_client_claims(self, client: KnownClient) -> dict[str, Any]:
        return {"iss": self.provider.url, "aud": [CLIENT]}

    def encode_id_token(self, token: dict[str, Any], request: OAuth2Request) -> str:
        claims = self.get_compatible_claims(request) | self.get_authorization_code_claims(request.authorization_code)
        return self.provider.signed({**claims, "sub": request.user.subject})


class _Server(AuthorizationServer):
    def __init__(self, provider: OpenIdProvider) -> None:
        super().__init__()
        self.provider = provider
        self.register_token_generator("default", BearerTokenGenerator(lambda **_: "an access token"))
        self.register_grant(_CodeGrant, [CodeChallenge(required=True), _IdentityTokens(provider)])

    def query_client(self, client_id: str) -> KnownClient | None:
        return KnownClient() if client_id == CLIENT else None

    def save_token(self, token: dict[str, Any], request: OAuth2Request) -> None:
        pass

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        pass

    def create_oauth2_request(self, request: OAuth2Request) -> OAuth2Request:
        return request

    def handle_response(
        self, status: int, body: Any, headers: list[tuple[str, str]]
    ) -> tuple[int, Any, dict[str, str]]:
        return status, body, dict(headers)


class _Asked(OAuth2Request):
    def __init__(self, method: str, uri: str, form: dict[str, str], headers: dict[str, str]) -> None:
        super().__init__(method, uri.replace("http:", "https:"), headers=headers)  # Authlib refuses plain HTTP.
        self._told = dict(parse_qsl(urlsplit(uri).query))
        self._form = form
        self.payload = BasicOAuth2Payload(self._told | form)

    @property
    def args(self) -> dict[str, str]:
        return self._told

    @property
    def form(self) -> dict[str, str]:
        return self._form


class _Handler(BaseHTTPRequestHandler):
    provider: OpenIdProvider

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        self.provider.requests.append(path)
        if path == "/.well-known/openid-configuration":
            self._answer(200, self.provider.described())
        elif path == "/keys":
            shown = [key.as_dict(private=False, use="sig") for key in self.provider.published]
            self._answer(200, {"keys": shown})
        elif path == "/authorize":
            self._authorize()
        else:
            self._answer(404, {})

    def do_POST(self) -> None:
        self.provider.requests.append(self.path)
        form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        asked = _Asked("POST", self.provider.url + self.path, form, dict(self.headers))
        self._answer(*_Server(self.provider).create_token_response(asked))

    def _authorize(self) -> None:
        asked = _Asked("GET", self.provider.url + self.path, {}, dict(self.headers))
        self.provider.asked.append(asked.args)
        server = _Server(self.provider)
        person = KnownPerson(self.provider.person) if self.provider.person else None
        try:
            grant = server.get_consent_grant(asked, person)
        except OAuth2Error as error:
            self._answer(*server.handle_error_response(asked, error))
            return
        self._answer(*server.create_authorization_response(asked, grant_user=person, grant=grant))

    def _answer(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        content = json.dumps(body).encode() if isinstance(body, dict) else str(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def running_provider(**settings: Any) -> Iterator[OpenIdProvider]:
    """Run a provider on this machine."""
    provider = OpenIdProvider(**settings)
    provider.rotate()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"provider": provider}))
    provider.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
