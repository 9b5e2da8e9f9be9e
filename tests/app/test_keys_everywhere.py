"""One rule for keys on every screen and window of the app, which this walks through.

Escape leads one step back, and the footer says to where. Tab goes through everything that takes
the focus. Digits in a field are text. No key in the footer is dead. Help begins with the keys.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

from textual.screen import Screen

import tui
from tests.app.key_walk import SIZE, Place, Walker
from tests.app.places import ALL, CALCULATOR, DATA, HOME, LESSONS, LOOK, RUN, RUNS, TRAIN, walk
from tests.support.recording import Recorder
from tests.support.screen_fixtures import MakeImages
from tests.support.seeing import opened, screen_text, until
from tests.unit.keras_io.keras_texts import archive, functional, layer
from tui.areas.data.data_screen import DataScreen
from tui.areas.train.train_screen import TrainScreen
from tui.ui.area_screen import AreaScreen
from tui.ui.dialogs.window import Window

BASES = {AreaScreen, Window}
"""Screens that are never shown themselves."""


def test_every_screen_of_the_app_is_walked_through() -> None:
    for module in pkgutil.walk_packages(tui.__path__, "tui."):
        if module.name.startswith(("tui.areas", "tui.ui", "tui.app")):
            importlib.import_module(module.name)
    known = {place.screen for place in walk(*ALL)} | BASES

    def below(kind: type[Screen[Any]]) -> Iterator[type[Screen[Any]]]:
        for one in kind.__subclasses__():
            yield one
            yield from below(one)

    found = {kind for kind in below(Screen) if kind.__module__.startswith("tui.")}
    missing = sorted(kind.__name__ for kind in found - known)
    assert not missing, f"add to this test how to reach {missing}"


async def test_home_and_help() -> None:
    async with opened(SIZE) as (app, pilot):
        await Walker(app, pilot).visit(HOME)


async def test_lessons() -> None:
    async with opened(SIZE) as (app, pilot):
        await Walker(app, pilot).visit(LESSONS)


async def test_calculator() -> None:
    async with opened(SIZE) as (app, pilot):
        await Walker(app, pilot).visit(CALCULATOR)


async def test_data(images: MakeImages) -> None:
    folder = images("pets", cats=8, dogs=8)
    async with opened(SIZE) as (app, pilot):
        walker = Walker(app, pilot)
        await walker.reach(Place(DataScreen, ("3",), "Samples"))
        await pilot.press("slash", *str(folder), "enter")
        await until(pilot, lambda: "16 images" in screen_text(app))
        await walker.visit(Place(DataScreen, (), "16 images", DATA.inside))


async def test_train(digits: object) -> None:
    async with opened(SIZE) as (app, pilot):
        await pilot.press("4", "d")
        await until(pilot, lambda: "1,442 training" in screen_text(app))
        await Walker(app, pilot).visit(Place(TrainScreen, (), "epochs", TRAIN.inside))


async def test_runs(recorder: Recorder, digits: object) -> None:
    recorder.live()
    recorder.finished()
    recorder.died()
    async with opened(SIZE) as (app, pilot):
        await Walker(app, pilot).visit(RUNS)


async def test_a_run(recorder: Recorder, digits: object) -> None:
    recorder.finished()
    async with opened(SIZE) as (app, pilot):
        await Walker(app, pilot).visit(RUN)


async def test_look_inside(looked_into: object, here: Any) -> None:
    text = functional({"one": ["input"]}, layer("Flatten", "one"))
    (here / "model.keras").write_bytes(archive(text))
    async with opened(SIZE) as (app, pilot):
        await Walker(app, pilot).visit(LOOK)
