"""Downloading from a real server on loopback, well-behaved and not."""

from __future__ import annotations

import hashlib
import http.client
import io
import random
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.datasets.fetch_server import Site, free_port, serving
from tui.datasets.getting import ConnectionLost, Control, GetError, RefusedArchive, TransferStopped
from tui.datasets.getting import download as module
from tui.datasets.getting.connection import ConnectionHandle, _Redirects
from tui.datasets.getting.course_sets import Remote
from tui.datasets.getting.download import download
from tui.datasets.getting.part_file import PartFile

DATA = random.Random(1).randbytes(700_000)
OTHER = random.Random(2).randbytes(700_000)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAIT_SECONDS", 0.0)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


@pytest.fixture
def part(tmp_path: Path) -> PartFile:
    return PartFile(tmp_path / "part-0")


def test_a_file_arrives_whole(site: Site, part: PartFile) -> None:
    site.serve("a.zip", DATA)
    control = Control()
    download(Remote(site.url("a.zip"), len(DATA)), part, control)
    assert part.path.read_bytes() == DATA
    assert (control.progress.done, control.progress.total) == (len(DATA), len(DATA))


def test_what_is_whole_is_not_asked_for_again(site: Site, part: PartFile) -> None:
    served = site.serve("a.zip", DATA)
    remote = Remote(site.url("a.zip"))
    download(remote, part, Control())
    download(remote, part, Control())
    assert len(served.asked) == 1


def test_a_connection_that_breaks_off_is_taken_up_in_the_middle(site: Site, part: PartFile) -> None:
    served = site.serve("a.zip", DATA, break_at=[300_000])
    download(Remote(site.url("a.zip")), part, Control())
    assert part.path.read_bytes() == DATA
    assert served.asked[1]["range"] == "bytes=300000-"
    assert served.asked[1]["if-range"] == served.etag


def test_one_that_breaks_off_for_good_leaves_a_part_and_a_sentence(
    site: Site, part: PartFile
) -> None:
    served = site.serve("a.zip", DATA, break_at=[300_000, 0])
    with pytest.raises(ConnectionLost) as told:
        download(Remote(site.url("a.zip")), part, Control())
    assert str(told.value) == (
        "The connection to 127.0.0.1 broke off after 300 kB of 700 kB; they are kept: get it again "
        "to continue from there."
    )
    assert part.path.read_bytes() == DATA[:300_000]
    # Another process, later:
    download(Remote(site.url("a.zip")), PartFile(part.path), Control())
    assert part.path.read_bytes() == DATA
    assert served.asked[-1]["range"] == "bytes=300000-"


def test_a_server_that_ignores_ranges_is_read_from_the_beginning(
    site: Site, part: PartFile
) -> None:
    served = site.serve("a.zip", DATA, break_at=[300_000], ranges=False)
    download(Remote(site.url("a.zip")), part, Control())
    assert part.path.read_bytes() == DATA
    assert "range" in served.asked[1]


@pytest.mark.parametrize("honest", [True, False], ids=["obeys If-Range", "ignores If-Range"])
def test_two_versions_of_a_file_are_never_joined(site: Site, part: PartFile, honest: bool) -> None:
    site.serve("a.zip", DATA, break_at=[300_000, 0])
    with pytest.raises(ConnectionLost):
        download(Remote(site.url("a.zip")), part, Control())
    site.serve("a.zip", OTHER, honest=honest)
    download(Remote(site.url("a.zip")), part, Control())
    assert part.path.read_bytes() == OTHER


def test_a_file_that_became_shorter_than_the_part_is_begun_anew(site: Site, part: PartFile) -> None:
    site.serve("a.zip", DATA, break_at=[300_000, 0])
    with pytest.raises(ConnectionLost):
        download(Remote(site.url("a.zip")), part, Control())
    site.serve("a.zip", OTHER[:1000], honest=False)
    download(Remote(site.url("a.zip")), part, Control())
    assert part.path.read_bytes() == OTHER[:1000]


def test_without_a_validator_a_part_is_not_gone_on_with(site: Site, part: PartFile) -> None:
    served = site.serve("a.zip", DATA, break_at=[300_000], validators=False)
    with pytest.raises(ConnectionLost, match="cannot resume a download"):
        download(Remote(site.url("a.zip")), part, Control())
    served.data = OTHER
    download(Remote(site.url("a.zip")), part, Control())
    assert part.path.read_bytes() == OTHER


def test_a_weak_etag_does_not_join_two_parts(site: Site, part: PartFile) -> None:
    served = site.serve("a.zip", DATA, break_at=[300_000], weak=True)
    with pytest.raises(ConnectionLost, match="cannot resume a download"):
        download(Remote(site.url("a.zip")), part, Control())
    download(Remote(site.url("a.zip")), part, Control())
    assert part.path.read_bytes() == DATA
    assert not any("range" in headers for headers in served.asked)


@pytest.mark.parametrize("later", [DATA, OTHER + OTHER], ids=["same", "longer"])
def test_a_server_that_knows_dates_only(site: Site, part: PartFile, later: bytes) -> None:
    site.serve("a.zip", DATA, break_at=[300_000, 0], dated=True, honest=False)
    with pytest.raises(ConnectionLost, match="they are kept"):
        download(Remote(site.url("a.zip")), part, Control())
    served = site.serve("a.zip", later, dated=True, honest=False)
    download(Remote(site.url("a.zip")), part, Control())
    assert part.path.read_bytes() == later
    assert served.asked[0]["if-range"] == "Sat, 21 Nov 2026 10:00:00 GMT"


def test_a_part_of_another_place_is_not_joined(site: Site, part: PartFile) -> None:
    served = site.serve("a.zip", DATA, break_at=[300_000], shift=-100)
    download(Remote(site.url("a.zip")), part, Control())
    assert part.path.read_bytes() == DATA
    assert ["range" in headers for headers in served.asked] == [False, True, False]


def test_a_server_that_promises_more_than_it_sends(site: Site, part: PartFile) -> None:
    site.serve("a.zip", DATA, claim=900_000)
    with pytest.raises(ConnectionLost, match="after 700 kB of 900 kB"):
        download(Remote(site.url("a.zip")), part, Control())


def test_a_server_that_promises_less_than_it_sends(site: Site, part: PartFile) -> None:
    site.serve("a.zip", DATA, claim=1000)
    remote = Remote(site.url("a.zip"), None, hashlib.sha256(DATA).hexdigest())
    with pytest.raises(RefusedArchive, match="checksum or length differs"):
        download(remote, part, Control())
    assert part.size == 0


def test_another_size_than_the_published_one_is_refused_before_a_byte(
    site: Site, part: PartFile
) -> None:
    site.serve("a.zip", DATA)
    with pytest.raises(RefusedArchive, match=r"700,000 bytes .* 68,606,236 are expected"):
        download(Remote(site.url("a.zip"), 68_606_236), part, Control())
    assert not part.path.exists()


def test_another_content_than_the_published_one_is_thrown_away(site: Site, part: PartFile) -> None:
    site.serve("a.zip", OTHER)
    remote = Remote(site.url("a.zip"), len(DATA), hashlib.sha256(DATA).hexdigest())
    with pytest.raises(RefusedArchive, match="not the file that was published"):
        download(remote, part, Control())
    assert part.size == 0
    site.serve("a.zip", DATA)
    download(remote, part, Control())
    assert part.path.read_bytes() == DATA


@pytest.mark.parametrize("way", ["chunked", "lengths"])
def test_a_file_of_unknown_length_arrives(site: Site, part: PartFile, way: str) -> None:
    site.serve("a.zip", DATA, **{way: way == "chunked"})
    download(Remote(site.url("a.zip")), part, Control())
    assert part.path.read_bytes() == DATA
    assert part.is_complete(site.url("a.zip"))


def test_chunks_that_break_off_are_not_taken_for_the_end(site: Site, part: PartFile) -> None:
    site.serve("a.zip", DATA, chunked=True, break_at=[300_000] * 9)
    with pytest.raises(ConnectionLost):
        download(Remote(site.url("a.zip")), part, Control())


def test_room_is_asked_for_before_a_byte_is_written(site: Site, part: PartFile) -> None:
    site.serve("a.zip", DATA, break_at=[300_000, 0])
    with pytest.raises(ConnectionLost):
        download(Remote(site.url("a.zip")), part, Control())
    asked = []

    def full(missing: int) -> None:
        asked.append(missing)
        raise GetError("The disk is full.")

    with pytest.raises(GetError, match="full"):
        download(Remote(site.url("a.zip")), part, Control(), full)
    assert asked == [400_000]
    assert part.path.read_bytes() == DATA[:300_000]


def test_a_stop_wakes_a_transfer_that_waits_for_the_server(site: Site, part: PartFile) -> None:
    hang = threading.Event()
    site.serve("a.zip", DATA, break_at=[300_000], hang=hang)
    control = Control()
    told: list[BaseException] = []

    def run() -> None:
        try:
            download(Remote(site.url("a.zip")), part, control)
        except GetError as error:
            told.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        while control.progress.done < 300_000:
            time.sleep(0.005)
        control.ask_to_stop()
        thread.join(15)  # the server holds the line for 30 seconds
        assert not thread.is_alive()
    finally:
        hang.set()
        thread.join()
    assert isinstance(told[0], TransferStopped)
    assert str(told[0]).startswith("Stopped after 300 kB of 700 kB; they are kept")
    assert part.path.read_bytes() == DATA[:300_000]
    download(Remote(site.url("a.zip")), part, Control())
    assert part.path.read_bytes() == DATA


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (404, "127.0.0.1 has no such file (404): check the address."),
        (
            403,
            "127.0.0.1 does not give everybody access to that file (403): download it in a browser",
        ),
        (503, "127.0.0.1 cannot answer now (503): try again later."),
    ],
)
def test_a_refusal_is_one_sentence(site: Site, part: PartFile, status: int, sentence: str) -> None:
    site.serve("a.zip", DATA, status=status)
    with pytest.raises(GetError) as told:
        download(Remote(site.url("a.zip")), part, Control())
    assert str(told.value).startswith(sentence)


def test_a_port_where_nobody_listens_is_reported(part: PartFile) -> None:
    with pytest.raises(GetError, match="refuses the connection"):
        download(Remote(f"http://127.0.0.1:{free_port()}/a.zip"), part, Control())


def test_offline_is_one_sentence_that_names_what_needs_no_network(
    part: PartFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_names(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", no_names)
    with pytest.raises(GetError) as told:
        download(Remote("https://storage.googleapis.com/x/a.zip"), part, Control())
    assert str(told.value) == (
        "storage.googleapis.com cannot be found: this machine seems to be offline. The digits and "
        "the generated shapes need no network."
    )


def test_a_redirect_is_followed(site: Site, part: PartFile) -> None:
    site.serve("a.zip", b"", redirect=site.url("b.zip"))
    there = site.serve("b.zip", DATA, break_at=[300_000])
    download(Remote(site.url("a.zip")), part, Control())
    assert part.path.read_bytes() == DATA
    assert there.asked[1]["range"] == "bytes=300000-"


@pytest.mark.parametrize("target", ["file:///etc/hostname", "ftp://127.0.0.1/a", "data:,hello"])
def test_a_redirect_to_anything_but_http_is_refused(
    site: Site, part: PartFile, target: str
) -> None:
    site.serve("a.zip", b"", redirect=target)
    with pytest.raises(GetError):
        download(Remote(site.url("a.zip")), part, Control())
    assert part.size == 0


def test_a_redirect_from_https_to_http_is_refused() -> None:
    request = urllib.request.Request("https://example.org/a.zip")
    headers = http.client.HTTPMessage()
    with pytest.raises(urllib.error.URLError, match="from https to http"):
        _Redirects().redirect_request(
            request, io.BytesIO(), 302, "Found", headers, "http://example.org/a.zip"
        )


def test_a_stop_before_the_connection_stands_cuts_it_at_once() -> None:
    one, other = socket.socketpair()
    with one, other:
        connection = ConnectionHandle()
        connection.close()
        connection.attach(one)
        other.settimeout(5)
        assert other.recv(1) == b""
