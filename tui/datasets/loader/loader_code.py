"""The Keras call that reads a folder: as arguments to pass and as Python to show.

Both come from one :class:`LoaderPlan`, so the call that a learner reads is the call that runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tui.datasets.loader.loader_settings import LoaderSettings

_WIDTH = 88
_IMPORT = "from tensorflow.keras.preprocessing.image import ImageDataGenerator"


@dataclass(frozen=True, slots=True)
class LoaderPlan:
    """The keyword arguments of the two Keras calls.

    An argument that equals Keras's own default (`color_mode="rgb"`, `interpolation="nearest"`)
    is left out, as the course does.

    Args:
        generator: for `ImageDataGenerator`, training images.
        validation_generator: for `ImageDataGenerator`, validation images: without augmentation.
        train: for `flow_from_directory`, training images.
        validation: for `flow_from_directory`, validation images; None when there are none.
    """

    generator: Mapping[str, Any]
    validation_generator: Mapping[str, Any]
    train: Mapping[str, Any]
    validation: Mapping[str, Any] | None


def loader_arguments(settings: LoaderSettings) -> LoaderPlan:
    """Return the arguments that the trainer passes to Keras.

    Args:
        settings: what to read and how.

    Returns:
        Keyword arguments for `ImageDataGenerator` and for each `flow_from_directory`.

    >>> plan = loader_arguments(LoaderSettings(directory="pets", classes=("cats", "dogs")))
    >>> plan.train["subset"], plan.validation["subset"]
    ('training', 'validation')
    """
    second = settings.validation_directory
    splits = second is None and settings.validation_split > 0

    generator: dict[str, Any] = {}
    if settings.rescale_divisor != 1:
        generator["rescale"] = 1 / settings.rescale_divisor
    if splits:
        generator["validation_split"] = settings.validation_split

    shared: dict[str, Any] = {
        "classes": list(settings.classes),
        "target_size": settings.target_size,
        "batch_size": settings.batch_size,
        "class_mode": settings.class_mode,
    }
    if settings.color_mode != "rgb":
        shared["color_mode"] = settings.color_mode
    if settings.interpolation != "nearest":
        shared["interpolation"] = settings.interpolation

    train: dict[str, Any] = {"directory": settings.directory, **shared}
    if splits:
        train["subset"] = "training"
    if settings.seed is not None:
        train["seed"] = settings.seed

    validation: dict[str, Any] | None = None
    if second is not None or splits:
        validation = {"directory": second or settings.directory, **shared}
        if splits:
            validation["subset"] = "validation"
        # Validation counts every image once, so its order does not matter; unshuffled, the
        # predictions can be matched with the file names.
        validation["shuffle"] = False
    changed = {**generator, **settings.augmentation.arguments()}
    return LoaderPlan(changed, generator, train, validation)


def _number(value: float) -> str:
    return repr(int(value)) if value == int(value) else repr(value)


def _value(name: str, value: object, divisor: float) -> str:
    if name == "rescale":
        return f"1/{_number(divisor)}"  # as in the course, not as 0.00392156862745098
    return repr(value)


def _list(name: str, items: list[str]) -> list[str]:
    """Render a long list over several lines, filled to the width."""
    lines = [f"    {name}=["]
    row = "       "
    for item in items:
        piece = f" {item!r},"
        if len(row) + len(piece) > _WIDTH and row.strip():
            lines.append(row)
            row = "       "
        row += piece
    return [*lines, row, "    ],"]


def _call(target: str, function: str, arguments: Mapping[str, Any], divisor: float) -> list[str]:
    short = ", ".join(f"{name}={_value(name, value, divisor)}" for name, value in arguments.items())
    line = f"{target} = {function}({short})"
    if len(line) <= _WIDTH:
        return [line]
    lines = [f"{target} = {function}("]
    for name, value in arguments.items():
        piece = f"    {name}={_value(name, value, divisor)},"
        if isinstance(value, list) and len(piece) > _WIDTH:
            lines.extend(_list(name, value))
        else:
            lines.append(piece)
    return [*lines, ")"]


def python_call(settings: LoaderSettings, *, left_out: int = 0) -> str:
    """Return the Python that reads these images, ready to run.

    Args:
        settings: what to read and how.
        left_out: files that cannot be decoded and are not trained on here; Keras's own loader
            stops at the first of them, so the code says so.

    Returns:
        Lines of Python, each ended by a newline.

    >>> print(python_call(LoaderSettings(directory="pets", classes=("cats", "dogs"))))
    from tensorflow.keras.preprocessing.image import ImageDataGenerator
    <BLANKLINE>
    generator = ImageDataGenerator(rescale=1/255, validation_split=0.2)
    train = generator.flow_from_directory(
        directory='pets',
        classes=['cats', 'dogs'],
        target_size=(150, 150),
        batch_size=20,
        class_mode='binary',
        subset='training',
        seed=42,
    )
    validation = generator.flow_from_directory(
        directory='pets',
        classes=['cats', 'dogs'],
        target_size=(150, 150),
        batch_size=20,
        class_mode='binary',
        subset='validation',
        shuffle=False,
    )
    <BLANKLINE>
    """
    plan = loader_arguments(settings)
    divisor = settings.rescale_divisor
    lines = [_IMPORT, ""]
    if left_out:
        files = "1 file" if left_out == 1 else f"{left_out:,} files"
        lines += [
            f"# Left out in cnn-tui: {files} that cannot be read. Keras stops at such a file,",
            "# so move it out of the folder before you run this.",
        ]
    if settings.leave_out:
        count = len(settings.leave_out)
        files = "1 file" if count == 1 else f"{count:,} files"
        lines += [
            f"# Left out in cnn-tui by choice: {files}. Keras reads all files of a folder,",
            "# so move these out of it before you run this.",
        ]
    flow = "generator.flow_from_directory"
    lines += _call("generator", "ImageDataGenerator", plan.generator, divisor)
    lines += _call("train", flow, plan.train, divisor)
    if plan.validation is not None and plan.validation_generator != plan.generator:
        lines += ["# Validation images are not augmented: they stand for new images."]
        lines += _call("plain", "ImageDataGenerator", plan.validation_generator, divisor)
        flow = "plain.flow_from_directory"
    if plan.validation is not None:
        lines += _call("validation", flow, plan.validation, divisor)
    return "\n".join(lines) + "\n"
