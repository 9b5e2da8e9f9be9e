"""HTTP connections that another thread can close, and what their errors mean."""

from __future__ import annotations

import contextlib
import errno
import http.client
import socket
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from typing import IO, Any

from tui import __version__
from tui.common.text import clean

TIMEOUT = 30.0
"""Seconds without a byte after which a connection counts as broken."""


class ConnectionHandle:
    """Holds the socket of a connection, so that another thread can close it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._closed = False

    def attach(self, connected: socket.socket) -> None:
        """Set the socket, once it is connected."""
        with self._lock:
            self._socket = connected
            if self._closed:
                self._shut_down()

    def close(self) -> None:
        """Close the connection; a blocked read returns at once, with an error or at the end."""
        with self._lock:
            self._closed = True
            self._shut_down()

    def _shut_down(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):  # it may have ended already
                # The plain socket's own method: that of TLS would reach into the reader's state.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


class _Redirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if req.full_url.lower().startswith("https:") and newurl.lower().startswith("http:"):
            raise urllib.error.URLError("it redirects from https to http, which is not secure")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _connection_class(
    kind: type[http.client.HTTPConnection], connection: ConnectionHandle
) -> Callable[..., http.client.HTTPConnection]:
    """Return a connection class that attaches its socket to `connection` once it is connected."""

    class Held(kind):  # type: ignore[valid-type,misc]
        def connect(self) -> None:
            super().connect()
            connection.attach(self.sock)

    return Held


class _Http(urllib.request.HTTPHandler):
    def __init__(self, connection: ConnectionHandle) -> None:
        super().__init__()
        self._connection = connection

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        connection: Any = _connection_class(http.client.HTTPConnection, self._connection)
        return self.do_open(connection, req)


class _Https(urllib.request.HTTPSHandler):
    def __init__(self, connection: ConnectionHandle) -> None:
        super().__init__()
        self._connection = connection

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        connection: Any = _connection_class(http.client.HTTPSConnection, self._connection)
        return self.do_open(connection, req, context=ssl.create_default_context())


def open_url(
    url: str, headers: dict[str, str], connection: ConnectionHandle
) -> http.client.HTTPResponse:
    """Request a file from a server.

    A proxy set in the environment is used. Redirects are followed, but only to http and https,
    and never from https to http.

    Args:
        url: an http or https address.
        headers: further headers.
        connection: the handle that can close the connection.

    Raises:
        OSError: if there is no connection, or an error status (`urllib.error.HTTPError` holds
            it).
        http.client.HTTPException: if the response is not HTTP.
    """
    # Not build_opener: its handlers would follow a redirect to ftp: and open file: and data:.
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        _Http(connection),
        _Https(connection),
        _Redirects(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    request = urllib.request.Request(url)
    request.add_header("User-Agent", f"cnn-tui/{__version__}")
    request.add_header("Accept-Encoding", "identity")
    for name, value in headers.items():
        request.add_header(name, value)
    response: http.client.HTTPResponse = opener.open(request, timeout=TIMEOUT)
    return response


OFFLINE_SETS = "The digits and the generated shapes need no network."
_UNREACHABLE = frozenset(
    {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL}
)


def status_sentence(status: int, host: str) -> str:
    """Explain an HTTP error status."""
    if status in (404, 410):
        return f"{host} has no such file ({status}): check the address."
    if status in (401, 403):
        return (
            f"{host} does not give everybody access to that file ({status}): download it in a "
            "browser and give the path of the file instead."
        )
    if status == 429 or status >= 500:
        return f"{host} cannot answer now ({status}): try again later."
    return f"{host} answered {status} instead of the file: check the address."


def connection_sentence(error: BaseException, host: str) -> str:
    """Explain why there is no connection.

    Args:
        error: what was raised.
        host: the server, safe to show.
    """
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, socket.gaierror):
        return f"{host} cannot be found: this machine seems to be offline. {OFFLINE_SETS}"
    if isinstance(cause, OSError) and cause.errno in _UNREACHABLE:
        return f"{host} cannot be reached: this machine seems to be offline. {OFFLINE_SETS}"
    if isinstance(cause, ssl.SSLCertVerificationError):
        why = cause.verify_message or "not valid"
        return (
            f"The certificate of {host} is not accepted ({clean(why)}): check the machine's clock."
        )
    if isinstance(cause, TimeoutError):
        return f"{host} does not answer: try again later. {OFFLINE_SETS}"
    if isinstance(cause, ConnectionRefusedError):
        return f"{host} refuses the connection: check the address, or try again later."
    if isinstance(cause, HTTPException):
        return f"{host} sent an invalid HTTP response ({type(cause).__name__}): check the address."
    why = cause.strerror if isinstance(cause, OSError) and cause.strerror else str(cause)
    return f"{host} cannot be reached ({clean(why, 80)}): check the address, or try again later."
