"""Checks on compile, fit, callbacks and curves."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import keras
import numpy as np

from tui.code_runner.checks.finished_run import FinishedRun, Raises, Slip

COMPILE_ERRORS = (
    Raises(
        r"Argument\(s\) not recognized: \{'lr'|unexpected keyword argument 'lr'",
        "lr",
        "The argument lr is from older versions of Keras. It is called learning_rate now.",
    ),
    Raises(
        r"[Mm]ust call `?compile|You must call",
        "not-compiled",
        "The model was not compiled: call model.compile(…) before fit.",
    ),
    Raises(
        r"Could not interpret loss|Unknown loss|Could not locate (class|function)|"
        r"Could not interpret optimizer|Unknown optimizer|Could not interpret metric",
        "unknown-name",
        'Keras knows nothing of that name. The loss is "binary_crossentropy", the optimizer '
        '"rmsprop", the metric "accuracy".',
    ),
    Raises(
        r"Expected `metrics`|`metrics`.*(list|dict)|metrics argument|Expected metrics",
        "metrics-no-list",
        'metrics takes a list, also for a single one: metrics=["accuracy"].',
    ),
    Raises(
        r"dtype='string' is not a valid dtype|loss_weights",
        "metrics-position",
        "The third argument of compile is not metrics but loss_weights. Name the argument: "
        'metrics=["accuracy"].',
    ),
    Raises(
        r"outside (of )?the valid range|Received a label value",
        "loss-for-many-classes",
        "sparse_categorical_crossentropy compares as many outputs as there are classes, and the "
        'model has one. For class_mode="binary" take "binary_crossentropy".',
    ),
    Raises(
        r"unexpected keyword argument",
        "unknown-argument",
        "An argument has a name that the function does not know: the error says which. Those of "
        "compile are loss, optimizer and metrics.",
    ),
)


def check_compile(run: FinishedRun) -> str:
    """Whether a model is compiled with what suits one sigmoid unit."""
    run.must_end_well(COMPILE_ERRORS)
    must_be_compiled(run.get("model", "the model"))
    return (
        "The loss of 0.8 for a label of 1 is −ln 0.8 = 0.223, as it has to be, and the accuracy "
        "is measured."
    )


def must_be_compiled(model: Any, *, any_optimizer: bool = False) -> None:
    """Raise a slip where loss, optimizer or metric do not suit one sigmoid unit."""
    if not getattr(model, "compiled", False):
        raise Slip("not-compiled", "The model was not compiled: call model.compile(…).")
    loss = _loss(model, 1.0, 0.8)
    name = model.loss if isinstance(model.loss, str) else getattr(model.loss, "name", "")
    if "categorical" in str(name):
        raise Slip(
            "loss-for-many-classes",
            f"The loss is {name}, which compares as many outputs as there are classes. With one "
            f"output it comes to {loss:.3g} whatever the network says, so nothing is learned, and "
            'no error comes. For class_mode="binary" take "binary_crossentropy".',
        )
    if abs(loss - 0.3711) < 0.002:
        raise Slip(
            "from-logits",
            "from_logits=True means that there is no sigmoid yet, but the last layer has one. Take "
            "from_logits out.",
        )
    if abs(loss - 0.2231) > 0.002:
        raise Slip(
            "other-loss",
            f"For a label of 1 and an output of 0.8 this loss is {loss:.3f}; binary cross-entropy "
            'is −ln 0.8 = 0.223. Take loss="binary_crossentropy".',
        )
    if not any_optimizer:
        _must_be_rmsprop(model.optimizer)
    _must_measure_accuracy(model)


def _loss(model: Any, label: float, output: float) -> float:
    value = model.compute_loss(
        x=None, y=np.array([[label]], "float32"), y_pred=np.array([[output]], "float32")
    )
    return float(np.asarray(value))


def _must_be_rmsprop(optimizer: Any) -> None:
    if not isinstance(optimizer, keras.optimizers.RMSprop):
        raise Slip(
            "other-optimizer",
            f"The optimizer is {type(optimizer).__name__}, and RMSprop was asked for: "
            "keras.optimizers.RMSprop(learning_rate=0.001).",
        )
    rate = float(np.asarray(optimizer.learning_rate))
    if abs(rate - 0.001) > 1e-6:
        raise Slip(
            "other-rate",
            f"The learning rate is {rate:g}, and 0.001 was asked for: learning_rate=0.001.",
        )


def _must_measure_accuracy(model: Any) -> None:
    shape = (2, *model.input_shape[1:])
    found = model.evaluate(
        np.zeros(shape, "float32"), np.array([[0.0], [1.0]]), verbose=0, return_dict=True
    )
    if "accuracy" in found:
        return
    if "acc" in found:
        raise Slip(
            "metric-acc",
            'With metrics=["acc"] the key in logs and in the history is acc, and whoever asks for '
            'accuracy finds None. Write metrics=["accuracy"].',
        )
    raise Slip(
        "no-metric",
        f'Only {", ".join(found)} is measured. Ask for the accuracy: metrics=["accuracy"].',
    )


FIT_ERRORS = (
    Raises(
        r"NameError: name 'history'",
        "no-history",
        "It was trained, but what fit gave back has no name: begin with history = model.fit(…).",
    ),
    Raises(
        r"'dict' object has no attribute",
        "history-dict",
        "history is the dictionary already. Keep the whole object that fit gives back: "
        "history = model.fit(…), without .history behind it.",
    ),
    Raises(
        r"KeyError: 'val_accuracy'",
        "no-validation",
        "There is no val_accuracy: nothing was measured on the validation pictures. Give fit "
        "validation_data=validation.",
    ),
    Raises(
        r"`y` argument is not supported|`y` should not be passed|When providing `x` as",
        "second-argument",
        "The second argument of fit is for labels, and an iterator has its labels in it. Name the "
        "argument: validation_data=validation.",
    ),
    Raises(
        r"`validation_split` is only supported",
        "validation-split",
        "validation_split divides arrays, and train is an iterator. The other pictures are in "
        "validation: validation_data=validation.",
    ),
    Raises(
        r"no attribute 'fit_generator'",
        "fit-generator",
        "fit_generator is gone: fit takes the iterator itself, model.fit(train, …).",
    ),
    Raises(
        r"unexpected keyword argument",
        "unknown-argument",
        "fit does not know an argument of that name: the error says which. Those here are epochs "
        "and validation_data.",
    ),
)


def check_fit(run: FinishedRun) -> str:
    """Whether the model was trained, measured and its history kept."""
    run.must_end_well(FIT_ERRORS)
    must_be_history(run.get("history", "what fit gives back"), run, 3)
    return (
        "history has three epochs, with loss and accuracy of the training and of the validation "
        "pictures."
    )


def must_be_history(history: Any, run: FinishedRun, epochs: int, *, fewer: bool = False) -> None:
    """Raise a slip where a history is not of the training that was asked for.

    Args:
        history: what the program calls so.
        run: the program, with model, train and validation.
        epochs: that were asked for.
        fewer: whether it may have ended earlier.
    """
    if not isinstance(history, keras.callbacks.History):
        raise Slip(
            "no-history",
            f"`history` is a {type(history).__name__}. Keep what fit gives back: "
            "history = model.fit(…).",
        )
    trained = len(history.epoch)
    if trained != epochs and not (fewer and 0 < trained < epochs):
        default = " That is what you get without epochs." if trained == 1 else ""
        raise Slip(
            "epochs",
            f"It was trained for {trained} epoch{'s' * (trained != 1)} instead of {epochs}."
            f"{default} Give fit epochs={epochs}.",
        )
    if "val_loss" not in history.history:
        raise Slip(
            "no-validation",
            "Nothing was measured on the validation pictures. Give fit validation_data=validation.",
        )
    train, validation = run.namespace["train"], run.namespace["validation"]
    steps = history.params.get("steps")
    if steps == len(validation) and steps != len(train):
        raise Slip(
            "parts-exchanged",
            "It was trained on validation. The pictures to learn from come first: "
            "model.fit(train, …, validation_data=validation).",
        )
    if steps is not None and steps != len(train):
        raise Slip(
            "steps",
            f"An epoch took {steps} of {len(train)} batches. Without steps_per_epoch it takes all.",
        )
    measured = history.history["val_loss"][-1]
    model = run.namespace["model"]
    if abs(_evaluated(model, validation) - measured) > 0.01 and (
        abs(_evaluated(model, train) - measured) < 0.01
    ):
        raise Slip(
            "validated-on-train",
            "val_loss was measured on the pictures that it learned from, so it says nothing about "
            "new ones. Give fit validation_data=validation.",
        )


def _evaluated(model: Any, pictures: Any) -> float:
    return float(model.evaluate(pictures, verbose=0, return_dict=True)["loss"])


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
    if tried.stops({"accuracy": 0.99, "loss": 0.05}):
        raise Slip("threshold", "It stops at an accuracy of 0.99 already. The limit is 0.997.")
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
        raise Slip(
            "patience",
            f"val_loss is lowest in epoch 3, and it ends after epoch {epoch or 'none'}: patience "
            f"is {patience}. Three epochs without a new lowest are patience=3.",
        )
    if weight != 3:
        raise Slip(
            "no-restore",
            f"It ends after epoch 6, and the model keeps the weights of epoch {weight}; the best "
            "epoch was 3. restore_best_weights=True brings its weights back.",
        )
    return "val_loss is lowest in epoch 3: it ends after epoch 6, with the weights of epoch 3."


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


CURVE_ERRORS = (
    Raises(
        r"'History' object is not subscriptable",
        "history-subscript",
        "history is the object that fit gives back; the dictionary is its attribute: "
        'history.history["loss"].',
    ),
    Raises(
        r"x and y must have same first dimension",
        "lengths",
        "The list of epochs and the list of values are not equally long. There are five epochs: "
        "history.epoch, or leave it out.",
    ),
    Raises(
        r"KeyError",
        "no-key",
        "There is no such key. Those of the history are loss, accuracy, val_loss and val_accuracy.",
    ),
    Raises(
        r"a line takes a list of numbers",
        "no-list",
        "plot takes lists of numbers, and got something else: "
        'plt.plot(history.history["loss"], label="loss").',
    ),
)


def check_curves(run: FinishedRun) -> str:
    """Whether the two losses are drawn, with labels and a legend."""
    run.must_end_well(CURVE_ERRORS)
    must_draw(run, run.namespace["history"], ("loss", "val_loss"))
    return "The chart has loss and val_loss, each with its name in the legend."


def must_draw(run: FinishedRun, history: Any, wanted: Sequence[str]) -> None:
    """Raise a slip where a chart does not show these curves of a history."""
    values: Mapping[str, list[float]] = history.history
    lines = run.drawn.series
    if not lines:
        raise Slip("nothing-drawn", "Nothing was drawn: plt.plot(…) draws a line.")
    drawn = [_key_of(line.y, values) for line in lines]
    if any(key is None and _key_of(line.x, values) for key, line in zip(drawn, lines, strict=True)):
        raise Slip(
            "axes-exchanged",
            "The values stand on the axis of the epochs. The first list goes to the right, the "
            "second up: plt.plot(epochs, values).",
        )
    for name in wanted:
        if name not in drawn:
            seen = ", ".join(key or "something else" for key in drawn)
            other = "accuracy" if "loss" in name else "loss"
            more = (
                f" You asked the history for {other}."
                if any(other in (key or "") for key in drawn)
                else ""
            )
            raise Slip(
                "curve-missing",
                f"The chart shows {seen}; {name} is missing.{more} It is "
                f'history.history["{name}"].',
            )
    for name in wanted:
        line = lines[drawn.index(name)]
        if not line.label:
            raise Slip(
                "no-label",
                f'The line of {name} has no name: plt.plot(…, label="{name}").',
            )
        if line.label.strip().lower() != name and line.label.strip().lower() in values:
            raise Slip(
                "labels-exchanged",
                f"The line of {name} is labelled {line.label}: a reader would take one curve for "
                "the other.",
            )
    if not run.drawn.legends:
        raise Slip("no-legend", "The labels are shown only after plt.legend().")


def _key_of(numbers: list[float], values: Mapping[str, list[float]]) -> str | None:
    for key, known in values.items():
        if len(known) == len(numbers) and np.allclose(numbers, known):
            return key
    return None
