"""`cnn-tui runs`: the list, one run, and what can be done with it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from tests.unit.runs.recorded import recorded, run_of
from tui.cli.command import cli
from tui.cli.training.start_training import tell_queued
from tui.datasets import LoaderSettings
from tui.runs.queue.waiting_runs import QueueStarter
from tui.runs.settings.make_spec import make_spec
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.create_run import create_run
from tui.runs.store.model_files import checkpoint_path
from tui.runs.store.run_folder import RunFolder


def call(*arguments: object, typed: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["runs", *map(str, arguments)], input=typed)


@pytest.fixture
def spec() -> TrainingSpec:
    """Return a training on two classes."""
    return make_spec("pets", LoaderSettings(directory="/data/pets", classes=("cats", "dogs")))


@pytest.fixture
def two(spec: TrainingSpec) -> tuple[RunFolder, RunFolder]:
    """Return a run that ended and one that died."""
    other = msgspec.structs.replace(spec, name="digits · own", seed=7)
    return (
        run_of(spec, recorded("overfitting").history),
        run_of(other, {"loss": [0.5]}, ended=False),
    )


def test_the_list_is_filtered_by_words_in_any_order(two: tuple[RunFolder, RunFolder]) -> None:
    assert call("note", two[1].name, "the NEW try").exit_code == 0
    for wanted, found in (
        ("course", {0}),
        ("OWN digits", {1}),
        ("died", {1}),
        ("new try", {1}),
        ("finished pets", {0}),
        ("", {0, 1}),
    ):
        done = call("--filter", wanted)
        assert {n for n in (0, 1) if two[n].name in done.output} == found, wanted
    none = call("--filter", "nothing\x1b like this")
    assert none.exit_code == 0 and "None of 2 runs matches 'nothing␛ like this'." in none.output
    assert len(json.loads(call("--json", "--filter", "own").output)) == 1


def test_one_run_as_text_and_as_json(two: tuple[RunFolder, RunFolder]) -> None:
    shown = call("show", two[0].name)
    assert shown.exit_code == 0
    assert "! overfitting since epoch 4" in shown.output
    assert "history.history['accuracy'][-1]      1.0" in shown.output
    record = json.loads(call("show", two[0].name[-4:], "--json").output)
    assert record["run"] == str(two[0].path) and len(record["history"]["loss"]) == 25


def test_the_name_of_a_folder_is_shown_without_control_characters(
    two: tuple[RunFolder, RunFolder],
) -> None:
    odd = two[0].path.with_name("2026-11-22T161200-odd\x1b\r-0000")
    two[0].path.rename(odd)
    shown = (
        (),
        ("--columns", "lr"),
        ("compare", odd.name, two[1].name),
        ("note", odd.name, "mine"),
        ("rename", odd.name, "another"),
        ("delete", odd.name, "--yes"),
    )
    for arguments in shown:
        done = call(*arguments)
        assert done.exit_code == 0 and "odd␛␍-0000" in done.output, arguments
        assert "\x1b" not in done.output and "\r" not in done.output, arguments


def test_a_name_that_fits_none_or_two_is_said_with_the_cure(
    two: tuple[RunFolder, RunFolder],
) -> None:
    missing = call("show", "yesterday\x1b")
    assert missing.exit_code == 1 and "`cnn-tui runs` lists them" in missing.output
    assert "\x1b" not in missing.output
    several = call("show", "2")
    assert several.exit_code == 1 and "fits 2 runs" in several.output


def test_a_run_is_renamed_and_gets_its_name_back(two: tuple[RunFolder, RunFolder]) -> None:
    done = call("rename", two[0].name, "first\ttry")
    assert done.output == f"{two[0].name} is called first try now.\n"
    assert "first try" in call().output and call("show", two[0].name).output.startswith("first try")
    assert "pets · course now" in call("rename", two[0].name, "").output
    refused = call("rename", two[0].name, "x" * 81)
    assert refused.exit_code == 1 and "may have 80 characters" in refused.output


def test_deleting_asks_and_no_is_the_answer_to_anything_but_yes(
    two: tuple[RunFolder, RunFolder],
) -> None:
    for answer in ("\n", "n\n"):
        kept = call("delete", two[0].name, typed=answer)
        assert f"Delete pets · course ({two[0].name}, " in kept.output
        assert "It stays." in kept.output and two[0].path.exists()
    assert call("delete", two[0].name, typed="y\n").exit_code == 0
    assert not two[0].path.exists() and two[1].path.exists()
    assert call("delete", two[1].name, "--yes").exit_code == 0
    assert not two[1].path.exists()


def test_a_run_at_work_is_not_deleted(two: tuple[RunFolder, RunFolder]) -> None:
    lock = two[1].acquire_lock()
    done = call("delete", two[1].name, "--yes")
    os.close(lock)
    assert done.exit_code == 1 and "is being trained. Stop it first" in done.output
    assert two[1].path.exists()


def test_an_export_says_where_it_is_and_never_overwrites(
    two: tuple[RunFolder, RunFolder], tmp_path: Path
) -> None:
    done = call("export", two[0].name)
    assert done.output == "wrote pets-course.csv\n"
    assert Path("pets-course.csv").read_text().startswith("epoch,")
    again = call("export", two[0].name)
    assert again.exit_code == 1 and "Name another file, or use --force" in again.output
    assert call("export", two[0].name, "--force").exit_code == 0
    both = call("export", two[0].name, two[1].name, "--format", "svg", "--out", tmp_path)
    assert both.output == f"wrote {tmp_path / 'comparison.svg'}\n"


@pytest.mark.parametrize("form", ["csv", "json", "svg", "tensorboard", "script"])
def test_every_format_leaves(form: str, two: tuple[RunFolder, RunFolder], tmp_path: Path) -> None:
    done = call("export", two[0].name, "--format", form, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    for line in done.output.splitlines():
        assert Path(line.removeprefix("wrote ")).stat().st_size > 100


def test_a_script_of_a_damaged_spec_is_refused(two: tuple[RunFolder, RunFolder]) -> None:
    (two[0].path / "spec.json").write_text("{")
    done = call("export", two[0].name, "--format", "script")
    assert done.exit_code == 1 and "is damaged" in done.output


# The queue


@pytest.fixture
def queue(spec: TrainingSpec, monkeypatch: pytest.MonkeyPatch) -> list[RunFolder]:
    """Return three runs that wait, and nobody who starts them."""
    monkeypatch.setattr(QueueStarter, "ensure", lambda self: None)
    return [
        create_run(msgspec.structs.replace(spec, name=name), queued=True)
        for name in ("one", "two", "three")
    ]


def places() -> dict[str, int | None]:
    return {one["name"]: one["place"] for one in json.loads(call("--json").output)}


@pytest.mark.parametrize(
    ("place", "said", "order"),
    [
        ("1", "three is the 1st of 3 to start.", ["three", "one", "two"]),
        ("first", "three is the 1st of 3 to start.", ["three", "one", "two"]),
        ("2", "three is the 2nd of 3 to start.", ["one", "three", "two"]),
        ("last", "three is the 3rd of 3 to start.", ["one", "two", "three"]),
        ("99", "three is the 3rd of 3 to start.", ["one", "two", "three"]),
    ],
)
def test_a_waiting_run_is_moved(
    queue: list[RunFolder], place: str, said: str, order: list[str]
) -> None:
    assert call("move", queue[2].name, place).output == f"{said}\n"
    assert places() == {name: number for number, name in enumerate(order, 1)}
    listed = call().output
    assert all(f"queued {nth}" in listed for nth in ("1st", "2nd", "3rd"))


@pytest.mark.parametrize("place", ["0", "soon\x1b", "1.5", "²", "9999999"])
def test_a_place_that_is_none_is_said_with_the_cure(queue: list[RunFolder], place: str) -> None:
    done = call("move", queue[0].name, place)
    assert done.exit_code == 2 and "is no place in the queue. Write 1 for" in done.output
    assert "\x1b" not in done.output and places()["one"] == 1


def test_a_run_that_does_not_wait_is_neither_moved_nor_taken_out(
    two: tuple[RunFolder, RunFolder],
) -> None:
    for command in (("move", two[0].name, 1), ("unqueue", two[0].name)):
        done = call(*command)
        assert done.exit_code == 1 and f"{two[0].name} does not wait in the queue" in done.output


def test_a_run_that_never_began_is_set_aside_and_comes_back(queue: list[RunFolder]) -> None:
    done = call("unqueue", queue[0].name)
    assert done.output == "one is out of the queue, and set aside.\n"
    assert "set aside" in call("--filter", "one").output
    assert call("show", queue[0].name).output.splitlines()[2].startswith("set aside, 0 of")
    assert places() == {"one": None, "two": 1, "three": 2}
    back = call("resume", queue[0].name, "--queue")
    assert back.exit_code == 0 and "Queued as number 3" in back.output
    assert places()["one"] == 3


def test_an_ended_run_waits_to_go_on_and_is_what_it_was_when_it_leaves(
    queue: list[RunFolder], two: tuple[RunFolder, RunFolder]
) -> None:
    over, died = two
    (died.path / "checkpoints").mkdir()
    refused = call("resume", over.name, "--queue")
    assert refused.exit_code == 1 and "say how many epochs" in refused.output
    (over.path / "checkpoints").mkdir()
    checkpoint_path(over, 25).touch()
    told = json.loads(call("resume", over.name, "--queue", "--epochs", 40, "--json").output)
    assert told == {"run": str(over.path), "place": 4}
    assert call("resume", died.name, "--queue").exit_code == 0
    assert "to resume 4th        25/40" in call("--filter", "queued pets").output
    shown = call("show", over.name).output
    assert shown.splitlines()[2].startswith("queued to resume, 25 of 40") and "overfitting" in shown
    assert "starts with     40 epochs in all, learning rate 0.001" in shown.splitlines()
    again = call("resume", over.name, "--queue")
    assert again.exit_code == 1 and f"`cnn-tui runs unqueue {over.name}`" in again.output
    assert call("move", over.name, 2).exit_code == 0
    changed = call("resume", over.name, "--queue", "--epochs", 50)
    assert changed.exit_code == 0 and "Queued as number 2" in changed.output
    few = call("resume", over.name, "--queue", "--epochs", 25)
    assert few.exit_code == 1 and "25 epochs already, so 25 in all cannot be" in few.output
    assert call("resume", over.name, "--queue", "--learning-rate", 0.01).exit_code == 0
    assert "50 epochs in all, learning rate 0.01" in call("show", over.name).output
    left = call("unqueue", over.name)
    assert left.output == "pets · course is out of the queue, and what it was before.\n"
    assert "finished             25/" in call("--filter", "finished").output
    assert not over.control.exists()


def test_options_of_the_list_do_not_get_lost_before_a_command(
    two: tuple[RunFolder, RunFolder],
) -> None:
    done = call("--json", "show", two[0].name)
    assert done.exit_code == 2 and "Write them after show" in done.output


def test_a_run_whose_events_cannot_be_read_is_not_shown_as_one_that_starts(
    two: tuple[RunFolder, RunFolder],
) -> None:
    two[0].events.unlink()
    two[0].events.mkdir()
    for done in (call("show", two[0].name), call("export", two[0].name, "--format", "csv")):
        assert done.exit_code == 1
        assert f"Cannot read {two[0].events}: Is a directory." in done.output


def test_a_run_that_was_started_at_once_has_no_number_in_the_queue(
    queue: list[RunFolder], capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("unqueue", queue[0].name).exit_code == 0  # as one that has left it by now
    tell_queued(queue[0])
    said = capsys.readouterr().out
    assert "it starts now" in said and "number" not in said
    tell_queued(queue[1])
    assert "Queued as number 1" in capsys.readouterr().out
