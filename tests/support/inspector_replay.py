"""Stands in for the child that runs Keras: answers from a recording of it.

It speaks the same frames through the same pipes. A page of channels or filters is cut from the
recorded whole; pictures are read with Pillow, as the child does. Weights whose file holds the word
`torn` are refused as damaged ones are. At a file `slow` in the run's folder it works on an
evaluation until the file is gone.
"""

from __future__ import annotations

import os
import struct
import sys
import time
import zlib
from pathlib import Path

import msgspec
from PIL import Image

from tests.support.inspector_recording import ALL, RECORDED, TILE, key, renamed
from tui.common.pipe_frames import HEADER, encode_frame
from tui.inspection.answers import (
    Answer,
    Classified,
    KernelsShown,
    Maps,
    Numbers,
    Opened,
    Prepared,
    Progress,
    Ready,
    Refused,
    Traced,
    decode_answer,
)
from tui.inspection.requests import (
    Evaluate,
    Kernels,
    LookAt,
    OpenFile,
    OpenRun,
    Prepare,
    Request,
    decode_request,
)
from tui.runs.store.model_files import snapshot_path, snapshots
from tui.runs.store.run_folder import RunFolder


class Replay:
    """What was opened last, and the recording."""

    def __init__(self) -> None:
        data = zlib.decompress(RECORDED.read_bytes())
        self._found = msgspec.msgpack.decode(data, type=dict[str, bytes])
        self._weights = ""
        self._folder = ""
        self._run = RunFolder(Path())

    def answer(self, request: Request) -> Answer:
        """Return the answer to a request; with odd values while a file `odd` is in the run."""
        answer = self._answer(request)
        return odd(answer) if (self._run.path / "odd").exists() else answer

    def _answer(self, request: Request) -> Answer:
        match request:
            case OpenRun():
                return self._open(request)
            case OpenFile():
                return self._recorded("best open")
            case Prepare():
                return prepared(request.picture)
            case LookAt():
                return self._maps(request)
            case Kernels():
                return self._kernels(request)
            case Evaluate():
                return self._evaluate(request)
        return self._recorded(key(self._weights, request, self._folder))

    def _recorded(self, name: str) -> Answer:
        found = self._found.get(name)
        if found is None:
            return Refused(id=0, what=f"This is not in the recording: {name}.")
        return renamed(decode_answer(found[HEADER:]), lambda one: os.path.join(self._folder, one))

    def _open(self, request: OpenRun) -> Answer:
        run = RunFolder(Path(request.run))
        if request.weights.startswith("epoch-"):
            file = snapshot_path(run, int(request.weights.removeprefix("epoch-")))
        else:
            file = run.path / f"{request.weights}.keras"
        if not file.exists() or b"torn" in file.read_bytes():
            return Refused(
                id=0,
                what=f"The weights {request.weights} of {run.name} are damaged.",
                cure="Choose others.",
            )
        self._run, self._weights = run, request.weights
        self._folder = run.spec().data.directory
        opened = self._recorded(f"{request.weights} open")
        if isinstance(opened, Opened):
            return msgspec.structs.replace(opened, snapshots=tuple(snapshots(run)))
        return opened

    def _maps(self, request: LookAt) -> Answer:
        whole = msgspec.structs.replace(
            request, first=0, count=ALL, tile_height=TILE, tile_width=TILE
        )
        maps = self._recorded(key(self._weights, whole, self._folder))
        if not isinstance(maps, Maps):
            return maps
        end = request.first + request.count
        return msgspec.structs.replace(
            maps, channels=maps.channels[request.first : end], units=maps.units[request.first :]
        )

    def _kernels(self, request: Kernels) -> Answer:
        whole = Kernels(layer=request.layer, count=ALL)
        shown = self._recorded(key(self._weights, whole, self._folder))
        if not isinstance(shown, KernelsShown):
            return shown
        end = request.first + request.count
        return msgspec.structs.replace(shown, kernels=shown.kernels[request.first : end])

    def _evaluate(self, request: Evaluate) -> Answer:
        while (self._run.path / "slow").exists():
            send(Progress(id=request.id, done=120, total=360))
            time.sleep(0.02)
        return self._recorded(key(self._weights, Evaluate(), self._folder))


ODD = (-3.4028235e38, 1.1754944e-38, 324_467e12, -0.98587, 0.0, 123456.789, float("nan"))
"""Huge, tiny, negative and missing values of float32."""


def odd(answer: Answer) -> Answer:
    """Return an answer in which the values are as odd as a float32 can be."""
    change = msgspec.structs.replace
    match answer:
        case Maps():
            channels = tuple(
                change(one, least=ODD[n % 4], greatest=ODD[2], mean=ODD[(n + 1) % 7])
                for n, one in enumerate(answer.channels)
            )
            units = tuple(ODD[n % len(ODD)] for n in range(len(answer.units)))
            return change(answer, channels=channels, units=units)
        case Numbers():
            size = answer.height * answer.width
            values = struct.pack(f"<{size}f", *(ODD[n % 6] for n in range(size)))
            return change(answer, values=values)
        case Traced():
            return odd_trace(answer)
        case KernelsShown():
            return change(
                answer,
                kernels=tuple(change(one, least=ODD[0], greatest=ODD[1]) for one in answer.kernels),
            )
        case Classified():
            return change(
                answer,
                predictions=tuple(
                    change(one, probabilities=(0.99996, 0.0000321, 1.1754944e-38, *[0.0] * 7))
                    for one in answer.predictions
                ),
            )
    return answer


def odd_trace(answer: Traced) -> Traced:
    """Return a traced value in which all numbers are odd."""
    change = msgspec.structs.replace
    size = len(answer.values) // 4
    return change(
        answer,
        output=ODD[0],
        computed=ODD[2],
        total=ODD[0],
        bias=ODD[0],
        values=struct.pack(f"<{size}f", *(ODD[n % 7] for n in range(size))),
        weights=struct.pack(f"<{size}f", *(ODD[n % 5] for n in range(size)))
        if answer.weights
        else b"",
        terms=tuple(
            change(one, value=ODD[n % 7], weight=ODD[n % 5]) for n, one in enumerate(answer.terms)
        ),
    )


def prepared(picture: str) -> Answer:
    """Return a digit as the network gets it."""
    try:
        with Image.open(picture) as image:
            grey = image.convert("L").resize((8, 8), Image.Resampling.NEAREST)
    except OSError:
        name = os.path.basename(picture)
        return Refused(
            id=0, what=f"{name} cannot be read as an image.", cure="Choose another image."
        )
    return Prepared(id=0, height=8, width=8, depth=1, pixels=grey.tobytes())


def send(answer: Answer) -> None:
    """Write a frame."""
    sys.stdout.buffer.write(encode_frame(answer))
    sys.stdout.buffer.flush()


def main() -> None:
    """Answer until the pipe closes."""
    replay = Replay()
    send(Ready(id=0, keras="3.14.1", backend="tensorflow"))
    while len(header := sys.stdin.buffer.read(HEADER)) == HEADER:
        request = decode_request(sys.stdin.buffer.read(int.from_bytes(header, "big")))
        send(msgspec.structs.replace(replay.answer(request), id=request.id))


if __name__ == "__main__":
    main()
