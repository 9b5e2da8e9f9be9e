"""One run on screen, ended or live, whatever its folder holds."""

from __future__ import annotations

import zipfile

import pytest

from tests.areas.runs.on_run import dots, history, shown
from tests.support.recording import (
    HOSTILE,
    Recorder,
    append,
    best,
    control,
    epoch_begun,
    epoch_ended,
    finished,
    metrics,
    spec,
    whole_epochs,
)
from tests.support.seeing import region_text, screen_text, strips, toasts, until, until_seen
from tui.runs.store.model_files import best_path, snapshot_path, write_epoch

SHOWN = "[/] [@click=app.quit]x[/] a␊b ␛]0;x␇"
"""How the hostile text is to be seen."""


async def test_a_finished_run_shows_its_curves_its_figures_and_how_it_ended(
    recorder: Recorder,
) -> None:
    async with shown(recorder.finished()) as (app, pilot):
        await until_seen(pilot, "✓ finished", "#head")
        number, value = best(10)
        assert number == 8
        await until_seen(
            pilot, f"✓ All 10 epochs are done; best val_accuracy {value:.4f} (epoch 8)"
        )
        assert "Keras 3.14.1 · CPU, 2 cores" in region_text(app, "#head")
        assert "epoch 10/10" in region_text(app, "#progress")
        assert "100%" in region_text(app, "#progress")
        last = metrics(10)["accuracy"]
        assert f"epoch 10: accuracy {last:.4f}" in region_text(app, "#values")
        for chart in ("#accuracy-chart", "#loss-chart"):
            assert len(dots(app, chart)) > 15
            assert region_text(app, chart).count("●") >= 9  # ten, two may share a cell
            assert region_text(app, chart).endswith("10")  # the axis goes to the last epoch


async def test_a_best_model_of_another_epoch_is_reported_with_the_cure(recorder: Recorder) -> None:
    run = recorder.died()
    with zipfile.ZipFile(best_path(run), "w"):
        pass
    write_epoch(best_path(run), 2)
    told = "! best.keras is of epoch 2: the best, of epoch 3, could not be written."
    async with shown(run, (80, 24)) as (_, pilot):
        await until_seen(pilot, told, "#messages")
    snapshot_path(run, 3).parent.mkdir()
    snapshot_path(run, 3).touch()
    async with shown(run, (80, 24)) as (app, pilot):
        await until_seen(pilot, f"{told} r writes it and resumes.", "#messages")
    write_epoch(best_path(run), 3)
    async with shown(run, (80, 24)) as (app, pilot):
        await until_seen(pilot, "✗ died", "#head")
        await pilot.pause()
        assert "best.keras" not in region_text(app, "#messages")


async def test_the_chart_is_drawn_anew_when_the_terminal_changes(recorder: Recorder) -> None:
    async with shown(recorder.finished(), (120, 32)) as (app, pilot):
        await until_seen(pilot, "✓ finished", "#head")
        await until(pilot, lambda: len(dots(app)) > 15)
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: region_text(app, "#accuracy-chart").endswith("10"))
        rows = region_text(app, "#accuracy-chart", words=False).split("\n")
        assert len(rows) == app.screen.query_one("#accuracy-chart").size.height
        assert "└" in rows[-2]


async def test_the_chart_makes_room_for_messages_without_losing_its_axis(
    recorder: Recorder,
) -> None:
    async with shown(recorder.hostile(), (80, 24)) as (app, pilot):
        await until_seen(pilot, "left out 1:", "#messages")
        await until(pilot, lambda: region_text(app, "#accuracy-chart").endswith("2"))


async def test_h_shows_the_history_as_a_table(recorder: Recorder) -> None:
    async with shown(recorder.finished()) as (app, pilot):
        await until_seen(pilot, "✓ finished", "#head")
        assert region_text(app, "#history") == ""
        await pilot.press("h")
        await until_seen(pilot, "val_accuracy", "#history")
        rows = history(app)
        assert rows[0][:5] == ["epoch", "accuracy", "loss", "val_accuracy", "val_loss"]
        first = metrics(1)
        assert rows[1][:3] == ["1", f"{first['accuracy']:.4f}", f"{first['loss']:.4f}"]
        assert rows[1][-3:] == ["2.5", "s", "640"]
        assert rows[8][:2] == ["8", "▲"]  # the best epoch
        assert len(rows) == 11
        assert dots(app) == ""
        await pilot.press("h")
        await until(pilot, lambda: len(dots(app)) > 15)


async def test_b_draws_the_batches_within_every_epoch(recorder: Recorder) -> None:
    async with shown(recorder.finished()) as (app, pilot):
        await until_seen(pilot, "✓ finished", "#head")
        before = dots(app)
        await pilot.press("b")
        await until(pilot, lambda: dots(app) != before)
        # From the first batch on: the line begins left of the first whole epoch's point.
        rows = region_text(app, "#accuracy-chart", words=False).split("\n")
        leftmost = min(
            column
            for row in rows
            for column, sign in enumerate(row)
            if "\u2801" <= sign <= "\u28ff"
        )
        point = min(row.index("●") for row in rows if "●" in row)
        assert leftmost < point
        await pilot.press("b")
        await until(pilot, lambda: dots(app) == before)


async def test_v_shows_the_log_with_control_characters_made_visible(recorder: Recorder) -> None:
    async with shown(recorder.hostile()) as (app, pilot):
        await pilot.press("v")
        await until_seen(pilot, "last line", ".reading")
        rows = screen_text(app)
        assert "[/] [@click=app.quit]x[/] a" in rows and "b ␛]0;x␇" in rows
        await pilot.press("escape")
        await until(pilot, lambda: bool(app.screen.query("#head")))


async def test_v_without_a_log_says_so(recorder: Recorder) -> None:
    async with shown(recorder.finished()) as (_, pilot):
        await pilot.press("v")
        await until_seen(pilot, "There is no log: No such file or directory.")


async def test_w_says_where_the_run_lies(recorder: Recorder) -> None:
    run = recorder.finished(epochs=2)
    async with shown(run) as (app, pilot):
        await pilot.press("w")
        await until(pilot, lambda: str(run.path) in toasts(app).replace(" ", ""))


async def test_a_failed_run_says_what_where_and_what_to_do(recorder: Recorder) -> None:
    async with shown(recorder.failed()) as (app, pilot):
        await until_seen(pilot, "✗ failed", "#head")
        await until_seen(
            pilot,
            "✗ Training failed: The GPU has no memory left for a batch of 32. "
            "Choose a smaller batch size.",
            "#messages",
        )
        assert "stops when" not in screen_text(app)


async def test_left_out_images_are_named(recorder: Recorder) -> None:
    async with shown(recorder.left_out()) as (_, pilot):
        await until_seen(
            pilot,
            "! left out 3: 3/torn.png (image file is truncated), 7/empty.png (the file "
            "is empty) and 1 more",
            "#messages",
        )


async def test_hostile_texts_do_nothing_and_are_seen_as_they_are(recorder: Recorder) -> None:
    async with shown(recorder.hostile(), (160, 45)) as (app, pilot):
        await until_seen(pilot, "✓ finished", "#head")
        for part in ("#head", "#messages", "StatusLine"):
            assert SHOWN in region_text(app, part), part
        for strip in strips(app):
            for segment in strip:
                assert all(ord(sign) >= 32 and sign != "\x7f" for sign in segment.text)
                assert "app.quit" not in str(segment.style and segment.style.meta)
        assert HOSTILE not in screen_text(app)


async def test_an_unknown_event_and_a_torn_line_are_passed_over(recorder: Recorder) -> None:
    async with shown(recorder.torn()) as (app, pilot):
        await until_seen(pilot, "✗ died", "#head")
        await pilot.press("h")
        await until_seen(pilot, "val_accuracy", "#history")
        assert [row[0] for row in history(app)] == ["epoch", "1", "2", "3"]


async def test_a_run_that_died_says_so_in_the_same_words_as_the_list(recorder: Recorder) -> None:
    run = recorder.died()
    async with shown(run) as (app, pilot):
        await until_seen(pilot, "The trainer died at epoch 4", "#messages")
        assert "a trains again with its settings" in region_text(app, "#messages")
        assert "● running" not in screen_text(app)
        await pilot.press("escape")
        await until_seen(pilot, "✗ died at epoch 4")
        await pilot.press("enter")
        await until_seen(pilot, "✗ died", "#head")
        await until(pilot, lambda: "s Stop" not in screen_text(app))


async def test_a_run_that_died_between_two_epochs_names_the_same_one_everywhere(
    recorder: Recorder,
) -> None:
    async with shown(recorder.torn()) as (_, pilot):
        await until_seen(pilot, "The trainer died at epoch 4", "#messages")
        await pilot.press("escape")
        await until_seen(pilot, "✗ died at epoch 4")


async def test_a_live_run_follows_its_events(recorder: Recorder) -> None:
    run = recorder.live()
    async with shown(run) as (app, pilot):
        await until_seen(pilot, "● running", "#head")
        assert "epoch 4/10" in region_text(app, "#progress")
        assert "step 24/48" in region_text(app, "#progress")
        assert "ETA" in region_text(app, "#progress")
        assert "stops when accuracy > 0.997" in screen_text(app)
        before = dots(app)
        later = epoch_begun(4, 10)[1:]
        append(run, later[2:3])
        await until_seen(pilot, "step 36/48", "#progress")
        append(run, [*later[3:], epoch_ended(4, 10)[0]])
        await until_seen(pilot, "validating 12/12", "#progress")
        append(run, epoch_ended(4, 10)[1:])
        await until_seen(pilot, "epoch 4: accuracy", "#values")
        assert dots(app) != before
        append(run, [*whole_epochs(5, 10, 10), *finished(10)])
        recorder.let_go()
        await until_seen(pilot, "✓ finished", "#head")
        assert "ETA" not in region_text(app, "#progress")


async def test_a_run_before_its_first_event_says_what_it_waits_for(recorder: Recorder) -> None:
    run = recorder.make([], spec("fresh digits"))
    recorder.hold(run)
    async with shown(run) as (_, pilot):
        await until_seen(pilot, "waiting for the trainer …", "#progress")


async def test_a_live_run_whose_trainer_dies_is_never_called_running_again(
    recorder: Recorder,
) -> None:
    run = recorder.live()
    async with shown(run) as (app, pilot):
        await until_seen(pilot, "● running", "#head")
        recorder.let_go()
        await until_seen(pilot, "✗ died", "#head")
        assert "The trainer died at epoch 4" in region_text(app, "#messages")
        assert "running" not in region_text(app, "#head")
        assert "ETA" not in region_text(app, "#progress")


async def test_s_writes_the_request_and_a_second_s_asks_first(recorder: Recorder) -> None:
    run = recorder.live()
    async with shown(run) as (app, pilot):
        await until_seen(pilot, "● running", "#head")
        assert control(run).want == "run"
        await pilot.press("s")
        await until_seen(pilot, "stop: requested; s again kills it at once", "#messages")
        assert control(run).want == "stop"
        await pilot.press("s")
        await until_seen(pilot, "Kill the trainer now?")
        await pilot.press("n")
        await until(pilot, lambda: bool(app.screen.query("#head")))
        await pilot.pause(0.05)
        assert "● running" in region_text(app, "#head")
        assert run.alive()


@pytest.mark.parametrize("damage", ["", "{", '{"name": 3}'])
async def test_a_run_without_a_readable_spec_still_opens(recorder: Recorder, damage: str) -> None:
    run = recorder.finished(epochs=2)
    (run.path / "spec.json").write_text(damage)
    async with shown(run) as (app, pilot):
        await until_seen(pilot, "✓ finished", "#head")
        await until(pilot, lambda: "spec.json" in toasts(app))
        assert "epoch 2:" in region_text(app, "#values")


async def test_a_run_deleted_while_it_is_on_screen_does_no_harm(recorder: Recorder) -> None:
    run = recorder.live()
    async with shown(run) as (app, pilot):
        await until_seen(pilot, "● running", "#head")
        run.path.rename(run.path.with_name(".gone"))
        await until(pilot, lambda: "running" not in region_text(app, "#head"))
        await pilot.press("s")
        await pilot.press("escape")
        await app.look_at_runs()
        await until_seen(pilot, "No training yet")
