"""The real child process behind its client, and `cnn-tui look`."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from tests.workers.inspector.made_runs import COURSE, made_run, noise, noise_classes, spec_of
from tests.workers.shell import PATIENCE, Shell
from tui.common.pipe_frames import HEADER
from tui.inspection.answers import Progress
from tui.inspection.inspector_client import InspectorClient, InspectorEnded, RefusedError
from tui.inspection.requests import Classify, Evaluate, Explain, LookAt, OpenFile, OpenRun, Prepare

pytestmark = pytest.mark.usefixtures("own_home")


async def test_a_child_answers_refuses_and_begins_anew(tmp_path: Path) -> None:
    spec = spec_of(COURSE, tmp_path / "zoo", validation_split=0.5)
    noise_classes(tmp_path / "zoo", spec.data.classes, 40)
    run = made_run(spec, images=40)
    picture = str(noise(tmp_path / "noise.png", 1))
    client = InspectorClient()
    await client.start()
    ready = await asyncio.wait_for(client.ready(), PATIENCE)
    assert (ready.keras, ready.backend) == (keras.__version__, "tensorflow")

    with pytest.raises(RefusedError, match="No network is open"):
        await client.ask(Classify(pictures=(picture,)))
    opened = await client.ask(OpenRun(run=str(run.path)))
    assert [layer.name for layer in opened.layers][:2] == ["conv2d", "max_pooling2d"]
    maps = await client.ask(LookAt(picture=picture, layer=2))
    assert (maps.height, maps.width, maps.depth, len(maps.channels)) == (7, 9, 6, 6)
    prepared = await client.ask(Prepare(picture=picture))
    assert (prepared.height, prepared.width, prepared.depth) == (20, 24, 3)

    # What is refused changes nothing, and what Keras prints tears no frame.
    (run.path / "kept" / "epoch-0002.npz").write_bytes(b"torn")
    for request in (
        OpenRun(run=str(run.path), weights="epoch-2"),
        OpenRun(run=str(tmp_path)),
        OpenFile(path=picture),
    ):
        with pytest.raises(RefusedError):
            await client.ask(request)
    model = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Lambda(lambda x: x)])
    model.save(tmp_path / "lambda.keras")
    with pytest.raises(RefusedError, match="holds Python code, which is never run here"):
        await client.ask(OpenFile(path=str(tmp_path / "lambda.keras")))
    assert (await client.ask(LookAt(picture=picture, layer=2))).channels == maps.channels
    told: list[Progress] = []
    evaluated = await client.ask(Evaluate(), told.append)
    assert evaluated.images == 40 and told[-1].done == told[-1].total == 40
    process = client._process
    assert process is not None and process.stdin is not None
    process.stdin.write((3).to_bytes(HEADER, "big") + b"\x93\x01\x02")  # a whole frame of nonsense

    # A question that is taken back does not hold up the next one.
    slow = asyncio.create_task(client.ask(Explain(picture=picture, method="occlusion")))
    await asyncio.sleep(0)
    slow.cancel()
    again = await client.ask(LookAt(picture=picture, layer=2))
    assert again.channels == maps.channels

    os.kill(process.pid, signal.SIGKILL)
    with pytest.raises(InspectorEnded, match="killed by signal 9"):
        await client.ask(LookAt(picture=picture, layer=0))
    await client.start()
    with pytest.raises(RefusedError, match="No network is open"):
        await client.ask(LookAt(picture=picture, layer=0))
    await client.ask(OpenRun(run=str(run.path)))
    assert (await client.ask(LookAt(picture=picture, layer=2))).channels == maps.channels
    last = client._process
    await client.close()
    assert last is not None and last.returncode == 0


def test_a_value_is_traced_in_text_and_json(shell: Shell, tmp_path: Path) -> None:
    run = made_run(spec_of(COURSE, tmp_path / "zoo"))
    arguments = ("look", run.path, "--image", noise(tmp_path / "noise.png", 1), "--layer")
    done = shell.call(*arguments, "conv2d", "--trace", "22,18,7")
    assert (done.status, done.err) == (0, ""), done.err
    for words in (
        "column 22, row 18, channel 7:",
        "reads the image, columns 22 to 24, rows 18 to 20",
        "channel 2 (blue): values, weights, products; sum ",
        "sum of 27 products",
        "→ relu →",
        "Keras computed",
    ):
        assert words in done.out
    traced = json.loads(shell.call(*arguments, "dense", "--trace", "8", "--json").out)
    assert (traced["unit"], traced["rule"], traced["activation"]) == (8, "sum", "relu")
    products = [term["value"] * term["weight"] for term in traced["terms"]]
    assert traced["count"] == len(products) == 72
    assert sum(products) + traced["bias"] == pytest.approx(traced["total"], rel=1e-4, abs=1e-5)
    assert traced["difference"] < 1e-4 and traced["terms"][0]["layer"] == "flatten"
    refused = shell.call(*arguments, "conv2d", "--trace", "0,1,0")
    assert refused.status == 2 and "a column from 1 to 22, a row from 1 to 18" in refused.err


def test_a_layer_is_written_as_a_picture_and_nothing_is_overwritten(
    shell: Shell, tmp_path: Path
) -> None:
    run = made_run(spec_of(COURSE, tmp_path / "zoo"))
    picture = noise(tmp_path / "noise.png", 1)
    out = tmp_path / "maps.png"
    arguments = ("look", run.path, "--layer", "conv2d_1", "--image", picture, "--out", out)
    done = shell.call(*arguments)
    assert (done.status, done.err) == (0, ""), done.err
    assert "conv2d_1  Conv2D  9×7×6" in done.out
    with Image.open(out) as sheet:
        assert sheet.format == "PNG" and min(sheet.size) > 96
        assert len(np.unique(np.asarray(sheet))) > 20
    before = out.read_bytes()
    refused = shell.call(*arguments)
    assert refused.status == 1 and "is there already" in refused.err
    assert out.read_bytes() == before
    listed = shell.call("look", run.path, "--weights", "final")
    assert listed.status == 0
    assert listed.out.splitlines()[1].split() == ["conv2d", "Conv2D", "22×18×8", "224"]
