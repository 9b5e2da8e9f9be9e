"""A log that is followed: what the run's folder holds at each moment, and what ends it."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.log_files import BEGAN, age, append_scalars, event_folder, keras_logs, table
from tui.log_reader import log_run
from tui.log_reader.log_run import LogRun
from tui.runs.events.event_log import EventReader
from tui.runs.events.run_follower import RunFollower
from tui.runs.settings.external_spec import CurveRoles
from tui.runs.store.delete_run import delete_run
from tui.runs.store.loaded_run import LoadedRun, load_run
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder
from tui.runs.watched.find_logs import find_logs
from tui.runs.watched.log_state import read_log_state
from tui.runs.watched.watched_runs import change_roles, runs_of


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write at every turn, however short ago the last time was."""
    monkeypatch.setattr(log_run, "_LEAST_SECONDS", 0.0)
    monkeypatch.setattr(log_run, "_SHARE", 0)
    monkeypatch.setattr(log_run, "_STATE_SECONDS", 0.0)


class Followed:
    """A log, its run, and its reader in this process."""

    def __init__(self, path: Path) -> None:
        found = find_logs([path])
        assert not found.problems
        (self.run,) = runs_of(found.logs)
        self.log = LogRun(self.run)
        self.turn()

    def turn(self) -> LoadedRun:
        """Read all that is new, and return the run as the app sees it."""
        self.log.turn(60)
        while self.log.busy:
            self.log.turn(60)
        return load_run(self.run)

    def again(self) -> None:
        """End the reader and start another one."""
        self.log.close()
        self.log = LogRun(self.run)


@pytest.fixture
def follow() -> Iterator[object]:
    opened: list[Followed] = []

    def start(path: Path) -> Followed:
        opened.append(Followed(path))
        return opened[-1]

    yield start
    for one in opened:
        one.log.close()


def test_each_log_has_one_run(tmp_path: Path) -> None:
    keras_logs(tmp_path / "logs")
    first = runs_of(find_logs([tmp_path / "logs"]).logs)
    (tmp_path / "link").symlink_to(tmp_path / "logs")
    os.chdir(tmp_path)
    assert first == runs_of(find_logs([Path("link"), Path("logs")]).logs)


def test_run_of_keras_logs(tmp_path: Path, follow: type[Followed]) -> None:
    one = follow(age(keras_logs(tmp_path / "logs", 4, batches=10)))
    run = one.turn()
    assert run.state == "followed" and run.title.endswith("/logs")
    assert run.progress.epoch_numbers == [1, 2, 3, 4]
    assert run.progress.history["val_accuracy"] == pytest.approx([0.4, 0.65, 0.733333, 0.775])
    assert (run.progress.best_metric, run.progress.best_epoch) == ("val_accuracy", 4)
    assert len(run.progress.batch_curves["loss"]) == 40
    assert run.progress.batch_curves["loss"].x[9] == 1.0
    assert run.progress.started_at == BEGAN
    assert run.log is not None and run.log.guessed and run.log.roles.val_loss
    one.log.close()
    assert load_run(one.run).state == "read"
    one.log = LogRun(one.run)


def test_new_values_are_added_to_the_file(tmp_path: Path, follow: type[Followed]) -> None:
    path = event_folder(
        tmp_path / "a", {"train/loss": [(n, 1.0) for n in range(10)], "val/loss": [(9, 0.5)]}
    )
    one = follow(age(tmp_path / "a"))
    reader = EventReader(one.run.events)
    assert len(reader.read()) > 2
    for step in range(10, 25):
        append_scalars(path, BEGAN + step, step, {"train/loss": 2.0})
    append_scalars(path, BEGAN + 25, 19, {"val/loss": 0.4})
    run = one.turn()
    assert reader.read() and not reader.restarts  # nothing was read again
    assert run.progress.epoch_numbers == [1, 2]
    assert run.progress.history == {"loss": [1.0, 2.0], "val_loss": [0.5, 0.4]}
    assert run.progress.epoch == 3 and run.progress.batch == 5


def test_a_value_that_comes_late_is_put_into_its_epoch(
    tmp_path: Path, follow: type[Followed]
) -> None:
    folder = keras_logs(tmp_path / "logs", 2)
    validation = next((folder / "validation").iterdir())
    data = validation.read_bytes()
    validation.write_bytes(data[: len(data) // 2])
    one = follow(age(folder))
    follower = RunFollower(one.run)
    while follower.poll():
        pass
    validation.write_bytes(data)
    one.turn()
    while follower.poll():
        pass
    history = follower.progress.history
    assert history["val_loss"] == [1.2, 0.6] and history["loss"] == [1.0, 0.5]


def test_an_epoch_is_whole_when_its_values_are(tmp_path: Path, follow: type[Followed]) -> None:
    folder = keras_logs(tmp_path / "logs", 2)
    one = follow(folder)
    training = next((folder / "train").iterdir())
    append_scalars(training, time.time(), 2, {"epoch_loss": 0.1})
    assert one.turn().progress.epoch_numbers == [1, 2]  # the others of the third are to come
    age(folder, 3)
    assert one.turn().progress.epoch_numbers == [1, 2, 3]


def test_the_epoch_at_work_counts_once_the_log_is_idle(
    tmp_path: Path, follow: type[Followed]
) -> None:
    event_folder(
        tmp_path / "a", {"loss": [(n, 1.0) for n in range(20)], "epoch": [(9, 0), (19, 1)]}
    )
    one = follow(tmp_path / "a")
    assert one.turn().progress.epoch_numbers == [1]
    age(tmp_path / "a")
    one.again()  # what an earlier reader left is no reason not to look
    assert one.turn().progress.epoch_numbers == [1, 2]


def test_an_unchanged_log_is_not_read_again(tmp_path: Path, follow: type[Followed]) -> None:
    path = table(tmp_path / "a.csv", [{"epoch": 0, "loss": 0.5}])
    one = follow(age(path))
    inode = one.run.events.stat().st_ino
    one.again()
    one.turn()
    assert one.run.events.stat().st_ino == inode and not one.log._store.series
    with path.open("a") as file:
        file.write("1,0.4\n")
    assert one.turn().progress.history == {"loss": [0.5, 0.4]}


def test_a_rewritten_log_is_shown_as_it_is_now(tmp_path: Path, follow: type[Followed]) -> None:
    path = table(tmp_path / "a.csv", [{"epoch": n, "loss": 0.5} for n in range(5)])
    one = follow(path)
    table(path, [{"epoch": 0, "loss": 0.9, "mae": 1}])
    assert one.turn().progress.history == {"loss": [0.9], "mae": [1.0]}


def test_changed_roles_are_shown_at_once(tmp_path: Path, follow: type[Followed]) -> None:
    rows = [{"epoch": n, "nll": 1 / (n + 1), "dev_nll": 2 / (n + 1)} for n in range(3)]
    one = follow(age(table(tmp_path / "a.csv", rows)))
    run = one.turn()
    assert run.log is not None and run.log.roles.val_loss == "dev_nll"
    change_roles(one.run, CurveRoles(val_loss="", accuracy="dev_nll"))
    run = one.turn()
    assert set(run.progress.history) == {"loss", "accuracy"}
    assert run.log is not None and run.log.guessed == (
        "loss",
        "val_accuracy",
        "learning_rate",
        "epoch",
    )
    one.log.close()
    change_roles(one.run, CurveRoles())
    one.log = LogRun(one.run)
    assert set(one.turn().progress.history) == {"loss", "val_loss"}


def test_a_log_that_is_gone_leaves_what_was_read(tmp_path: Path, follow: type[Followed]) -> None:
    path = table(tmp_path / "a.csv", [{"epoch": 0, "loss": 0.5}])
    one = follow(path)
    path.unlink()
    run = one.turn()
    assert run.log is not None and run.log.problem == f"{path} is gone: what was read of it stays."
    assert run.progress.history == {"loss": [0.5]}
    table(path, [{"epoch": 0, "loss": 0.5}, {"epoch": 1, "loss": 0.4}])
    run = one.turn()
    assert run.log is not None and not run.log.problem
    assert run.progress.history == {"loss": [0.5, 0.4]}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_log_that_may_not_be_read_says_so(tmp_path: Path, follow: type[Followed]) -> None:
    path = table(tmp_path / "a.csv", [{"epoch": 0, "loss": 0.5}])
    one = follow(path)
    path.chmod(0)
    with pytest.raises(AssertionError):
        Followed(path)
    run = one.turn()
    assert run.log is not None and "Check its permissions" in run.log.problem


def test_damage_is_said_in_the_run(tmp_path: Path, follow: type[Followed]) -> None:
    path = event_folder(tmp_path / "a", {"loss": [(0, 0.5), (1, 0.4)]})
    with path.open("ab") as file:
        file.write(b"\xff" * 100)
    run = follow(age(tmp_path / "a")).turn()
    assert run.log is not None and "is damaged at byte" in run.log.problem
    assert run.progress.history == {"loss": [0.5, 0.4]}


def test_two_readers_do_not_share_a_run(tmp_path: Path, follow: type[Followed]) -> None:
    one = follow(table(tmp_path / "a.csv", [{"epoch": 0, "loss": 0.5}]))
    with pytest.raises(RunError):
        LogRun(one.run)


def test_deleting_makes_the_reader_let_go_and_leaves_the_log(
    tmp_path: Path, follow: type[Followed], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tui.runs.store import delete_run as deleting

    path = table(tmp_path / "a.csv", [{"epoch": 0, "loss": 0.5}])
    one = follow(path)
    monkeypatch.setattr(deleting, "_LET_GO_SECONDS", 0.1)
    with pytest.raises(RunError, match="still being read from its log"):
        delete_run(one.run)
    assert not one.log.over

    def let_go(_: float) -> None:
        if one.log.over:
            one.log.close()

    monkeypatch.setattr(time, "sleep", let_go)
    delete_run(one.run)
    assert not one.run.path.exists() and path.exists()
    (new,) = runs_of(find_logs([path]).logs)
    one.run = new
    one.log = LogRun(new)


def test_a_reader_ends_with_its_run(tmp_path: Path, follow: type[Followed]) -> None:
    one = follow(table(tmp_path / "a.csv", [{"epoch": 0, "loss": 0.5}]))
    moved = one.run.path.rename(one.run.path.with_name("2026-01-01T000000-moved-ffff"))
    assert not one.log.over
    with (tmp_path / "a.csv").open("a") as file:
        file.write("1,0.4\n")
    one.log.turn(60)
    assert load_run(RunFolder(moved)).progress.history == {"loss": [0.5, 0.4]}
    one.run = RunFolder(moved)
    (moved / "spec.json").unlink()
    assert one.log.over


def test_metrics_of_any_name_and_value(tmp_path: Path, follow: type[Followed]) -> None:
    hostile = "\x1b[2J[/]\u202e"
    event_folder(tmp_path / "a", {hostile: [(0, math.nan), (1, 1e300), (2, -1e-300)]}, simple=True)
    run = follow(age(tmp_path / "a")).turn()
    assert set(run.progress.history) == {hostile}
    assert run.progress.history[hostile][0] is None
    assert run.diagnoses()


def test_ten_thousand_metrics(tmp_path: Path, follow: type[Followed]) -> None:
    names = [f"layer_{number}/norm" for number in range(10_000)]
    rows = [{"epoch": epoch, **dict.fromkeys(names, epoch)} for epoch in range(2)]
    run = follow(age(table(tmp_path / "a.csv", rows))).turn()
    assert len(run.progress.history) == 10_000
    state = read_log_state(run.folder)
    assert state is not None and state.series_count == 10_000
