"""The network of a file as a training: what is refused, how images are loaded, the run's copy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.support.model_files import branched, chain, compiled, dense, flatten, write_model
from tui.common.paths import StateError
from tui.datasets import LoaderSettings
from tui.runs.settings.file_spec import FileOptions, loading_for_file
from tui.runs.settings.grid import Grid, grid_specs
from tui.runs.settings.make_spec import make_spec, spec_findings
from tui.runs.settings.setting_rows import setting_rows
from tui.runs.settings.spec import SpecError, TrainingSpec
from tui.runs.store.create_run import create_run
from tui.runs.store.initial_model import initial_model_path, repeated_spec
from tui.runs.store.run_network import network_of_run

TEN = LoaderSettings(
    directory="/images",
    classes=tuple("abcdefghij"),
    target_size=(8, 8),
    color_mode="grayscale",
    class_mode="categorical",
)
PETS = msgspec.structs.replace(TEN, classes=("cats", "dogs"), class_mode="binary")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep runs in a folder of this test."""
    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / "home"))


def spec_of(
    path: Path, model: dict[str, Any], settings: LoaderSettings = TEN, **options: Any
) -> TrainingSpec:
    """Write a model, and return the training of it on images that are loaded for it."""
    write_model(path, model)
    chosen = FileOptions(**options)
    suited = loading_for_file(str(path), settings, as_compiled=chosen.as_compiled)
    return make_spec("pets", suited, model=str(path), file_options=chosen)


def test_images_are_loaded_as_the_file_needs_them(tmp_path: Path) -> None:
    data = spec_of(tmp_path / "net.keras", branched((20, 30, 3))).data
    assert (data.target_size, data.color_mode, data.rescale_divisor) == ((20, 30), "rgb", 1)
    # A size that the file leaves open is that of the images, and so is a scale that it has not.
    plain = chain(flatten(), dense(10, "softmax"), shape=(9, 7, 4))
    assert spec_of(tmp_path / "plain.keras", plain).data.rescale_divisor == 255
    free = spec_of(tmp_path / "free.keras", branched((None, None, 1)))
    assert free.data.target_size == (8, 8)


@pytest.mark.parametrize(
    ("units", "activation", "mode"),
    [(1, "sigmoid", "binary"), (2, "softmax", "categorical")],
)
def test_two_classes_have_the_class_mode_of_the_outputs(
    tmp_path: Path, units: int, activation: str, mode: str
) -> None:
    for settings in (PETS, msgspec.structs.replace(PETS, class_mode="categorical")):
        spec = spec_of(
            tmp_path / "net.keras", branched(units=units, activation=activation), settings
        )
        assert spec.data.class_mode == mode


LAMBDA = {"class_name": "Lambda", "module": "keras.layers", "config": {"name": "code"}}
CUSTOM = {"class_name": "Mine", "module": "my.package", "config": {"name": "mine"}}
FROZEN = dense(10, "softmax")
FROZEN = {**FROZEN, "config": {**FROZEN["config"], "trainable": False}}


@pytest.mark.parametrize(
    ("model", "why"),
    [
        (branched(units=3), "ends in 3 units, but 10 classes"),
        (branched(activation="relu"), "A softmax is missing"),
        (branched(activation="linear"), r"A softmax is missing.*from_logits=True"),
        (chain(dense(10, "softmax")), "A Flatten is missing"),
        (chain(flatten(), FROZEN), "frozen or have no weights"),
        (chain(LAMBDA, flatten(), dense(10, "softmax")), "holds Python code"),
        (chain(CUSTOM, flatten(), dense(10, "softmax")), "a class of 'my.package'"),
    ],
)
def test_what_cannot_learn_is_refused(tmp_path: Path, model: dict[str, Any], why: str) -> None:
    with pytest.raises(SpecError, match=why):
        spec_of(tmp_path / "net.keras", model)


def test_images_of_another_size_are_refused(tmp_path: Path) -> None:
    file = write_model(tmp_path / "net.keras", branched((12, 10, 3)))
    with pytest.raises(
        SpecError, match=r"takes 10×12×3, but the images are loaded as 8×8×1.*12x10"
    ):
        make_spec("pets", TEN, model=str(file))


@pytest.mark.parametrize("name", ["gone.keras", "text.keras", "text.h5"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    if name.startswith("text"):
        (tmp_path / name).write_text("no model")
    with pytest.raises(SpecError, match=name.replace(".", r"\.")):
        make_spec("pets", TEN, model=str(tmp_path / name))


def test_it_is_asked_about_unless_it_is_of_a_run_of_ones_own(tmp_path: Path) -> None:
    spec = spec_of(tmp_path / "net.keras", branched())
    asked = [one for one in spec_findings(spec) if one.severity == "question"]
    assert ["Load and train net.keras?" in one.sentence for one in asked] == [True]
    run = create_run(spec)
    again = repeated_spec(run, run.spec())
    assert again.model_file is not None and again.model_file.name == "net.keras"
    assert spec_findings(again) == ()


def test_as_compiled_takes_optimizer_rate_and_loss(tmp_path: Path) -> None:
    model = compiled(branched(activation="linear"), rate=0.02, **_logits())
    spec = spec_of(tmp_path / "net.keras", model, as_compiled=True)
    assert spec.model_file is not None and spec.model_file.compiled is not None
    assert (spec.learning_rate, spec.data.class_mode) == (0.02, "sparse")
    rows = setting_rows(spec)
    assert rows["optimizer"] == "AdamW, as in the file (weight_decay=0.01)"
    assert rows["loss"] == "sparse_categorical_crossentropy (from_logits=True), as in the file"
    assert rows["network"] == "net.keras, its weights"
    text = msgspec.json.encode(spec)
    assert msgspec.json.decode(text, type=TrainingSpec) == spec


def _logits() -> dict[str, Any]:
    return {"class_name": "SparseCategoricalCrossentropy", "from_logits": True}


SCHEDULE = {"class_name": "CosineDecay", "config": {}}


@pytest.mark.parametrize(
    ("model", "why"),
    [
        (branched(), "without being compiled"),
        (compiled(branched(), optimizer="Lion"), "compiled with the optimizer Lion"),
        (compiled(branched(), rate=SCHEDULE), "changes by CosineDecay"),
        (compiled(branched(), rate=-1), "the learning rate -1"),
        (compiled(branched(), class_name="Poisson"), "the loss Poisson"),
        (compiled(branched(), class_name="BinaryCrossentropy"), "was compiled with binary_cross"),
    ],
)
def test_a_compilation_that_cannot_be_used_is_refused(
    tmp_path: Path, model: dict[str, Any], why: str
) -> None:
    with pytest.raises(SpecError, match=why):
        spec_of(tmp_path / "net.keras", model, as_compiled=True)


def test_several_gpus_and_other_networks_are_refused(tmp_path: Path) -> None:
    spec = spec_of(tmp_path / "net.keras", branched())
    with pytest.raises(SpecError, match="trained on one device"):
        msgspec.structs.replace(spec, gpus=2, data=spec.data)
    with pytest.raises(SpecError, match="is no file"):
        make_spec("pets", TEN, model="small", file_options=FileOptions(new_weights=True))


def test_the_run_keeps_the_file_that_was_checked(tmp_path: Path) -> None:
    path = tmp_path / "pet net.keras"
    spec = spec_of(path, branched())
    run = create_run(spec)
    kept = run.spec().model_file
    assert kept is not None and len(kept.digest) == 64
    assert initial_model_path(run, kept).read_bytes() == path.read_bytes()
    graph = network_of_run(run).graph
    assert graph is not None and [row.name for row in graph.rows][-1] == "dense"
    write_model(path, branched(units=11))
    with pytest.raises(StateError, match="another network than when it was chosen"):
        create_run(spec)
    path.unlink()
    with pytest.raises(StateError, match="cannot be read"):
        create_run(spec)
    assert list(run.path.parent.iterdir()) == [run.path]  # nothing is left of those two


def test_several_files_are_several_runs(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_model(tmp_path / f"{name}.keras", branched())
    suited = msgspec.structs.replace(TEN, rescale_divisor=1.0)
    grid = Grid({"model": [str(tmp_path / "one.keras"), str(tmp_path / "two.keras")]})
    made = grid_specs(grid, lambda chosen: make_spec("pets", suited, **chosen))  # type: ignore[arg-type]
    assert [spec.name for spec in made] == ["pets one", "pets two"]
