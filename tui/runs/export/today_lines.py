"""The lines of a training's program that read images in today's way of Keras.

`image_dataset_from_directory` in place of `ImageDataGenerator`, and layers of the model in place of
its rescaling and augmentation. The program trains on the same images in the same order of classes;
what differs it says itself.
"""

from __future__ import annotations

import math
from collections.abc import Collection

from tui.datasets import Augmentation, LoaderSettings
from tui.datasets.folder.left_out import left_out_names

LABEL_MODES = {"binary": "binary", "categorical": "categorical", "sparse": "int"}
INTERPOLATIONS = {"lanczos": "lanczos3", "box": "area", "hamming": "area"}
"""Pillow's names of ways to resize for TensorFlow's, where they differ."""

TODAY_IMPORTS = ["import os", "import tempfile", "from pathlib import Path"]

_NAMES = '''
ENDINGS = (".bmp", ".jpeg", ".jpg", ".png", ".ppm", ".tif", ".tiff")  # of ImageDataGenerator


def image_names(directory):
    """Return the images of each class, in the order of ImageDataGenerator."""
    found = {}
    for name in classes:
        found[name] = []
        for folder, _, files in sorted(os.walk(os.path.join(directory, name))):
            for file in sorted(files):
                if file.lower().endswith(ENDINGS):
                    found[name].append(os.path.relpath(os.path.join(folder, file), directory))
    return found


links = tempfile.TemporaryDirectory()  # removed at the end


def linked(part, directory, names):
    """Return a folder of links to chosen images: a dataset is made of a whole folder."""
    for name in classes:
        Path(links.name, part, name).mkdir(parents=True)
        for image in names[name]:
            link = Path(links.name, part, image)
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(Path(directory, image).absolute())
    return os.path.join(links.name, part)


'''


def today_images(
    settings: LoaderSettings,
    share: float,
    seed: int,
    left_out: Collection[str],
    left_out_validation: Collection[str],
    *,
    layered: bool = True,
) -> list[str]:
    """Return the lines that make the datasets `train` and `validation`.

    Args:
        settings: the loader.
        share: of each class's training images.
        seed: by which that share is chosen.
        left_out: training files that are not used, besides those that the settings leave out.
        left_out_validation: the same of a validation folder.
        layered: whether rescaling and augmentation are layers of the model (`today_layers`); else
            they are steps of the datasets.
    """
    second = settings.validation_directory
    splits = second is None and settings.validation_split > 0
    first = {*left_out, *left_out_names(settings, settings.directory)}
    lines = [*differences(settings, layered=layered), f"classes = {list(settings.classes)!r}"]
    lines += _NAMES.strip("\n").split("\n")
    lines += ["", "", f"directory = {settings.directory!r}", "chosen = image_names(directory)"]
    if splits:
        lines += [
            "validated = {}",
            "for name, names in chosen.items():",
            "    # The first of each class, as ImageDataGenerator. Its successor splits at random.",
            f"    count = int({settings.validation_split!r} * len(names))",
            "    validated[name], chosen[name] = names[:count], names[count:]",
        ]
    if second is not None:
        lines += [f"second = {second!r}", "validated = image_names(second)"]
    parts = ["chosen", *["validated"] * splits]
    lines += _left_out(parts, first)
    if second is not None:
        lines += _left_out(["validated"], {*left_out_validation, *left_out_names(settings, second)})
    if share < 1:
        lines += [
            "",
            f"# Of each class only {share!r} of the training images, at least one, by the seed.",
            f"order = np.random.RandomState({seed})",
            "for name, names in chosen.items():",
            f"    count = max(round({share!r} * len(names)), 1)",
            "    kept = sorted(order.permutation(len(names))[:count])",
            "    chosen[name] = [names[place] for place in kept]",
        ]
    lines += ["", *_dataset("train", "directory", "chosen", settings)]
    if splits or second is not None:
        folder = "directory" if second is None else "second"
        lines += _dataset("validation", folder, "validated", settings)
    if not layered:
        parts = ["train", *["validation"] * (splits or second is not None)]
        lines += [*_augmented(settings, seed), *_rescaled(settings, parts)]
    return lines


def today_test(
    folder: str, settings: LoaderSettings, left_out: Collection[str], *, layered: bool = True
) -> list[str]:
    """Return the lines that make the dataset `test`, after those of `today_images`.

    Args:
        folder: of the test images.
        settings: the loader of the training.
        left_out: files that are not used.
        layered: as for `today_images`.
    """
    rescaled = not layered and settings.rescale_divisor != 1
    return [
        f"test_directory = {folder!r}",
        "tested = image_names(test_directory)",
        *_left_out(["tested"], left_out),
        *_dataset("test", "test_directory", "tested", settings),
        *["test = test.map(rescaled)"] * rescaled,
    ]


def _left_out(parts: list[str], names: Collection[str]) -> list[str]:
    if not names:
        return []
    lines = ["", "left_out = {  # not used: unreadable, or left out by choice"]
    lines += [f"    {name!r}," for name in sorted(names)]
    lines.append("}")
    for part in parts:
        lines += [
            f"for name, names in {part}.items():",
            f"    {part}[name] = [image for image in names if image not in left_out]",
        ]
    return lines


def _dataset(target: str, folder: str, names: str, settings: LoaderSettings) -> list[str]:
    height, width = settings.target_size
    arguments = [
        f'linked("{target}", {folder}, {names})',
        "class_names=classes",
        f'label_mode="{LABEL_MODES[settings.class_mode]}"',
        f"image_size=({height}, {width})",
        f"batch_size={settings.batch_size}",
        f'interpolation="{_interpolation(settings)}"',
    ]
    if settings.color_mode != "rgb":
        arguments.append(f'color_mode="{settings.color_mode}"')
    if target != "train":
        arguments.append("shuffle=False")
    elif settings.seed is not None:
        arguments.append(f"seed={settings.seed}")
    lines = [f"{target} = keras.utils.image_dataset_from_directory("]
    return [*lines, *(f"    {argument}," for argument in arguments), ")"]


def _interpolation(settings: LoaderSettings) -> str:
    return INTERPOLATIONS.get(settings.interpolation, settings.interpolation)


def today_layers(settings: LoaderSettings, seed: int) -> list[str]:
    """Return the layers that stand between the input and the network, one a line.

    Args:
        settings: the loader.
        seed: of the random layers. Without one they would take numbers that the weights are drawn
            with, and the network would begin otherwise.
    """
    lines = []
    for name, arguments in _seeded(settings, seed):
        lines.append(f"layers.{name}({', '.join(arguments)}),")
    if settings.rescale_divisor != 1:
        lines.append(f"layers.Rescaling(1 / {_number(settings.rescale_divisor)}),")
    return lines


def augmentation_layers(augmentation: Augmentation) -> list[tuple[str, list[str]]]:
    """Return the layers of `keras.layers` that change images as an augmentation does.

    >>> augmentation_layers(Augmentation(rotation_range=20, horizontal_flip=True))
    [('RandomRotation', ['20 / 360', 'fill_mode="nearest"']), ('RandomFlip', ['"horizontal"'])]
    """
    one = augmentation
    fill = f'fill_mode="{one.fill_mode}"'
    found: list[tuple[str, list[str]]] = []
    if one.rotation_range:
        found.append(("RandomRotation", [f"{_number(one.rotation_range)} / 360", fill]))
    if one.width_shift_range or one.height_shift_range:
        down, across = _number(one.height_shift_range), _number(one.width_shift_range)
        found.append(("RandomTranslation", [f"{down}, {across}", fill]))
    if one.shear_range:
        slant = round(math.sin(math.radians(one.shear_range)), 4)
        found.append(("RandomShear", [f"x_factor={slant!r}", fill]))
    if one.zoom_range:
        zoom = _number(one.zoom_range)
        found.append(("RandomZoom", [f"{zoom}, {zoom}", fill]))
    flips = {
        (True, True): "horizontal_and_vertical",
        (True, False): "horizontal",
        (False, True): "vertical",
    }
    flip = flips.get((one.horizontal_flip, one.vertical_flip))
    return [*found, ("RandomFlip", [f'"{flip}"'])] if flip else found


def _rescaled(settings: LoaderSettings, parts: list[str]) -> list[str]:
    if settings.rescale_divisor == 1:
        return []
    return [
        "",
        "",
        "def rescaled(images, labels):",
        f"    return images / {_number(settings.rescale_divisor)}, labels",
        "",
        "",
        *(f"{part} = {part}.map(rescaled)" for part in parts),
    ]


def _augmented(settings: LoaderSettings, seed: int) -> list[str]:
    """Return the lines that augment the training images before they reach the model.

    For a network from a file: what is in the file knows no layers before its own.
    """
    layers = _seeded(settings, seed)
    if not layers:
        return []
    rows = [f"    keras.layers.{name}({', '.join(arguments)})," for name, arguments in layers]
    return [
        "",
        "augmentation = [",
        *rows,
        "]",
        "",
        "",
        "def augmented(images, labels):",
        "    for layer in augmentation:",
        "        images = layer(images, training=True)",
        "    return images, labels",
        "",
        "",
        "train = train.map(augmented)",
    ]


def _seeded(settings: LoaderSettings, seed: int) -> list[tuple[str, list[str]]]:
    """Return the layers of an augmentation, each with a seed of its own: with the same one the
    angle of an image would depend on its zoom."""
    layers = augmentation_layers(settings.augmentation)
    return [
        (name, [*arguments, f"seed={seed + place}"])
        for place, (name, arguments) in enumerate(layers)
    ]


def _number(value: float) -> str:
    return repr(int(value)) if value == int(value) else repr(value)


def differences(settings: LoaderSettings, *, layered: bool = True) -> list[str]:
    """Return comment lines that say what differs from `ImageDataGenerator`."""
    augmentation = settings.augmentation
    found = [
        "Each epoch is shuffled in another order, so the curves are alike and not the same.",
        "TensorFlow decodes JPEG, makes grey images and resizes in ways of its own: values differ",
        "  by a few of 255 on average, single ones by more. It leaves out .ppm, .tif and .tiff.",
    ]
    if settings.interpolation == "hamming":
        found.append("There is no hamming; area, the nearest to it, resizes the images.")
    elif settings.interpolation != "nearest":
        found.append(
            f"{_interpolation(settings)} reads fewer pixels than Pillow's {settings.interpolation} "
            "where it makes an image smaller."
            if settings.interpolation != "box"
            else "area is what Pillow calls box."
        )
    if settings.rescale_divisor != 1 and layered:
        found += [
            "The rescaling is a layer: the model takes pixels 0 to 255 and is saved with it.",
        ]
    if augmentation.on:
        found += [
            "The augmentation is layers, for training images alone. The ranges are the same, the",
            "  random numbers are not; each layer draws the image anew, which blurs it a little.",
        ]
    if augmentation.width_shift_range != augmentation.height_shift_range:
        # Measured with Keras 3.15: it multiplies with the other side, and moves along the other.
        found += [
            "ImageDataGenerator of Keras 3 moves rows by width_shift_range, and columns by",
            "  height_shift_range; RandomTranslation moves each as it is called.",
        ]
    if augmentation.shear_range:
        found += [
            "RandomShear slants by the sine of shear_range's angle, and about the upper edge, not",
            "  about the centre.",
        ]
    head = "# The images and classes are those of ImageDataGenerator, which Keras calls deprecated."
    rows = [f"#   {row[2:]}" if row.startswith("  ") else f"# - {row}" for row in found]
    return [head, "# What differs:", *rows, ""]


def with_layers(code: str, lines: Collection[str]) -> str:
    """Return the code of a model with layers put behind its input.

    Args:
        code: as `keras_code` writes it.
        lines: one layer each.
    """
    before, sign, after = code.partition("keras.Input(")
    rest, end, behind = after.partition("\n")
    added = "".join(f"        {line}\n" for line in lines)
    return f"{before}{sign}{rest}{end}{added}{behind}"
