"""The lines of a training's program that judge test images once, with the best weights."""

from __future__ import annotations

import re
from collections.abc import Collection

from tui.datasets import LoaderSettings, python_call
from tui.runs.export.today_lines import today_test
from tui.runs.settings.test_folder import settings_for_test

BEST_CALLBACK = "keep_best"


def best_lines(*, validated: bool) -> list[str]:
    """Return the callback that keeps the weights of the best epoch.

    Args:
        validated: whether there are validation images, which say which epoch that is.
    """
    metric = "val_accuracy" if validated else "accuracy"
    return [
        "",
        "class KeepBest(keras.callbacks.Callback):",
        "    best, weights = -1.0, None",
        "",
        "    def on_epoch_end(self, epoch, logs=None):",
        f'        value = float(f"{{logs[{metric!r}]:.6g}}")',
        "        if value > self.best:",
        "            self.best, self.weights = value, self.model.get_weights()",
        "",
        "",
        f"{BEST_CALLBACK} = KeepBest()",
        "",
    ]


def judging_lines(
    folder: str,
    settings: LoaderSettings,
    left_out: Collection[str],
    *,
    today: bool = False,
    layered: bool = True,
) -> list[str]:
    """Return the lines after the training, which load the test images and judge them.

    Args:
        folder: of the test images.
        settings: how the training's images are loaded.
        left_out: files that are not used.
        today: whether the program reads images in today's way.
        layered: whether the model rescales them then; else the dataset does.
    """
    if today:
        images = today_test(folder, settings, left_out, layered=layered)
    else:
        images = _course_test(folder, settings, left_out)
    return [
        "",
        "# Once, at the end: what is chosen by test images is not tested by them.",
        *images,
        f"model.set_weights({BEST_CALLBACK}.weights)",
        "test_loss, test_accuracy = model.evaluate(test, verbose=0)",
        "print(test_accuracy)",
    ]


def _course_test(folder: str, settings: LoaderSettings, left_out: Collection[str]) -> list[str]:
    """Return the lines that make the loader `test`."""
    call = python_call(settings_for_test(folder, settings))
    call = call[call.index("\ngenerator = ") + 1 :]
    call = re.sub(r"^generator = ", "test_generator = ", call, flags=re.MULTILINE)
    call = re.sub(r"^train = generator\.", "test = test_generator.", call, flags=re.MULTILINE)
    lines = call.splitlines()
    if left_out:
        rows = [f"    {name!r}," for name in sorted(left_out)]
        lines += [
            "unreadable = {",
            *rows,
            "}",
            "names = enumerate(test.filenames)",
            "keep_only(test, [position for position, name in names if name not in unreadable])",
        ]
    return lines
