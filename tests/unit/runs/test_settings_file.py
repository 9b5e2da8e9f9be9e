"""The settings of a training as TOML: complete, read again the same, errors with their line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.datasets import FILL_MODES, Augmentation, LoaderSettings
from tui.datasets.loader.loader_settings import CLASS_MODES, INTERPOLATIONS
from tui.runs.settings.class_weights import ClassWeight
from tui.runs.settings.pretrained import FineTuning, PretrainedBase
from tui.runs.settings.settings_file import SettingsError, read_settings, settings_text
from tui.runs.settings.spec import METRICS, OPTIMIZERS, StopRule, TrainingSpec

NETWORK = "150x150x3 flatten dense:k=1,a=sigmoid"
SPEC = TrainingSpec(
    name="pets · course",
    network=NETWORK,
    data=LoaderSettings(directory="/pets", classes=("cats", "dogs")),
)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
fractions = st.floats(0, 0.9)
augmentations = st.builds(
    Augmentation,
    rotation_range=st.floats(0, 180),
    zoom_range=fractions,
    horizontal_flip=st.booleans(),
    fill_mode=st.sampled_from(FILL_MODES),
)
loaders = st.builds(
    LoaderSettings,
    directory=words.map(lambda word: f"/pets/{word.replace(chr(0), '').replace('/', '')}"),
    classes=st.just(("cats", "dogs")),
    validation_split=fractions,
    target_size=st.tuples(st.integers(1, 2048), st.integers(1, 2048)),
    rescale_divisor=st.floats(1e-3, 1e6),
    class_mode=st.sampled_from(CLASS_MODES),
    interpolation=st.sampled_from(INTERPOLATIONS),
    seed=st.none() | st.integers(0, 2**31 - 1),
    leave_out=st.lists(words, max_size=3).map(tuple),
    augmentation=augmentations,
)
specs = st.builds(
    TrainingSpec,
    name=words,
    network=st.just(NETWORK),
    data=loaders,
    epochs=st.integers(1, 100_000),
    learning_rate=st.floats(1e-300, 100),
    optimizer=st.sampled_from(OPTIMIZERS),
    stop_rule=st.none()
    | st.builds(
        StopRule, st.sampled_from(METRICS), st.sampled_from(["<", ">="]), st.floats(-1e9, 1e9)
    ),
    seed=st.integers(0, 2**32 - 1),
    share=st.floats(1e-6, 1),
    origin=words,
    group=words,
    on_end=st.sampled_from(["", 'echo "done" \\ ]', "a = 1"]),
)


def read(text: str, folder: Path) -> TrainingSpec:
    path = folder / "settings.toml"
    path.write_text(text, encoding="utf-8")
    return read_settings(path).spec()


@given(specs)
def test_what_is_written_is_read_the_same(
    tmp_path_factory: pytest.TempPathFactory, spec: TrainingSpec
) -> None:
    spec = msgspec.structs.replace(
        spec,
        data=msgspec.structs.replace(
            spec.data, directory=str(Path(spec.data.directory)).replace("..", "x")
        ),
    )
    assert read(settings_text(spec), tmp_path_factory.getbasetemp()) == spec


@pytest.mark.parametrize("weight", [None, "balanced", {"cats": 2.0, "dogs": 0.5}])
def test_class_weights_and_test_images_are_read_the_same(
    tmp_path: Path, weight: ClassWeight
) -> None:
    spec = msgspec.structs.replace(SPEC, class_weight=weight, test_directory="/pets/test")
    assert read(settings_text(spec), tmp_path) == spec


@pytest.mark.parametrize("tuning", [None, FineTuning(from_layer="block5", learning_rate=1e-6)])
def test_a_backbone_is_read_the_same(tmp_path: Path, tuning: FineTuning | None) -> None:
    data = msgspec.structs.replace(SPEC.data, rescale_divisor=1.0)
    base = PretrainedBase(name="VGG16", weights="/w.h5", fine_tuning=tuning)
    spec = msgspec.structs.replace(
        SPEC, network="4x4x512 globalavg dense:k=1,a=sigmoid", base=base, data=data
    )
    assert read(settings_text(spec), tmp_path) == spec


@pytest.mark.parametrize("field", msgspec.structs.fields(TrainingSpec), ids=lambda one: one.name)
def test_every_setting_with_a_default_value_is_written(field: msgspec.structs.FieldInfo) -> None:
    if field.default not in (None, "", (), msgspec.NODEFAULT):
        assert f"\n{field.name} = " in settings_text(SPEC)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (
            "epochs = 15",
            "epochs = 0",
            "line {line}: 0 epochs cannot be trained; choose 1 to 100,000.",
        ),
        (
            "epochs = 15",
            'epochs = "many"',
            "line {line}: epochs is 'many': a whole number is needed.",
        ),
        ("epochs = 15", "epochs = true", "line {line}: epochs is True: a whole number is needed."),
        (
            "epochs = 15",
            "epoch = 3",
            "line {line}: there is no setting 'epoch': did you mean epochs?",
        ),
        ("epochs = 15", "epochs = ", "line {line}: this is not TOML"),
        ("epochs = 15", "epochs = 15\nepochs = 16", "line {next}: this is not TOML"),
        ("rate = 0.001", "rate = -1", "line {line}: A learning rate of -1 does not train"),
        ("rate = 0.001", "rate = nan", "line {line}: A learning rate of nan does not train"),
        ('"rmsprop"', '"adm"', 'line {line}: optimizer is \'adm\': "rmsprop" or "adam" or "sgd"'),
        ("accuracy > 0.997", "acc > 3", "line {line}: 'acc' is not measured here"),
        ("share = 1.0", "share = 2", "line {line}: A share of 2 of the training images cannot be"),
        ("gpus = 0", "gpus = 3", "line {line}: 3 GPUs cannot share a batch of 20 images evenly."),
        ("flatten", "flaten", "line {line}: the network cannot be: layer 1 (flaten)"),
        ("[data]", "[dat]", "line {line}: there is no setting 'dat': did you mean data?"),
        (
            "target_size = [\n    150,",
            "target_size = [",
            "line {line}: target_size is [150]: a list of 2 whole numbers",
        ),
        ("batch_size = 20", "batch_size = 0", "line {line}: The batch size is 0. Choose 1 to 8192"),
        ("zoom_range = 0.0", "zoom_range = 7", "line {line}: zoom_range is 7. Choose a fraction"),
        ("flip = false", "flip = 1", "line {line}: horizontal_flip is 1: true or false is needed."),
        ("fill_mode", "fill", "in [data.augmentation]: did you mean fill_mode?"),
        ("version = 1", "version = 2", "line {line}: these are settings of version 2"),
        ("version = 1", 'version = "x"', "line {line}: version is 'x'. Write version = 1."),
        ("name = ", "names = ", "line {line}: there is no setting 'names'"),
        ('name = "pets · course"\n', "", "the file needs name, and it is missing: a text"),
        ('directory = "/pets"\n', "", "line {above}: [data] needs directory"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(
    tmp_path: Path, before: str, after: str, said: str
) -> None:
    text = settings_text(SPEC)
    line = text[: text.index(before)].count("\n") + 1
    said = said.format(line=line, next=line + 1, above=line - 1)
    with pytest.raises(SettingsError) as caught:
        read(text.replace(before, after, 1), tmp_path)
    assert str(caught.value).startswith("settings.toml") and said in str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe\x00", "is not a text in UTF-8"),
        (b"[" * 5000, "not TOML"),
        (b"a = " + b"[" * 5000, "nested too deeply"),
        (b"epochs = " + b"9" * 5000, "line 1: "),
    ],
)
def test_what_is_no_settings_file_is_said(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=said):
        read_settings(path)


@pytest.mark.parametrize("name", ["missing.toml", "."])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match=r"cannot be read: .* Name a file of settings"):
        read_settings(tmp_path / name)


def test_a_relative_folder_begins_at_the_file(tmp_path: Path) -> None:
    found = read(settings_text(SPEC).replace('"/pets"', '"../pets"'), tmp_path)
    assert found.data.directory == str(tmp_path.parent / "pets")


def over(tmp_path: Path, text: str, *given: tuple[str, ...], spec: TrainingSpec = SPEC) -> Any:
    (tmp_path / "part.toml").write_text(text)
    return read_settings(tmp_path / "part.toml").over(spec, given)


def test_a_file_with_a_few_settings_changes_those(tmp_path: Path) -> None:
    made = over(tmp_path, "epochs = 3\n[data.augmentation]\nzoom_range = 0.2\n")
    augmentation = Augmentation(zoom_range=0.2)
    assert made == msgspec.structs.replace(
        SPEC, epochs=3, data=msgspec.structs.replace(SPEC.data, augmentation=augmentation)
    )


def test_what_was_given_beside_the_file_wins(tmp_path: Path) -> None:
    text = "epochs = 3\npatience = 2\n[data]\nbatch_size = 7\nseed = 1\n"
    made = over(tmp_path, text, ("epochs",), ("data", "seed"))
    assert (made.epochs, made.patience) == (15, 2)
    assert (made.data.batch_size, made.data.seed) == (7, 42)


def test_a_whole_new_table_is_taken(tmp_path: Path) -> None:
    text = '[base]\nname = "VGG16"\nweights = "w.h5"\n[data]\nrescale_divisor = 1\n'
    made = over(tmp_path, text)
    assert made.base == PretrainedBase(name="VGG16", weights=str(tmp_path / "w.h5"))
    with pytest.raises(SettingsError, match=r"line 1: \[base\] needs weights"):
        over(tmp_path, '[base]\nname = "VGG16"\n')
    with pytest.raises(SettingsError, match=r"line 2: .*V G"):
        over(tmp_path, '[base]\nname = "V G"\nweights = "w.h5"\n')


def test_the_example_of_the_documents_is_one(tmp_path: Path) -> None:
    page = Path(__file__).parents[3] / "docs" / "settings-files.md"
    spec = read(page.read_text().split("```toml\n")[1].split("```")[0], tmp_path)
    assert spec.data.augmentation.horizontal_flip and spec.stop_rule == StopRule.parse(
        "accuracy > 0.997"
    )
