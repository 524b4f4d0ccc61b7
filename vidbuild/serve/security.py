"""Checks every request before anything else sees it, and sets the headers of every response.

A page on another site can send requests to this server, and a name that it controls can lead here (DNS rebinding):
the Host must be one of the server's own, everything needs the token, and a POST needs its Origin and a second token.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vidbuild.serve.refusals import refusal
from vidbuild.serve.secrets import Secrets

POLICY = (
    "default-src 'self'; img-src 'self'; media-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "x-frame-options": "DENY",
}
ACTION_HEADER = "x-vidbuild-token"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
_METHODS = ("GET", "HEAD", "POST")
_OWN_SITES = ("same-origin", "none", "")
NO_TOKEN = "this page needs the address that 'vidbuild serve' printed when it started"  # noqa: S105 - a message
_FIND = "copy it from the terminal, with its token; if it is gone, end 'vidbuild serve' and start it again"
_MAX_FIELDS = 20


@dataclass(frozen=True, slots=True)
class Access:
    """Who may send requests.

    hosts: names by which the server is reached; "*" for every IP address.
    """

    secrets: Secrets
    hosts: Collection[str]
    port: int

    def is_host(self, value: str) -> bool:
        """Return whether a Host header names this server."""
        try:
            parts = urlsplit(f"//{value}")
            name, port = parts.hostname or "", parts.port
        except ValueError:
            return False
        if parts.username is not None or parts.path or parts.query or parts.fragment or (port or 80) != self.port:
            return False
        return name in self.hosts or ("*" in self.hosts and _is_address(name))

    def is_origin(self, value: str, host: str) -> bool:
        """Return whether an Origin header is that of the page on this host."""
        return value == f"http://{host}"


class Guard:
    """Wraps an application: refuses what may not reach it."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request, or hand it on."""
        if scope["type"] != "http":
            return
        refusal = self._refusal(scope)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        await (refusal or self._app)(scope, receive, with_headers)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self._access.is_host(hosts[0]):
            return PlainTextResponse("This server is not reached by that name.\n", 421)
        if scope["method"] not in _METHODS:
            return refusal(headers, 405, "this method is not supported", None, {"allow": ", ".join(_METHODS)})
        if scope["path"] == "/" and scope["method"] == "GET" and (tokens := _tokens(scope["query_string"])):
            return self._enter(headers, tokens)
        if not self._is_known(headers):
            return refusal(headers, 403, NO_TOKEN, _FIND)
        if headers.get("sec-fetch-site", "") not in _OWN_SITES:
            return refusal(headers, 403, "other sites may not use this server")
        return self._refused_post(headers, hosts[0]) if scope["method"] == "POST" else None

    def _enter(self, headers: Headers, tokens: list[str]) -> Response:
        if len(tokens) != 1 or not self._access.secrets.opens(tokens[0]):
            return refusal(headers, 403, NO_TOKEN, _FIND)
        response = RedirectResponse("/", 303)
        secrets = self._access.secrets
        response.set_cookie(secrets.cookie, secrets.token, httponly=True, samesite="strict", path="/")
        return response

    def _is_known(self, headers: Headers) -> bool:
        secrets = self._access.secrets
        authorization = headers.get("authorization", "")
        if authorization:
            scheme, _, token = authorization.partition(" ")
            return scheme.lower() == "bearer" and secrets.opens(token.strip())
        return secrets.opens(_cookies(headers).get(secrets.cookie, ""))

    def _refused_post(self, headers: Headers, host: str) -> Response | None:
        if not self._access.is_origin(headers.get("origin", ""), host):
            return refusal(headers, 403, "the request is not from this page")
        if not self._access.secrets.acts(headers.get(ACTION_HEADER, "")):
            return refusal(headers, 403, "the request has no token of this page")
        return None


def _cookies(headers: Headers) -> Mapping[str, str]:
    try:
        return {name: each.value for name, each in SimpleCookie(headers.get("cookie", "")).items()}
    except CookieError:
        return {}


def _tokens(query: bytes) -> list[str]:
    try:
        return parse_qs(query.decode("latin-1"), max_num_fields=_MAX_FIELDS).get("token", [])
    except ValueError:
        return []


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def hosts_of(host: str) -> frozenset[str]:
    """Return the names by which a server that listens on this host is reached."""
    import socket

    if host in LOOPBACK:
        return frozenset(LOOPBACK)
    if _is_address(host) and ipaddress.ip_address(host).is_unspecified:
        return frozenset({"*", "localhost", socket.gethostname().lower()})
    return frozenset({*LOOPBACK, host.lower()}) if _is_loopback(host) else frozenset({host.lower()})


def _is_loopback(host: str) -> bool:
    return _is_address(host) and ipaddress.ip_address(host).is_loopback


def is_exposed(host: str) -> bool:
    """Return whether other machines can reach a server that listens on this host."""
    return host not in LOOPBACK and not _is_loopback(host)
