"""A real HTTP server on loopback that can behave badly, and small archives to serve."""

from __future__ import annotations

import hashlib
import io
import socket
import tarfile
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from PIL import Image


@dataclass
class Served:
    """One file on the server, and what the server does wrong with it.

    Args:
        data: the file.
        break_at: bytes of an answer after which the connection is cut, one number an answer; the
            answers after the last are whole.
        claim: the Content-Length to state instead of the true one.
        ranges: whether Range is understood.
        validators: whether an ETag is sent.
        honest: whether If-Range is obeyed.
        weak: whether the ETag is a weak one.
        dated: whether a date stands in the ETag's place, and in whole answers only.
        shift: by how much the place that an answer states is wrong.
        lengths: whether a Content-Length is sent at all.
        chunked: whether to send in chunks.
        status: an answer to give instead.
        redirect: where to send everybody.
        hang: set while the server sends no more after `break_at`.
        asked: the headers of every request.
    """

    data: bytes
    break_at: list[int] = field(default_factory=list)
    claim: int | None = None
    ranges: bool = True
    validators: bool = True
    honest: bool = True
    weak: bool = False
    dated: bool = False
    shift: int = 0
    lengths: bool = True
    chunked: bool = False
    status: int = 0
    redirect: str = ""
    hang: threading.Event | None = None
    asked: list[dict[str, str]] = field(default_factory=list)

    @property
    def etag(self) -> str:
        weak = "W/" if self.weak else ""
        return f'{weak}"{hashlib.sha256(self.data).hexdigest()[:16]}"'


class Site:
    """The files of a server, by path; a test may change them between two requests."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.files: dict[str, Served] = {}

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.port}/{name}"

    def serve(self, name: str, data: bytes, **behaviour: object) -> Served:
        served = self.files[name] = Served(data, **behaviour)  # type: ignore[arg-type]
        return served


def _handler(site_of: list[Site]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            served = site_of[0].files.get(self.path.lstrip("/"))
            if served is None:
                self.send_error(404)
                return
            served.asked.append({name.lower(): value for name, value in self.headers.items()})
            if served.redirect:
                self.send_response(302)
                self.send_header("Location", served.redirect)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            if served.status:
                self.send_error(served.status)
                return
            self._send(served)

        def _send(self, served: Served) -> None:
            body, start = served.data, 0
            wanted = self.headers.get("Range")
            condition = self.headers.get("If-Range")
            fits = condition in (None, served.etag) or not served.honest
            if wanted and served.ranges and fits:
                start = int(wanted.removeprefix("bytes=").rstrip("-"))
                if start >= len(body):
                    self.send_error(416)
                    return
                self.send_response(206)
                stated = start + served.shift
                self.send_header("Content-Range", f"bytes {stated}-{len(body) - 1}/{len(body)}")
            else:
                self.send_response(200)
            body = body[start:]
            if served.dated:
                if not start:
                    self.send_header("Last-Modified", "Sat, 21 Nov 2026 10:00:00 GMT")
            elif served.validators:
                self.send_header("ETag", served.etag)
            if served.chunked:
                self.send_header("Transfer-Encoding", "chunked")
            elif served.lengths:
                self.send_header("Content-Length", str(served.claim or len(body)))
            self.end_headers()
            cut = served.break_at.pop(0) if served.break_at else None
            self._body(served, body[:cut], whole=cut is None)
            self.close_connection = True
            if cut is not None and served.hang is not None:
                served.hang.wait(30)

        def _body(self, served: Served, body: bytes, *, whole: bool) -> None:
            try:
                if served.chunked:
                    self.wfile.write(b"%x\r\n" % len(body) + body + b"\r\n")
                    self.wfile.write(b"0\r\n\r\n" if whole else b"ff\r\nxx")
                else:
                    self.wfile.write(body)
                self.wfile.flush()
            except OSError:
                pass  # whoever asked has gone

    return Handler


@contextmanager
def serving() -> Iterator[Site]:
    """Run a server until the block ends."""
    sites: list[Site] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(sites))
    server.daemon_threads = True
    sites.append(Site(server.server_address[1]))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield sites[0]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def picture(colour: int = 0, side: int = 12) -> bytes:
    """Return a small PNG."""
    out = io.BytesIO()
    Image.new("RGB", (side, side), (colour % 256, 90, 160)).save(out, "PNG")
    return out.getvalue()


def pets(top: str = "", number: int = 4) -> dict[str, bytes]:
    """Return the files of a small set: cats and dogs."""
    return {
        f"{top}{label}/{index}.png": picture(40 * index + shift)
        for shift, label in enumerate(("cats", "dogs"))
        for index in range(number)
    }


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return a zip of some files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred(files: Mapping[str, bytes], mode: str = "w:gz") -> bytes:
    """Return a tar of some files."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return out.getvalue()
