"""What a failed connection means, in one sentence with its cure."""

from __future__ import annotations

import errno
import socket
import ssl
import urllib.error
from http.client import HTTPException

from tui.common.text import clean

NO_NETWORK = "The digits and the generated shapes need no network."
_NO_WAY = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL})


def status_sentence(status: int, host: str) -> str:
    """Say what a server's refusal means."""
    if status in (404, 410):
        return f"{host} has no such file ({status}): check the address."
    if status in (401, 403):
        return (
            f"{host} does not give that file to everybody ({status}): download it in a browser and "
            "name the file instead."
        )
    if status == 429 or status >= 500:
        return f"{host} cannot answer now ({status}): try again later."
    return f"{host} answered {status} instead of the file: check the address."


def connection_sentence(error: BaseException, host: str) -> str:
    """Say why there is no connection.

    Args:
        error: what was raised.
        host: the server, safe to show.
    """
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, socket.gaierror):
        return f"{host} cannot be found: this machine seems to be offline. {NO_NETWORK}"
    if isinstance(cause, OSError) and cause.errno in _NO_WAY:
        return f"There is no way to {host}: this machine seems to be offline. {NO_NETWORK}"
    if isinstance(cause, ssl.SSLCertVerificationError):
        why = cause.verify_message or "not valid"
        return (
            f"The certificate of {host} is not accepted ({clean(why)}): check the machine's clock."
        )
    if isinstance(cause, TimeoutError):
        return f"{host} does not answer: try again later. {NO_NETWORK}"
    if isinstance(cause, ConnectionRefusedError):
        return f"{host} refuses the connection: check the address, or try again later."
    if isinstance(cause, HTTPException):
        return (
            f"{host} does not speak HTTP as it should ({type(cause).__name__}): check the address."
        )
    why = cause.strerror if isinstance(cause, OSError) and cause.strerror else str(cause)
    return f"{host} cannot be reached ({clean(why, 80)}): check the address, or try again later."
