"""The client against children that misbehave: small programs that speak the same frames."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path

import pytest

from tui.common.pipe_frames import FrameError, encode_frame, frame_length
from tui.inspection.answers import Progress
from tui.inspection.inspector_client import InspectorClient, InspectorEnded, RefusedError
from tui.inspection.requests import Cancel, Classify, Evaluate, Kernels, Prepare, decode_request

ROOT = Path(__file__).parents[3]
SPEAKING = """
import os, sys, time
sys.path.insert(0, {root!r})
from tui.common.pipe_frames import *
from tui.inspection.answers import *
from tui.inspection.requests import *
def send(answer): os.write(1, encode_frame(answer))
def next_request():
    header = sys.stdin.buffer.read(HEADER)
    if not header: sys.exit()
    return decode_request(sys.stdin.buffer.read(frame_length(header, MAX_REQUEST_BYTES)))
"""


def child(program: str) -> InspectorClient:
    """Return a client of a small program."""
    return InspectorClient([sys.executable, "-c", SPEAKING.format(root=str(ROOT)) + program])


async def test_answers_find_their_questions_whatever_their_order() -> None:
    async with child(
        "one, two = next_request(), next_request()\n"
        "send(Ready(id=0, keras='3', backend='none'))\n"
        "send(Progress(id=one.id, done=1, total=2))\n"
        "send(Classified(id=two.id, predictions=()))\n"
        "send(Refused(id=one.id, what='It cannot be.', cure='Do without.'))\n"
        "next_request()\n"
    ) as client:
        told: list[Progress] = []
        first = asyncio.create_task(client.ask(Evaluate(), told.append))
        await asyncio.sleep(0)
        second = await client.ask(Classify(pictures=("a.png",)))
        assert second.predictions == ()
        with pytest.raises(RefusedError, match=r"It cannot be\. Do without\."):
            await first
        assert [(progress.done, progress.total) for progress in told] == [(1, 2)]
        assert (await client.ready()).keras == "3"
        assert client.alive


async def test_a_watcher_that_fails_hurts_its_own_question_alone() -> None:
    def fail(progress: Progress) -> None:
        raise ZeroDivisionError

    async with child(
        "one, two = next_request(), next_request()\n"
        "send(Progress(id=one.id, done=1, total=2))\n"
        "send(Classified(id=two.id, predictions=()))\n"
        "next_request()\n"
    ) as client:
        first = asyncio.create_task(client.ask(Evaluate(), fail))
        await asyncio.sleep(0)
        second = await asyncio.wait_for(client.ask(Classify(pictures=("a.png",))), 60)
        assert second.predictions == ()
        with pytest.raises(ZeroDivisionError):
            await first


async def test_a_child_that_dies_is_reported_with_its_last_line() -> None:
    async with child(
        "next_request(); print('Out of luck.\\x1b[2J', file=sys.stderr); sys.exit(3)"
    ) as client:
        with pytest.raises(InspectorEnded, match=r"Out of luck\.␛\[2J"):
            await client.ask(Kernels(layer=0))
        assert not client.alive
        with pytest.raises(InspectorEnded):
            await client.ask(Kernels(layer=0))


async def test_a_killed_child_can_be_started_again() -> None:
    client = child(
        "send(Ready(id=0, keras=str(os.getpid()), backend=''))\nnext_request()\ntime.sleep(60)"
    )
    await client.start()
    process = int((await client.ready()).keras)
    asked = asyncio.create_task(client.ask(Kernels(layer=0)))
    await asyncio.sleep(0.05)
    os.kill(process, 9)
    with pytest.raises(InspectorEnded, match="killed by signal 9"):
        await asked
    await client.start()
    assert int((await client.ready()).keras) != process
    await client.close()


async def test_a_length_that_cannot_be_ends_the_child_and_takes_no_memory() -> None:
    async with child("os.write(1, bytes([255] * 4) + b'x'); time.sleep(60)") as client:
        with pytest.raises(InspectorEnded, match="4,294,967,295 bytes"):
            await client.ready()


async def test_noise_in_the_pipe_ends_the_child() -> None:
    async with child("os.write(1, bytes([0, 0, 0, 3]) + b'oh!'); time.sleep(60)") as client:
        with pytest.raises(InspectorEnded, match="it sent an invalid answer"):
            await client.ready()


async def test_a_deaf_child_is_killed_when_it_is_closed() -> None:
    client = child("send(Ready(id=0, keras=str(os.getpid()), backend=''))\ntime.sleep(600)")
    await client.start()
    process = int((await client.ready()).keras)
    began = time.monotonic()
    await client.close()
    assert time.monotonic() - began < 30
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


async def test_what_cannot_be_started_is_said() -> None:
    client = InspectorClient(["/nowhere/python"])
    with pytest.raises(InspectorEnded, match="cannot be started: No such file"):
        await client.start()
    with pytest.raises(InspectorEnded):
        await client.ready()


async def test_a_cancelled_question_is_taken_back() -> None:
    async with child(
        "asked = next_request(); back = next_request(); other = next_request()\n"
        "assert isinstance(back, Cancel) and back.id == asked.id\n"
        "send(Classified(id=asked.id, predictions=()))\n"
        "send(Prepared(id=other.id, height=1, width=1, depth=1, pixels=b'x'))\n"
        "next_request()\n"
    ) as client:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.ask(Classify(pictures=())), 0.05)
        assert (await client.ask(Prepare(picture="a.png"))).pixels == b"x"


def test_frames_have_a_limit() -> None:
    data = encode_frame(Cancel(id=3))
    assert decode_request(data[4:]) == Cancel(id=3)
    with pytest.raises(FrameError, match="at most 10 are allowed"):
        frame_length(b"\0\0\0\x0b", 10)
    with pytest.raises(FrameError, match="an invalid request"):
        decode_request(b"\x93\x01")
