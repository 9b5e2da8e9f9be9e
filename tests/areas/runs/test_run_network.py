"""The network of a run on screen, and what it needs to be looked inside."""

from __future__ import annotations

import json

import pytest

from tests.areas.runs.on_run import shown
from tests.support.external_runs import (
    beginning,
    epochs_of,
    finished,
    live,
    script,
    usual,
)
from tests.support.recording import Recorder
from tests.support.seeing import SMALL, region_text, screen_text, until, until_seen, until_toast
from tests.support.written_networks import BRANCHED, CHAIN
from tui.runs.settings.external_spec import NETWORK_NAME


async def test_n_shows_its_network_and_c_takes_a_chain_to_the_calculator(
    recorder: Recorder,
) -> None:
    run = live(recorder, script(), [*beginning(), *epochs_of([usual(1)])])
    (run.path / NETWORK_NAME).write_text(json.dumps(CHAIN))
    async with shown(run, SMALL) as (app, pilot):
        await pilot.press("n")
        await until_seen(pilot, "26×26×8")
        text = screen_text(app)
        assert "compiled with Adam, loss sparse_categorical_crossentropy" in text
        assert "80" in text and "54,090" in text  # parameters of both layers
        await pilot.press("c")
        await until(pilot, lambda: app.current_mode == "calculator")
        await until_seen(pilot, "conv  →  flatten  →  dense")
        assert app.network is not None and len(app.network.layers) == 3


async def test_branches_are_a_graph_that_stays_here(recorder: Recorder) -> None:
    run = recorder.make([*beginning(), *epochs_of([usual(1)]), finished(1)], script())
    (run.path / NETWORK_NAME).write_text(json.dumps(BRANCHED))
    async with shown(run, SMALL) as (app, pilot):
        await pilot.press("n")
        await until_seen(pilot, "1+2")
        assert "Calculator" not in region_text(app, "Footer")
        await pilot.press("c")
        await pilot.pause()
        assert app.current_mode == "runs"
        await pilot.press("escape")
        await until(pilot, lambda: bool(app.screen.query("#head")))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "This run has no network"),
        ("{", "this is not JSON"),
        ('{"class_name": "Mine"}', "Mine"),
    ],
)
async def test_a_network_that_cannot_be_read_is_a_sentence(
    recorder: Recorder, text: str | None, words: str
) -> None:
    run = recorder.make([*beginning(), *epochs_of([usual(1)]), finished(1)], script())
    if text is not None:
        (run.path / NETWORK_NAME).write_text(text)
    async with shown(run, SMALL) as (_, pilot):
        await pilot.press("n")
        await until_seen(pilot, words)


async def test_an_own_training_shows_its_network_too(recorder: Recorder) -> None:
    async with shown(recorder.finished(epochs=2), SMALL) as (app, pilot):
        await pilot.press("n")
        await until(pilot, lambda: bool(app.screen.query("#run-network-table")))
        await until_seen(pilot, "8×8×1")


async def test_without_weights_look_inside_says_what_saves_them(recorder: Recorder) -> None:
    run = recorder.make([*beginning(), *epochs_of([usual(1)]), finished(1)], script(save=""))
    async with shown(run, SMALL) as (app, pilot):
        await pilot.press("i")
        await until_toast(pilot, 'RunCallback(save="best") in train.py saves them.')
        assert app.current_mode == "runs"
