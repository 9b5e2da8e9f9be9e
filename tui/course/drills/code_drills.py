"""Drills with a line of code to correct: callbacks, and class_mode against the loss."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from tui.course.drills.drill_questions import DrillQuestion, Key, pick
from tui.course.lesson.questions import ChoiceBlock, FixBlock, LineSlip


def _fix(
    skill: str,
    prompt: str,
    program: Sequence[str],
    wrong: str,
    accepted: Sequence[str],
    slips: Sequence[LineSlip],
    why: str,
    hints: Sequence[str],
    key: Key,
) -> DrillQuestion:
    """Return a program with a wrong line, which is one of `program`."""
    at = list(program).index(wrong)
    block = FixBlock(
        f"drill-{skill}",
        prompt,
        tuple(program[:at]),
        wrong,
        tuple(program[at + 1 :]),
        tuple(accepted),
        tuple(slips),
        why,
        tuple(hints),
    )
    return DrillQuestion(block, key)


_METRICS = ("accuracy", "val_accuracy")


def callbacks(random: Random, level: int) -> DrillQuestion:
    """A callback with a mistake in it."""
    metric = random.choice(_METRICS)
    limit = f"0.{pick(random, (80, 99))}"
    epochs = pick(random, (10, 20)) * level
    name = random.choice(("StopWhenGood", "GoodEnough", "Stopper", "Enough"))
    head = f"class {name}(keras.callbacks.Callback):"
    method = "    def on_epoch_end(self, epoch, logs=None):"
    test = f'        if logs["{metric}"] > {limit}:'
    stop = "            self.model.stop_training = True"
    fit = f"model.fit(train, epochs={epochs}, callbacks=[{name}()])"
    program = [head, method, test, stop]
    if level >= 3:
        program += ["", fit]
    kinds = ("metric", "stop") if level == 1 else ("metric", "stop", "method", "fit")
    kind = random.choice(kinds if level >= 3 else kinds[:3])
    key = (f"callbacks {kind} {metric} {limit} {name}", level, epochs, len(program))
    accepted: list[str]
    slips: list[LineSlip]
    if kind == "metric":
        short = metric.replace("accuracy", "acc")
        wrong = f'        if logs["{short}"] > {limit}:'
        accepted = [
            test,
            test.replace(f'logs["{metric}"]', f'logs.get("{metric}")'),
            test.replace(f'logs["{metric}"]', f'logs.get("{metric}", 0)'),
        ]
        slips = [
            LineSlip(
                "logs-get-acc",
                f'if logs.get("{short}") > {limit}:',
                f'logs has no key "{short}": get gives None, and None cannot be compared.',
            ),
            LineSlip(
                "wrong-metric",
                f'if logs["loss"] > {limit}:',
                f"that is the loss, which is low when all is well. The rule is about {metric}.",
            ),
        ]
        prompt = f'The training is compiled with metrics=["accuracy"] and ends in KeyError: {short}'
        why = f'the key in logs is the full name of the metric, "{metric}".'
        hints = ["Under which key is the accuracy in logs?", "It is written in full."]
        at = test
    elif kind == "stop":
        wrong = random.choice(
            (
                "            self.stop_training = True",
                "            model.stop_training == True",
                "            self.model.stop_training()",
            )
        )
        accepted = [stop]
        slips = [
            LineSlip(
                "stop-on-the-callback",
                "self.stop_training = True",
                "that sets a variable of the callback. It is the model that is asked to stop.",
            ),
            LineSlip(
                "compared-instead",
                "self.model.stop_training == True",
                "== only compares; a single = sets the value.",
            ),
        ]
        prompt = f"The training does not end when {metric} passes {limit}."
        why = "fit looks at self.model.stop_training after each epoch."
        hints = ["Whose stop_training does fit look at?", "The callback has it as self.model."]
        at = stop
    elif kind == "method":
        wrong = random.choice(
            (
                "    def on_epoch_end(epoch, logs=None):",
                "    def on_epoch_ends(self, epoch, logs=None):",
                "    def at_epoch_end(self, epoch, logs=None):",
            )
        )
        accepted = [method, method.replace("=None", "={}"), method.replace("=None", "")]
        slips = [
            LineSlip(
                "forgot-self",
                "def on_epoch_end(epoch, logs=None):",
                "a method gets the object itself first: self is missing.",
            ),
            LineSlip(
                "begin-not-end",
                "def on_epoch_begin(self, epoch, logs=None):",
                "at the beginning of an epoch logs is still empty.",
            ),
        ]
        prompt = "After an epoch nothing of this callback happens, or it fails."
        why = "Keras calls on_epoch_end(self, epoch, logs) by exactly this name."
        hints = ["Which method does Keras call, and with what?", "Its first parameter is self."]
        at = method
    else:
        wrong = random.choice(
            (
                f"model.fit(train, epochs={epochs}, callback=[{name}()])",
                f"model.fit(train, epochs={epochs}, callbacks=[{name}])",
                f"model.fit(train, epochs={epochs})",
            )
        )
        accepted = [
            fit,
            fit.replace(f"[{name}()]", f"{name}()"),
            fit.replace("model.fit", "history = model.fit"),
        ]
        slips = [
            LineSlip(
                "class-not-object",
                f"model.fit(train, epochs={epochs}, callbacks=[{name}])",
                f"{name} is the class. fit needs an object of it: {name} with parentheses.",
            ),
            LineSlip(
                "callback-singular",
                f"model.fit(train, epochs={epochs}, callback=[{name}()])",
                "the parameter of fit has another name: it takes several of them.",
            ),
        ]
        prompt = f"The callback {name} is not used, or fit stops with an error."
        why = "fit takes a list of objects as callbacks=."
        hints = ["How does fit get to know of the callback?", f"It needs callbacks=[{name}()]."]
        at = fit
    lines = [wrong if line == at else line for line in program]
    return _fix("callbacks", prompt, lines, wrong, accepted, slips, why, hints, key)


_MODES = {
    "binary": ('Dense(1, activation="sigmoid")', "binary_crossentropy"),
    "categorical": ('Dense({n}, activation="softmax")', "categorical_crossentropy"),
    "sparse": ('Dense({n}, activation="softmax")', "sparse_categorical_crossentropy"),
}
_GIVES = {
    "binary": "binary gives a single label of 0 or 1",
    "categorical": "categorical gives a list with a single 1 in it",
    "sparse": "sparse gives the number of the class",
}


def class_mode(random: Random, level: int) -> DrillQuestion:
    """Which class_mode belongs to a loss, or the line with the wrong one."""
    mode = random.choice(tuple(_MODES))
    classes = 2 if mode == "binary" else pick(random, (3, 4 + 6 * level))
    layer, loss = _MODES[mode][0].format(n=classes), _MODES[mode][1]
    if level <= 2:
        others = [one for one in _MODES if one != mode]
        names = [mode, *(others if level == 2 else others[:1])]
        random.shuffle(names)
        why = tuple(
            f"{_GIVES[name]}, as {loss} needs it."
            if name == mode
            else f"{_GIVES[name]}; {loss} needs something else."
            for name in names
        )
        block = ChoiceBlock(
            "drill-class-mode",
            f"The network ends in {layer}, and the loss is {loss}. Which class_mode belongs to it?",
            tuple(f'class_mode="{name}"' for name in names),
            names.index(mode) + 1,
            why,
            ("What does the loss compare: one number, a list, or the number of a class?",),
        )
        return DrillQuestion(block, (f"class-mode {mode} {' '.join(names)}", classes))
    wrong_mode = random.choice([one for one in _MODES if one != mode])
    folder = random.choice(("train", "images/train", "data", "photos"))
    size = random.choice((64, 100, 128, 150, 224))
    flow = (
        f'train = images.flow_from_directory("{folder}", target_size=({size}, {size}), '
        'class_mode="{mode}")'
    )
    wrong, right = flow.format(mode=wrong_mode), flow.format(mode=mode)
    program = ["images = ImageDataGenerator(rescale=1 / 255)", wrong]
    program += ["...", f"layers.{layer},", "..."]
    program.append(f'model.compile("adam", loss="{loss}", metrics=["accuracy"])')
    if level >= 4:
        program.append("model.fit(train, epochs=15)")
    third = next(one for one in _MODES if one not in (mode, wrong_mode))
    accepted = [right]
    if mode == "categorical":
        # It is the default of flow_from_directory.
        accepted.append(right.replace(', class_mode="categorical"', ""))
    slips = [
        LineSlip(
            "other-class-mode",
            flow.format(mode=third),
            f"{_GIVES[third]}, and {loss} needs something else.",
        )
    ]
    return _fix(
        "class-mode",
        f"{classes} classes. fit stops with an error about shapes, or learns nothing.",
        program,
        wrong,
        accepted,
        slips,
        f"{_GIVES[mode]}, which is what {loss} compares with.",
        ("Which labels does the loss need?", f"The layer is {layer}."),
        (f"class-mode {mode} {wrong_mode} {folder}", size, classes, len(program)),
    )
