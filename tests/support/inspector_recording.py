"""Records what the real child says of a small digits network, to be replayed in the app's tests.

    python -m tests.support.inspector_recording RUN

RUN is a run on the sample `digits` that kept epochs 0 to 3. The answers are written beside this
file; pictures are named by their path in the folder of images, so that the recording holds on any
machine. `inspector_replay.py` plays it.
"""

from __future__ import annotations

import asyncio
import os
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from tui.common.pipe_frames import encode_frame
from tui.inspection.answers import Answer, Classified, Evaluated, Opened, Prediction
from tui.inspection.inspector_client import InspectorClient
from tui.inspection.requests import (
    Classify,
    Evaluate,
    Explain,
    Kernels,
    LookAt,
    OpenRun,
    Request,
    Trace,
    Values,
)
from tui.runs.store.run_folder import RunFolder

RECORDED = Path(__file__).with_name("looking.recording")
WEIGHTS = ("best", "epoch-0", "epoch-1", "epoch-2", "epoch-3")
NETWORK = (
    "8x8x1 conv:k=12,f=3,p=same,a=relu maxpool:f=2 conv:k=8,f=3,p=same,a=relu "
    "flatten dense:k=10,a=softmax"
)
"""The recorded run's."""
ALL = 4096
TILE = 64
"""Larger than any map of the network: recorded maps are at full size."""


def pictures(folder: Path) -> list[str]:
    """Return the pictures that are recorded, relative to the folder: the first three zeros."""
    return [f"0/{path.name}" for path in sorted((folder / "0").iterdir())[:3]]


def key(weights: str, request: Request, folder: str) -> str:
    """Return what an answer is found by: the request without what the machine decides."""
    values = msgspec.to_builtins(request)
    values.pop("id")
    if "picture" in values:
        values["picture"] = os.path.relpath(values["picture"], folder)
    if "pictures" in values:
        values["pictures"] = [os.path.relpath(one, folder) for one in values["pictures"]]
    return f"{weights} {msgspec.json.encode(values, order='sorted').decode()}"


async def record(run: RunFolder) -> dict[str, bytes]:
    """Ask the real child everything that the tests ask, and more."""
    folder = run.spec().data.directory
    found: dict[str, bytes] = {}
    async with InspectorClient() as client:
        for weights in WEIGHTS:
            opened = await client.ask(OpenRun(run=str(run.path), weights=weights))
            found[f"{weights} open"] = encode_frame(opened)
            for request in requests(opened, Path(folder)):
                if isinstance(request, Values) and weights not in ("best", "epoch-0"):
                    continue
                if isinstance(request, Trace) and weights != "best":
                    continue
                answer = relative(await asked(client, request), folder)
                found[key(weights, request, folder)] = encode_frame(answer)
    return found


async def asked(client: InspectorClient, request: Any) -> Answer:
    """Ask anything."""
    answer: Answer = await client.ask(request)
    return answer


def requests(opened: Opened, folder: Path) -> list[Request]:
    """Return what is recorded of one of the weights."""
    found: list[Request] = [Evaluate()]
    for name in pictures(folder):
        picture = str(folder / name)
        found += [Classify(pictures=(picture,))]
        found += [Explain(picture=picture, method="grad-cam", label=label) for label in (-1, 1)]
        found += [Explain(picture=picture, method="occlusion")]
        for number, layer in enumerate(opened.layers):
            whole = LookAt(
                picture=picture, layer=number, count=ALL, tile_height=TILE, tile_width=TILE
            )
            found += [whole, msgspec.structs.replace(whole, order="activation")]
            if layer.spatial and name == pictures(folder)[0]:
                found += [
                    Values(picture=picture, layer=number, channel=channel)
                    for channel in range(layer.depth)
                ]
            if name == pictures(folder)[0]:
                found += [
                    Trace(picture=picture, layer=number, channel=channel, x=x, y=y)
                    for y in range(max(layer.height, 1))
                    for x in range(max(layer.width, 1))
                    for channel in range(layer.depth)
                ]
    found += [
        Kernels(layer=number, count=ALL)
        for number, layer in enumerate(opened.layers)
        if layer.kind == "Conv2D"
    ]
    return found


def relative(answer: Answer, folder: str) -> Answer:
    """Return an answer with its pictures named from the folder of images."""
    return renamed(answer, lambda picture: os.path.relpath(picture, folder))


def renamed(answer: Answer, name: Callable[[str], str]) -> Answer:
    """Return an answer with other names for the pictures of its predictions, if it has any."""

    def one(prediction: Prediction) -> Prediction:
        return msgspec.structs.replace(prediction, picture=name(prediction.picture))

    match answer:
        case Evaluated():
            return msgspec.structs.replace(answer, mistakes=tuple(map(one, answer.mistakes)))
        case Classified():
            return msgspec.structs.replace(answer, predictions=tuple(map(one, answer.predictions)))
    return answer


def main() -> None:
    """Record."""
    found = asyncio.run(record(RunFolder(Path(sys.argv[1]))))
    RECORDED.write_bytes(zlib.compress(msgspec.msgpack.encode(found), 9))
    print(f"{len(found)} answers, {RECORDED.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
