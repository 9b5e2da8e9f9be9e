"""A share of the training images: chosen in the trainer as in the script that leaves the app."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from tests.workers import shell as tools
from tests.workers.shell import PATIENCE, Command, Shell, events_of, last_of, of_type
from tui.cli.command import cli
from tui.datasets import BadImage, LoaderSettings, digits_folder, list_images, split_counts
from tui.runs.events.event_types import DataReady, EpochEnded, Finished
from tui.runs.export.training_script import spec_script
from tui.runs.settings.make_spec import make_spec
from tui.runs.settings.spec import TrainingSpec, share_of
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_list import RunList
from tui.trainer.data.loaders import keep_share, make_loaders

METRICS = ["accuracy", "loss", "val_accuracy", "val_loss"]
_TELL = "import runpy, json, sys; shown = runpy.run_path(sys.argv[1]); "
_TELL += "print(json.dumps([shown['train'].filenames, shown['history'].history]))"


@dataclass
class Trained:
    """Trainings on a share, and the programs written for the same specs, run by themselves."""

    plain: Command
    """A split folder of 2 classes of 20, three tenths of it, two epochs, no rule."""
    digits: Command
    """A twentieth of the digits until accuracy is above 0.3, which one epoch is exactly."""
    scripts: dict[str, tuple[list[str], dict[str, list[float]]]]
    """What each program read and what it measured, by the name of the run's field."""


def run_script(folder: Path, name: str, run: RunFolder, shell: Shell) -> subprocess.Popen[str]:
    """Start the program of a run's spec, unchanged, as a learner would."""
    file = folder / f"{name}.py"
    file.write_text(spec_script(run.spec()))
    return subprocess.Popen(
        [sys.executable, "-c", _TELL, str(file)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=folder,
        env={**os.environ, **shell.extra},
    )


@pytest.fixture(scope="module")
def trained(pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trained]:
    """Return two trainings that ended, and their programs; two processes at a time."""
    folder = tmp_path_factory.mktemp("shares")
    common = ("--seed", 7, "--share")
    with tools.shell(folder / "shell") as shell:
        plain = shell.start("train", pictures, *common, 0.3, "--epochs", 2, "--stop-when", "never")
        digits = shell.start(
            *("train", "--sample", "digits", *common, 0.05, "--epochs", 9),
            *("--stop-when", "accuracy>0.3"),
        )
        for command in (plain, digits):
            assert command.wait() == 0, command.err
        programs = {
            "plain": run_script(folder, "plain", plain.run, shell),
            "digits": run_script(folder, "digits", digits.run, shell),
        }
        scripts = {}
        for name, program in programs.items():
            out, _ = program.communicate(timeout=PATIENCE)
            assert program.returncode == 0, (folder / f"{name}.py").read_text()
            scripts[name] = tuple(json.loads(out.splitlines()[-1]))
        yield Trained(plain, digits, scripts)


def history(run: RunFolder) -> dict[str, list[float | None]]:
    epochs = of_type(events_of(run), EpochEnded)
    return {name: [epoch.metrics[name] for epoch in epochs] for name in METRICS}


def test_only_the_share_is_trained_on_and_all_validation_images_count(trained: Trained) -> None:
    ready = last_of(trained.plain.run, DataReady)
    assert ready is not None
    assert (ready.training_images, ready.readable_images, ready.share) == (12, 40, 0.3)
    assert ready.validation_images == 14
    assert ready.classes == ("cats", "dogs")
    assert (
        "12 of 40 training images (a share of 0.3 of each class) and 14 validation images in 2 "
        "classes: cats, dogs"
    ) in trained.plain.out.splitlines()
    assert trained.plain.run.spec().share == 0.3


def test_the_digits_keep_their_share_of_every_class(trained: Trained) -> None:
    ready = last_of(trained.digits.run, DataReady)
    assert ready is not None
    settings = trained.digits.run.spec().data
    files = Counter(
        Path(name).parent.name for name in list_images(settings.directory, "0123456789")
    )
    training = [split_counts(files[name], settings.validation_split)[0] for name in "0123456789"]
    assert ready.readable_images == sum(training) == 1442
    assert ready.training_images == sum(share_of(number, 0.05) for number in training)
    assert ready.validation_images == 355


@pytest.mark.parametrize("name", ["plain", "digits"])
def test_the_program_reads_the_same_images_and_has_the_same_history(
    trained: Trained, name: str
) -> None:
    run = getattr(trained, name).run
    ready = last_of(run, DataReady)
    assert ready is not None
    names, measured = trained.scripts[name]
    assert len(names) == ready.training_images
    told = history(run)
    assert sorted(measured) == METRICS
    for metric in METRICS:
        assert measured[metric] == pytest.approx(told[metric], rel=1e-4, abs=1e-6), metric


def test_the_program_stops_by_the_same_rule(trained: Trained) -> None:
    finished = last_of(trained.digits.run, Finished)
    assert finished is not None and finished.reason == "rule"
    assert len(trained.scripts["digits"][1]["loss"]) == finished.epochs < 9


# The choice itself, without a training


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> TrainingSpec:
    """Return a training on classes of 1, 8 and 30 images, a quarter of them for validation."""
    folder = tmp_path_factory.mktemp("uneven") / "pets"
    for number, (name, count) in enumerate((("ants", 1), ("bees", 8), ("cats", 30))):
        tools.draw_classes(folder, (name,), count, seed=number)
    settings = LoaderSettings(
        directory=str(folder),
        classes=("cats", "ants", "bees"),  # an order of the user's own
        class_mode="categorical",
        target_size=(16, 16),
        validation_split=0.25,
    )
    return make_spec("pets", settings, seed=3)


def chosen(
    spec: TrainingSpec, share: float, seed: int = 3, bad: tuple[BadImage, ...] = ()
) -> list[str]:
    """Return the file names that a share keeps; what must not change is looked at here."""
    whole, _ = make_loaders(spec, bad)
    training, validation = make_loaders(spec, bad)
    assert validation is not None
    before = (list(validation.filenames), validation.n)
    keep_share(training, share, seed)
    assert (list(validation.filenames), validation.n) == before
    assert training.class_indices == {"cats": 0, "ants": 1, "bees": 2}
    order = {name: position for position, name in enumerate(whole.filenames)}
    assert list(training.filenames) == sorted(training.filenames, key=order.__getitem__)
    assert training.n == training.samples == len(training.filenames) == len(training.classes)
    for name, path, label in zip(
        training.filenames, training.filepaths, training.classes, strict=True
    ):
        assert path == os.path.join(spec.data.directory, name)
        assert label == training.class_indices[name.split("/")[0]]
    images = sum(len(training[number][0]) for number in range(len(training)))
    assert images == training.n, "its batches hold every image once"
    return list(training.filenames)


def counts(names: list[str]) -> dict[str, int]:
    return dict(Counter(name.split("/")[0] for name in names))


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (1.0, {"cats": 23, "ants": 1, "bees": 6}),
        (0.5, {"cats": 12, "ants": 1, "bees": 3}),
        (0.1, {"cats": 2, "ants": 1, "bees": 1}),
        (1e-9, {"cats": 1, "ants": 1, "bees": 1}),
    ],
)
def test_each_class_keeps_its_share_and_at_least_one(
    spec: TrainingSpec, share: float, expected: dict[str, int]
) -> None:
    assert counts(chosen(spec, share)) == expected


def test_the_seed_chooses_and_a_smaller_share_is_a_part_of_a_larger_one(
    spec: TrainingSpec,
) -> None:
    half = chosen(spec, 0.5)
    assert chosen(spec, 0.5) == half
    assert chosen(spec, 0.5, seed=4) != half
    assert set(chosen(spec, 0.2)) < set(half)


def test_bad_images_are_taken_out_before_the_share(spec: TrainingSpec) -> None:
    whole, _ = make_loaders(spec, ())
    bad = tuple(
        BadImage(name, spec.data.directory, "empty")
        for name in whole.filenames
        if name.startswith("cats")
    )[:13]
    names = chosen(spec, 0.5, bad=bad)
    assert counts(names) == {"cats": 5, "ants": 1, "bees": 3}
    assert not {image.path for image in bad} & set(names)


def test_a_spec_from_before_there_were_shares_is_whole(spec: TrainingSpec) -> None:
    fields = msgspec.json.decode(msgspec.json.encode(spec))
    del fields["share"], fields["origin"]
    old = msgspec.json.decode(msgspec.json.encode(fields), type=TrainingSpec)
    assert old == spec and old.share == 1.0


def test_the_digits_have_the_counts_that_the_lessons_name() -> None:
    files = list_images(digits_folder(), "0123456789")
    each = Counter(name.split("/")[0] for name in files)
    training = [split_counts(number, 0.2)[0] for number in each.values()]
    assert [sum(share_of(number, share) for number in training) for share in (0.1, 0.33, 1)] == [
        143,
        477,
        1442,
    ]


@pytest.mark.parametrize("share", ["0", "-0.1", "1.5", "nan"])
def test_a_share_that_cannot_be_is_refused_with_its_cure(
    share: str, spec: TrainingSpec, own_home: Path
) -> None:
    folder = spec.data.directory
    done = CliRunner().invoke(cli, ["train", folder, "--share", share])
    assert done.exit_code == 2, done.output
    assert f"A share of {float(share):g} " in done.stderr
    assert "for example 0.1 for a tenth" in " ".join(done.stderr.split())
    assert not (own_home / "state" / "runs").exists() or RunList().read() == []
