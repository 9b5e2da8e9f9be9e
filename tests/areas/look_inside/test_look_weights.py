"""Look inside: the weights of other epochs, and weights that are damaged."""

from __future__ import annotations

import os

from tests.areas.look_inside.on_look import look
from tests.support.recording import Recorder
from tests.support.seeing import opened, region_text, screen_text, until_seen, until_toast
from tui.runs.store.run_folder import RunFolder


async def test_scrubbing_through_the_kept_epochs(looked_into: RunFolder) -> None:
    async with opened((120, 40)) as (app, pilot):
        await look(pilot)
        before = region_text(app, "#look-said")
        assert "epochs: 0 1 2 ‹3›" in region_text(app, "#look-top")
        await pilot.press("left_square_bracket")
        await until_seen(pilot, "‹2›", "#look-top")
        await pilot.press("left_square_bracket", "left_square_bracket", "left_square_bracket")
        await until_seen(pilot, "before the first epoch", "#look-top")
        assert region_text(app, "#look-said") != before
        await pilot.press("right_square_bracket")
        await until_seen(pilot, "after epoch 1", "#look-top")
        assert app.current_mode == "look"


async def test_an_epoch_that_is_kept_while_one_looks_is_offered(looked_into: RunFolder) -> None:
    kept = looked_into.path / "kept" / "epoch-0003.npz"
    kept.unlink()
    async with opened((120, 40)) as (app, pilot):
        await look(pilot)
        assert "0 1 2" in region_text(app, "#look-top")
        kept.write_bytes(b"recorded")
        await until_seen(pilot, "‹3›", "#look-top")
        assert "epochs: 0 1 2" in region_text(app, "#look-top")


async def test_other_weights_from_the_list(looked_into: RunFolder) -> None:
    async with opened() as (_, pilot):
        await look(pilot)
        await pilot.press("w", "e", "p", "o", "c", "h", "-", "0", "enter")
        await until_seen(pilot, "before the first epoch", "#look-top")


async def test_damaged_weights_are_reported_and_the_ones_before_stay(
    looked_into: RunFolder,
) -> None:
    (looked_into.path / "kept" / "epoch-0002.npz").write_bytes(b"torn")
    async with opened((120, 40)) as (app, pilot):
        await look(pilot)
        await pilot.press("left_square_bracket")
        await until_toast(pilot, "are damaged")
        app.clear_notifications()  # it covers the line below the maps
        await until_seen(pilot, "are damaged", "#look-said")
        assert "best (epoch 3)" in region_text(app, "#look-top")
        assert "▀" in region_text(app, "#look-grid")
        await pilot.press("down")
        await until_seen(pilot, "max_pooling2d 8×8×12 → 4×4×12", "#look-head")
        assert "damaged" not in screen_text(app)


async def test_a_run_with_damaged_weights_leaves_the_one_before_under_its_own_name(
    looked_into: RunFolder, recorder: Recorder
) -> None:
    other = recorder.finished(hour=0)
    os.utime(other.events, (1, 1))  # trained before the run that is looked into
    (other.path / "best.keras").write_bytes(b"torn")
    async with opened((120, 40)) as (app, pilot):
        await look(pilot)
        before = region_text(app, "#look-top")
        assert before.startswith("digits · best (epoch 3)")
        await pilot.press("c")
        await until_seen(pilot, "Choose a run to look into")
        await pilot.press("down", "enter")
        await until_toast(pilot, f"The weights best of {other.name} are damaged. Choose others.")
        await until_seen(pilot, "are damaged", "#look-said")
        assert region_text(app, "#look-top") == before
        await pilot.press("left_square_bracket")
        await until_seen(pilot, "digits · after epoch 2", "#look-top")


async def test_other_weights_of_a_run_whose_best_are_damaged_can_be_taken(
    looked_into: RunFolder, recorder: Recorder
) -> None:
    other = recorder.finished(hour=0)
    os.utime(other.events, (1, 1))  # trained before the run that is looked into
    (other.path / "best.keras").write_bytes(b"torn")
    (other.path / "kept").mkdir(exist_ok=True)
    (other.path / "kept" / "epoch-0002.npz").write_bytes(b"recorded")
    async with opened((120, 40)) as (_, pilot):
        screen = await look(pilot)
        await pilot.press("c")
        await until_seen(pilot, "Choose a run to look into")
        await pilot.press("down", "enter")
        await until_seen(pilot, "are damaged", "#look-said")
        await pilot.press("w")
        await until_seen(pilot, "Weights of ")
        await pilot.press(*"epoch 2", "enter")
        await until_seen(pilot, "after epoch 2", "#look-top")
        assert screen.session.view.selection.run == str(other.path)
        # Now it is this run's weights that w offers.
        await pilot.press("w")
        await until_seen(pilot, "Weights of ")
