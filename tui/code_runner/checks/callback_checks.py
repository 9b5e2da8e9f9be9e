"""Checks on callbacks: called as fit calls them, with made-up logs."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

import keras
import numpy as np

from tui.code_runner.checks.finished_run import FinishedRun, Raises, Slip

CALLBACK_ERRORS = (
    Raises(
        r"takes \d positional arguments? but \d (were|was) given",
        "method-arguments",
        "Keras calls the method with the number of the epoch and with logs, so it needs three "
        "parameters: on_epoch_end(self, epoch, logs=None).",
    ),
    Raises(
        r"missing \d required positional argument",
        "method-arguments",
        "Keras calls the method with the number of the epoch and with logs, so it needs three "
        "parameters: on_epoch_end(self, epoch, logs=None).",
    ),
    Raises(
        r"'bool' object is not callable",
        "called-not-set",
        "stop_training is no method but an attribute that is set: "
        "self.model.stop_training = True, without brackets.",
    ),
    Raises(
        r"^(StopIteration|KeyboardInterrupt|StopTraining)",
        "raised",
        "An exception breaks the program off, and fit gives no history back. Ask fit to end: "
        "self.model.stop_training = True.",
    ),
    Raises(
        r"NameError: name 'self'",
        "no-self",
        "self is the first parameter of a method: on_epoch_end(self, epoch, logs=None).",
    ),
    Raises(
        r"NoneType' and '(float|int)'|'(float|int)' and 'NoneType'",
        "logs-acc",
        'logs has no key acc: Keras names the metric as compile does, "accuracy". So '
        'logs.get("acc") is None, and None cannot be compared with a number.',
        when=r"['\"]acc['\"]",
    ),
    Raises(
        r"KeyError: 'acc'",
        "logs-acc",
        'logs has no key acc: Keras names the metric as compile does. Write "accuracy".',
    ),
)
_KEY_MISSING = Slip(
    "missing-key",
    "It works while accuracy is measured. With a metric of another name logs has no such key, and "
    'the training ends with an error: logs.get("accuracy") gives None then, so ask for '
    "accuracy is not None first.",
)


def check_callback(run: FinishedRun) -> str:
    """Whether the callback stops the training when the accuracy is above 0.997, and only then."""
    run.must_end_well(CALLBACK_ERRORS)
    must_stop_when_good(run)
    return "It trains on at 0.5 and at 0.997, stops at 0.999, and a missing accuracy does no harm."


def must_stop_when_good(run: FinishedRun) -> None:
    """Raise a slip where the program's callback does not stop as it should."""
    kind = run.get("StopWhenGood", "the class")
    if not (inspect.isclass(kind) and issubclass(kind, keras.callbacks.Callback)):
        raise Slip(
            "no-callback",
            "StopWhenGood is not a callback: class StopWhenGood(keras.callbacks.Callback).",
        )
    model = run.namespace["model"]
    tried = _Tried(run, kind, model)
    _must_have_the_hook(run, kind, tried)
    if tried.stops({"accuracy": 0.5, "loss": 0.7}):
        raise Slip(
            "stops-when-bad",
            "It stops at an accuracy of 0.5. The training has to end when the accuracy is above "
            "0.997: accuracy > 0.997.",
        )
    if not tried.stops({"accuracy": 0.999, "loss": 0.01}):
        raise _why_not_stopped(run, tried)
    if tried.stops({"accuracy": 0.5, "val_accuracy": 0.999, "loss": 0.7}):
        raise Slip(
            "val-accuracy",
            "It stops when val_accuracy is above 0.997. Asked for was accuracy, that of the "
            "training pictures.",
        )
    for accuracy in (0.9, 0.99, 0.9969):  # 0.9969 finds a limit a little too low
        if tried.stops({"accuracy": accuracy, "loss": 0.05}):
            raise Slip(
                "threshold", f"It stops at an accuracy of {accuracy} already. The limit is 0.997."
            )
    if not tried.stops({"accuracy": 0.9971, "loss": 0.02}):
        raise Slip(
            "threshold", "It goes on at an accuracy of 0.9971, which is above the limit of 0.997."
        )
    if tried.stops({"accuracy": 0.997, "loss": 0.02}):
        raise Slip(
            "at-the-limit",
            "It stops at exactly 0.997, and the training is to end above it: > and not >=.",
        )
    try:
        stopped = tried.stops({"loss": 0.1, "acc": 0.999})
    except (TypeError, KeyError):
        raise _KEY_MISSING from None
    if stopped:
        raise Slip(
            "stops-without-accuracy",
            "It stops where no accuracy was measured. A missing accuracy is not above 0.997.",
        )


class _Tried:
    """Calls a callback as fit does, with made-up logs."""

    def __init__(self, run: FinishedRun, kind: Any, model: Any) -> None:
        self._run, self._kind, self._model = run, kind, model
        self.callback: Any = None
        self.returned: Any = None

    def stops(self, logs: Mapping[str, float], hook: str = "on_epoch_end") -> bool:
        self.callback = self._run.call(self._kind, known=CALLBACK_ERRORS)
        self.callback.set_model(self._model)
        self._model.stop_training = False
        self.callback.on_train_begin({})
        known = CALLBACK_ERRORS if "accuracy" in logs else ()
        self.returned = self._run.call(getattr(self.callback, hook), 0, dict(logs), known=known)
        stopped = bool(self._model.stop_training)
        self._model.stop_training = False
        return stopped


def _must_have_the_hook(run: FinishedRun, kind: Any, tried: _Tried) -> None:
    written = [name for name, value in vars(kind).items() if inspect.isfunction(value)]
    if "on_epoch_end" in written:
        return
    good = {"accuracy": 0.999, "loss": 0.01}
    others = [n for n in written if n in vars(keras.callbacks.Callback) and n.startswith("on_")]
    for hook in others:
        if "batch" in hook and tried.stops(good, hook):
            raise Slip(
                "in-a-batch",
                f"It stops within an epoch: {hook} is called for every batch. The method for the "
                "end of an epoch is on_epoch_end.",
            )
    if others:
        raise Slip(
            "other-hook",
            f"Keras calls {others[0]} at another moment. The method for the end of an epoch is "
            "on_epoch_end.",
        )
    near = [name for name in written if get_close_matches(name, ["on_epoch_end"], cutoff=0.5)]
    if near:
        raise Slip(
            "misspelt-hook",
            f"Keras looks for methods by their names, and {near[0]} is none of them, so it is "
            "never called and nothing is said. The name is on_epoch_end.",
        )
    raise Slip(
        "no-hook",
        "The class has no method that Keras calls: def on_epoch_end(self, epoch, logs=None):",
    )


def _why_not_stopped(run: FinishedRun, tried: _Tried) -> Slip:
    """Return why a callback did not stop at an accuracy of 0.999."""
    if getattr(tried.callback, "stop_training", False):
        return Slip(
            "self-stop-training",
            "self is the callback, so self.stop_training is an attribute that nobody looks at, and "
            "the training goes on. The network is self.model: self.model.stop_training = True.",
        )
    if tried.returned:
        return Slip(
            "returned-not-set",
            f"The method gives back {tried.returned!r}, and Keras does not look at what it gives "
            "back. Set self.model.stop_training = True.",
        )
    if _stops_or_fails(tried, {"acc": 0.999, "loss": 0.01}):
        return Slip(
            "logs-acc",
            "It looks for the key acc, and logs has none: Keras names the metric as compile does. "
            'Write logs.get("accuracy").',
        )
    if _stops_or_fails(tried, {"accuracy": 0.5, "val_accuracy": 0.999, "loss": 0.7}):
        return Slip(
            "val-accuracy",
            "It stops when val_accuracy is above 0.997. Asked for was accuracy, that of the "
            "training pictures.",
        )
    if _stops_or_fails(tried, {"accuracy": 1.0, "loss": 0.0}):
        return Slip(
            "threshold",
            "It goes on at an accuracy of 0.999 and stops at 1. The limit is 0.997, which is less.",
        )
    if _stops_or_fails(tried, {"accuracy": 99.9, "loss": 0.01}):
        return Slip(
            "per-cent",
            "Keras gives the accuracy as a share from 0 to 1: 99.7 % is 0.997, and 99.7 is never "
            "reached.",
        )
    if run.uses("stop_training") and "==" in run.answer:
        return Slip(
            "compared-not-set",
            "== compares. To set the attribute write self.model.stop_training = True.",
        )
    if run.uses("stop_training"):
        return Slip(
            "stop-elsewhere",
            "stop_training is set somewhere, but not on the network that is being trained: "
            "self.model.stop_training = True.",
        )
    return Slip(
        "never-stops",
        "At an accuracy of 0.999 the training goes on. Ask fit to end: "
        "self.model.stop_training = True.",
    )


def _stops_or_fails(tried: _Tried, logs: Mapping[str, float]) -> bool:
    try:
        return tried.stops(logs)
    except (TypeError, KeyError):
        return False


_VAL_LOSSES = (0.62, 0.51, 0.47, 0.49, 0.48, 0.50, 0.52, 0.55, 0.60)
_MADE_UP = (
    f"The check called it with {len(_VAL_LOSSES)} made-up epochs, of which number 3 has the lowest "
    "val_loss"
)


def check_early_stopping(run: FinishedRun) -> str:
    """Whether a callback waits three epochs and brings the best weights back."""
    run.must_end_well(
        (
            Raises(
                r"NameError: name 'stop'",
                "no-name",
                "The next lines use `stop`, and nothing has that name: begin with stop = …",
            ),
            Raises(
                r"unexpected keyword argument|not recognized",
                "unknown-argument",
                "EarlyStopping does not know an argument of that name: the error says which. They "
                "are monitor, patience and restore_best_weights.",
            ),
            Raises(
                r"object has no attribute|is not iterable|NoneType|missing \d required positional",
                "no-callback",
                "`stop` is not an object of EarlyStopping: are the brackets missing, as in "
                "keras.callbacks.EarlyStopping(…)?",
            ),
        )
    )
    stop = run.get("stop", "the callback")
    if not isinstance(stop, keras.callbacks.Callback):
        raise Slip(
            "no-callback",
            f"`stop` is a {getattr(stop, '__name__', type(stop).__name__)} and not an object of "
            "EarlyStopping: stop = keras.callbacks.EarlyStopping(…), with brackets.",
        )
    epoch, weight = _stopped_after(stop)
    if epoch is None and getattr(stop, "monitor", "val_loss") != "val_loss":
        raise Slip(
            "other-monitor",
            f"It watches {stop.monitor}, which goes on getting better while val_loss rises: "
            'monitor="val_loss".',
        )
    if getattr(stop, "mode", "auto") == "max":
        raise Slip(
            "mode",
            'It waits for the largest val_loss. The lowest is the best: mode="min", or leave it '
            "out.",
        )
    if epoch != 6:
        patience = getattr(stop, "patience", None)
        ended = f"it ended after number {epoch}" if epoch else "it did not end"
        raise Slip(
            "patience",
            f"{_MADE_UP}, and {ended}: patience is {patience}. Three "
            "epochs without a new lowest are patience=3.",
        )
    if weight != 3:
        raise Slip(
            "no-restore",
            f"{_MADE_UP}. It ended after number 6, and the model kept the weights of number "
            f"{weight}. restore_best_weights=True brings its weights back.",
        )
    return f"{_MADE_UP}: it ended after number 6, with the weights of number 3."


def _stopped_after(stop: Any) -> tuple[int | None, int]:
    """Return the epoch after which it stops, from 1, and of which epoch the weights are then."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.compile("sgd", "mse")
    stop.set_model(model)
    model.stop_training = False
    stop.on_train_begin({})
    ended = None
    for number, value in enumerate(_VAL_LOSSES):
        model.set_weights([np.full((1, 1), number + 1.0)])
        logs = {
            "loss": 0.6 - number * 0.05, "accuracy": 0.6 + number * 0.03, "val_loss": value,
            "val_accuracy": 0.6 + number * 0.02,
        }  # fmt: skip
        stop.on_epoch_end(number, logs)
        if model.stop_training:
            ended = number + 1
            break
    stop.on_train_end({})
    return ended, round(float(model.get_weights()[0][0, 0]))
