"""`Run`: a loop without Keras as a run."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.waiting import until
from tui.callback import Run
from tui.common.paths import runs_dir
from tui.common.stop_rule import SpecError
from tui.runs.control.control_file import change_control
from tui.runs.events.event_types import Failed, Finished
from tui.runs.store.find_runs import iter_runs
from tui.runs.store.loaded_run import LoadedRun, load_run


@pytest.fixture(autouse=True)
def own_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / "home"))


def only_run() -> LoadedRun:
    (run,) = iter_runs(runs_dir())
    return load_run(run)


def test_a_loop_is_shown_with_its_epochs_and_steps() -> None:
    with Run("my loop", epochs=3, learning_rate=0.1, batch_size=8) as run:
        for epoch in range(1, 4):
            for step in range(1, 11):
                run.log(epoch=epoch, step=step, steps=10, loss=1 / (epoch + step))
            run.log(epoch=epoch, loss=1 / epoch, val_loss=2 / epoch)
    shown = only_run()
    assert shown.title == "my loop" and shown.state == "finished"
    assert shown.progress.history["val_loss"] == [2.0, 1.0, pytest.approx(2 / 3, rel=1e-5)]
    assert len(shown.progress.batch_curves["loss"]) == 30
    assert shown.progress.epoch_details[0].learning_rate == 0.1
    assert isinstance(shown.progress.ending, Finished)


def test_a_loop_need_not_count_its_epochs() -> None:
    with Run("plain") as run:
        for value in (3.0, 2.0, 1.0):
            run.log(loss=value)
    shown = only_run()
    assert shown.progress.epoch_numbers == [1, 2, 3]
    assert shown.progress.history["loss"] == [3.0, 2.0, 1.0]
    assert isinstance(shown.progress.ending, Finished)
    assert shown.progress.ending.sentence == "3 epochs are done."


def test_it_is_stopped_from_the_app() -> None:
    with Run("stops", epochs=1000) as run:
        epochs = 0
        while not run.should_stop:
            epochs += 1
            run.log(loss=1.0)
            if epochs == 2:
                change_control(only_run().folder.control, want="stop")
            assert epochs < 1000
            time.sleep(0.01)  # as long as a training of one's own takes
    shown = only_run()
    assert shown.state == "stopped" and shown.progress.epochs_done == epochs


def test_it_is_paused_from_the_app() -> None:
    with Run("pauses") as run:
        run.log(loss=1.0)
        folder = only_run().folder

        def go_on() -> None:
            until(lambda: load_run(folder).progress.paused)
            change_control(folder.control, want="run")

        change_control(folder.control, want="pause")
        thread = threading.Thread(target=go_on)
        thread.start()
        end = time.monotonic() + 60
        while time.monotonic() < end and thread.is_alive():
            assert not run.should_stop
        thread.join()
    assert [event.request for event in only_run().progress.applied_requests] == ["pause", "resume"]


def test_its_learning_rate_is_changed_from_the_app() -> None:
    with Run("rate", learning_rate=0.1) as run:
        run.log(loss=1.0)
        change_control(only_run().folder.control, learning_rate=0.02)
        end = time.monotonic() + 60
        while run.learning_rate == 0.1 and time.monotonic() < end:
            assert not run.should_stop
        assert run.learning_rate == 0.02
        run.log(loss=0.5)
    assert only_run().progress.epoch_details[-1].learning_rate == 0.02


def test_a_stop_rule_ends_it() -> None:
    with Run("rule", stop_rule="val_iou > 0.5") as run:
        for value in (0.2, 0.6, 0.9):
            run.log(val_iou=value)
            if run.should_stop:
                break
    shown = only_run()
    assert shown.progress.epochs_done == 2
    assert "Stopped by the rule val_iou > 0.5" in str(shown.progress.ending)


def test_an_exception_in_the_loop_is_said_and_goes_on() -> None:
    with pytest.raises(ZeroDivisionError), Run("breaks") as run:
        run.log(loss=1.0)
        run.log(loss=1 / 0)
    shown = only_run()
    assert shown.state == "failed" and isinstance(shown.progress.ending, Failed)
    assert "ZeroDivisionError" in shown.progress.ending.what


def test_a_run_that_cannot_be_written_is_one_warning(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / "file"))
    warned = pytest.warns(RuntimeWarning, match="not recorded")
    with warned as found, Run("nowhere", learning_rate=0.1) as run:
        run.log(loss=1.0)
        assert not run.should_stop and run.learning_rate == 0.1
    assert len(found) == 1


def test_a_run_that_cannot_be_locked_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a network disk without locks."""

    def no_locks(*arguments: Any) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr("tui.runs.store.run_folder.acquire_lock", no_locks)
    with pytest.warns(RuntimeWarning, match="not recorded: OSError: .*No locks available"):
        Run("no locks").finish()
    assert not list(iter_runs(runs_dir()))


def test_ten_thousand_metrics_that_appear_late_and_are_no_numbers() -> None:
    many: dict[str, Any] = {f"metric {number}": number / 7 for number in range(10_000)}
    with Run("many") as run:
        run.log(epoch=1, loss=1.0)
        run.log(epoch=2, step=1, steps=1, loss=0.5, **many)
        run.log(epoch=2, loss=float("nan"), matrix=[[1, 0], [0, 1]], word="two", **many)
    shown = only_run()
    assert len(shown.progress.history) == 10_001
    assert shown.progress.history["metric 9999"] == [None, pytest.approx(9999 / 7, rel=1e-5)]
    assert shown.progress.history["loss"] == [1.0, None]
    assert len(shown.progress.batch_curves) == 50


def test_an_epoch_that_ended_before_is_not_counted_twice() -> None:
    with Run("twice") as run:
        run.log(epoch=1, loss=1.0)
        run.log(epoch=1, loss=0.5)
        run.log(epoch=3, loss=0.25)
    assert only_run().progress.epoch_numbers == [1, 3]


def test_a_command_runs_at_the_end_and_knows_the_run(tmp_path: Path) -> None:
    written = tmp_path / "written"
    command = f'echo "$CNN_TUI_NAME $CNN_TUI_STATE $CNN_TUI_EPOCHS" >> {written}'
    with Run("with a command", on_end=command) as run:
        run.log(loss=1.0)
    until(lambda: written.exists() and written.read_text())
    assert written.read_text() == "with a command finished 1\n"


def test_the_load_of_the_machine_is_reported() -> None:
    with Run("loaded") as run:
        run.log(loss=1.0)
        until(lambda: only_run().progress.system is not None)


@pytest.mark.parametrize(
    ("settings", "ends_after"),
    [({"epochs": 3}, 3), ({"stop_rule": "loss < 0.3"}, 4), ({"patience": 2}, 3)],
)
def test_an_unrecorded_loop_ends_as_a_recorded_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: dict[str, Any], ends_after: int
) -> None:
    def epochs() -> int:
        with Run("loop", **settings) as run:
            done = 0
            while not run.should_stop:
                done += 1
                run.log(loss=1 / done, val_loss=1.0)
                assert done < 50
        return done

    assert epochs() == ends_after
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / "file"))
    with pytest.warns(RuntimeWarning, match="not recorded"):
        assert epochs() == ends_after


def test_an_error_of_ours_ends_the_recording_and_not_the_loop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*arguments: Any) -> None:
        raise TypeError("of ours")

    with Run("broken", epochs=3) as run:
        run.log(loss=1.0)
        warned = pytest.warns(RuntimeWarning, match="not recorded any further: TypeError: of ours")
        with monkeypatch.context() as patched, warned:
            patched.setattr("tui.callback.training_events.TrainingEvents.epoch_ended", broken)
            run.log(loss=0.5)
        run.log(epoch=3, loss=0.25)
        assert run.should_stop
    shown = only_run()
    assert shown.state == "failed" and "went on" in str(shown.progress.ending)


def test_none_is_what_was_not_said() -> None:
    nothing: dict[str, Any] = dict.fromkeys(
        ("epochs", "learning_rate", "batch_size", "stop_rule", "patience", "on_end")
    )
    with Run("nothing", **nothing) as run:
        run.log(loss=1.0)
    assert only_run().state == "finished"


@pytest.mark.parametrize("settings", [{"patience": -1}, {"stop_rule": "loss is small"}])
def test_what_cannot_be_is_said_at_once(settings: dict[str, Any]) -> None:
    with pytest.raises(SpecError):
        Run("wrong", **settings)


def test_the_time_of_the_first_step_counts() -> None:
    with Run("timed", batch_size=10) as run:
        time.sleep(0.2)
        run.log(epoch=1, step=1, steps=1, loss=1.0)
        run.log(epoch=1, loss=1.0)
        time.sleep(0.2)
        run.log(loss=0.5)
    first, second = only_run().progress.epoch_details
    assert first.seconds >= 0.2 and second.seconds >= 0.2
    assert 0 < first.images_per_second <= 50


def test_a_rule_about_what_is_not_measured_is_said() -> None:
    with Run("typo", stop_rule="acuracy > 0.1") as run:
        run.log(accuracy=0.5)
        assert not run.should_stop
    (notice,) = only_run().progress.notices
    assert "acuracy" in notice and "did you mean accuracy" in notice
