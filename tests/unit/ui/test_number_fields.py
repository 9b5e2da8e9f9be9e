"""Forms of whole numbers: what was not changed there stays exactly as it was."""

from __future__ import annotations

import msgspec
from textual import on
from textual.app import App, ComposeResult

from tui.areas.data.loader_form import AugmentForm, LoaderForm
from tui.datasets import Augmentation, LoaderSettings
from tui.ui.forms.fields import NumberInput

FINE = LoaderSettings(
    directory="pets",
    classes=("cats", "dogs"),
    validation_split=0.125,
    rescale_divisor=127.5,
    seed=None,
    augmentation=Augmentation(rotation_range=7.5, zoom_range=0.125),
)


class Forms(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.settings: LoaderSettings | None = None
        self.augmentation: Augmentation | None = None

    def compose(self) -> ComposeResult:
        yield LoaderForm()
        yield AugmentForm()

    @on(LoaderForm.Changed)
    def _loader(self, event: LoaderForm.Changed) -> None:
        self.settings = event.settings

    @on(AugmentForm.Changed)
    def _augment(self, event: AugmentForm.Changed) -> None:
        self.augmentation = event.augmentation


async def test_a_value_that_is_no_whole_number_stays_what_it_is() -> None:
    app = Forms()
    async with app.run_test(size=(100, 60)) as pilot:
        app.query_one(LoaderForm).load(FINE)
        app.query_one(AugmentForm).load(FINE.augmentation)
        await pilot.pause()
        assert app.settings == FINE
        app.query_one("#batch_size", NumberInput).value = "7"
        app.query_one("#height_shift_range", NumberInput).value = "3"
        await pilot.pause()
        assert app.settings == msgspec.structs.replace(FINE, batch_size=7)
        assert app.augmentation == msgspec.structs.replace(
            FINE.augmentation, height_shift_range=0.03
        )
        app.query_one("#validation_split", NumberInput).value = "30"
        app.query_one("#rescale_divisor", NumberInput).value = "255"
        app.query_one("#seed", NumberInput).value = "4"
        await pilot.pause()
        assert app.settings == msgspec.structs.replace(
            FINE, batch_size=7, validation_split=0.3, rescale_divisor=255.0, seed=4
        )
