"""What a series of a log is, by its name: which metric, of training or validation, how often.

The names are those that Keras, Lightning, Hugging Face's Trainer and people's own loops use. A
guess is shown as one and can be changed (`CurveRoles`).
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from tui.runs.settings.external_spec import CurveRoles

Level = Literal["epoch", "batch", ""]
Side = Literal["training", "validation", ""]

ROLES = ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate", "epoch")
ROLE_NAMES = {
    "loss": "training loss",
    "accuracy": "training accuracy",
    "val_loss": "validation loss",
    "val_accuracy": "validation accuracy",
    "learning_rate": "learning rate",
    "epoch": "epoch of a step",
}

WORD_BREAKS = re.compile(r"[\s/_.\-:]+")
"""Between the words of a series' name."""
TRAINING_WORDS = ("train", "training", "trn")
_USUAL_VALIDATION = ("val", "valid", "validation", "dev")
_OTHER_VALIDATION = ("eval", "evaluation", "test", "testing", "holdout")
"""Stand for validation where nothing else does."""
VALIDATION_WORDS = (*_USUAL_VALIDATION, *_OTHER_VALIDATION)
_LEVELS: dict[str, Level] = {
    "epoch": "epoch",
    "batch": "batch",
    "step": "batch",
    "iter": "batch",
    "iteration": "batch",
}
_LOSSES = ("loss", "total_loss", "loss_total", "nll", "cost", "objective")
_ACCURACIES = (
    "accuracy",
    "acc",
    "sparse_categorical_accuracy",
    "categorical_accuracy",
    "binary_accuracy",
    "top1",
    "top_1",
    "acc@1",
    "acc1",
)
_HYPERPARAMETERS = ("hparam", "hp/", "hp_")
"""Begin the names of what `add_hparams` writes: one value for a whole training."""
_RATES = ("lr", "learning_rate", "learningrate")


@dataclass(frozen=True)
class ParsedName:
    """A series' name, read.

    Args:
        series: the name as it is in the log.
        base: the metric alone, in lower case with underscores.
        side: training or validation, where the name says so.
        strength: 2 where `side` is said by a usual word, 1 by one such as `test`, 0 not at all.
        level: whether it has a value for each epoch or each step, where the name says so.
    """

    series: str
    base: str
    side: Side
    strength: int
    level: Level


def parse_name(series: str) -> ParsedName:
    """Return what the name of a series says.

    >>> [parse_name(name).base for name in ("Loss/train", "val_loss", "validation/epoch_auc")]
    ['loss', 'loss', 'auc']
    >>> parse_name("train_loss_step").level, parse_name("eval/loss").side
    ('batch', 'validation')
    """
    words = [word for word in WORD_BREAKS.split(series.strip().lower()) if word]
    side, strength, level = "", 0, ""
    for _ in range(3):  # a marker may stand at either end, before or after another one
        for place in (0, -1):
            if len(words) < 2:
                break
            word = words[place]
            if not strength and word in (*TRAINING_WORDS, *VALIDATION_WORDS):
                side = "training" if word in TRAINING_WORDS else "validation"
                strength = 1 if word in _OTHER_VALIDATION else 2
            elif not level and word in _LEVELS:
                level = _LEVELS[word]
            else:
                continue
            words.pop(place)
    return ParsedName(series, "_".join(words), side, strength, level)  # type: ignore[arg-type]


@dataclass(frozen=True)
class NamedSeries:
    """The series of a log and what each is.

    Args:
        roles: for each role the series in it; empty: none.
        guessed: the roles that were guessed and not chosen.
        metrics: for each series that is a metric, its name in the run.
        batches: for each series with a value for each step of a metric that another one has for
            each epoch, the name of that metric.
        validation: the series that are of validation.
    """

    roles: CurveRoles
    guessed: tuple[str, ...]
    metrics: dict[str, str] = field(default_factory=dict)
    batches: dict[str, str] = field(default_factory=dict)
    validation: frozenset[str] = frozenset()

    def role(self, name: str) -> str:
        """Return the series in a role; empty where there is none."""
        return getattr(self.roles, name) or ""


def name_series(
    names: Iterable[str], chosen: CurveRoles | None = None, single: Container[str] = ()
) -> NamedSeries:
    """Return what each series of a log is.

    Args:
        names: of the series.
        chosen: what the user chose; the rest is guessed.
        single: series of one value, which may be a summary at the end.

    >>> found = name_series(["train/loss", "train/lr", "val/loss", "val/f1", "train/f1", "grad"])
    >>> found.roles.loss, found.roles.val_loss, found.roles.learning_rate, found.roles.accuracy
    ('train/loss', 'val/loss', 'train/lr', '')
    >>> found.metrics["val/f1"], found.metrics["train/f1"], found.metrics["grad"]
    ('val_f1', 'f1', 'grad')
    """
    chosen = chosen or CurveRoles()
    parsed = {name: parse_name(name) for name in names}
    taken = {value for role in ROLES if (value := getattr(chosen, role))}
    free = [one for one in parsed.values() if one.series not in taken]
    guess = _guess(free, single)
    roles = {}
    for role in ROLES:
        wanted = getattr(chosen, role)
        roles[role] = guess.get(role, "") if wanted is None else wanted
        if wanted and wanted not in parsed:
            roles[role] = ""  # it may appear later
    guessed = tuple(role for role in ROLES if getattr(chosen, role) is None)
    validation = frozenset(
        one.series for one in parsed.values() if one.side == "validation"
    ) | frozenset(roles[role] for role in ("val_loss", "val_accuracy") if roles[role])
    validation -= {roles["loss"], roles["accuracy"]}
    metrics, batches = _metric_names(list(parsed.values()), roles, validation)
    return NamedSeries(CurveRoles(**roles), guessed, metrics, batches, validation)


def _guess(free: Sequence[ParsedName], single: Container[str]) -> dict[str, str]:
    """Return the series that the usual names give to each role."""
    found: dict[str, str] = {}
    free = [one for one in free if not one.series.lower().startswith(_HYPERPARAMETERS)]
    for role, wanted, ending in (("loss", _LOSSES, "loss"), ("accuracy", _ACCURACIES, "accuracy")):
        bases = _ranked({one.base for one in free}, wanted, ending)
        # One that training and validation both have comes first.
        pairs = [(base, *_pair(free, base, single)) for base in bases]
        both = [one for one in pairs if one[1] and one[2]]
        for _, training, validation in (both or pairs)[:1]:
            found[role], found[f"val_{role}"] = training, validation
    rates = [one for one in free if one.base in _RATES or one.base.split("_")[0] == "lr"]
    rates = [one for one in rates if one.side != "validation"]
    if rates:
        found["learning_rate"] = min(
            rates, key=lambda one: _RATES.index(one.base) if one.base in _RATES else 9
        ).series
    for one in free:
        if WORD_BREAKS.split(one.series.lower())[-1] in ("epoch", "epochs") and one.base in (
            "epoch",
            "epochs",
        ):
            found["epoch"] = one.series
            break
    return found


def _ranked(bases: set[str], wanted: Sequence[str], ending: str) -> list[str]:
    """Return the metrics that may be meant, the most usual name first.

    Of several losses without a usual name, such as `box_loss` and `cls_loss`, none is meant.
    """
    usual = [name for name in wanted if name in bases]
    endings = (ending, "_acc") if ending == "accuracy" else (ending,)
    others = [name for name in bases - set(usual) if name.endswith(endings)]
    return usual + (others if len(others) == 1 else [])


def _pair(free: Sequence[ParsedName], base: str, single: Container[str]) -> tuple[str, str]:
    """Return the series of a metric for training and for validation; empty where there is none."""
    same = [one for one in free if one.base == base]
    training = [one for one in same if one.side != "validation"]
    validation = [one for one in same if one.side == "validation"]
    # A value for each epoch is meant before one for each step.
    order = {"epoch": 0, "": 1, "batch": 2}
    training.sort(key=lambda one: (order[one.level], one.series in single, -one.strength))
    validation.sort(key=lambda one: (-one.strength, order[one.level]))
    return (
        training[0].series if training else "",
        validation[0].series if validation else "",
    )


def _metric_names(
    parsed: Sequence[ParsedName], roles: dict[str, str], validation: frozenset[str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return each series' name in the run, and the step-wise series of metrics that have both."""
    metrics: dict[str, str] = {}
    for role in ("loss", "accuracy", "val_loss", "val_accuracy"):
        if roles[role]:
            metrics[roles[role]] = role
    fixed = {roles[role] for role in ROLES if roles[role]}
    by_series = {one.series: one for one in parsed}
    groups: dict[tuple[str, bool], list[ParsedName]] = {}
    for one in parsed:
        groups.setdefault((one.base, one.series in validation), []).append(one)
    batches: dict[str, str] = {}
    used = set(_RESERVED)
    for (base, validated), group in groups.items():
        main = next((one for one in group if one.series in metrics), None)
        if main is None:
            left = [one for one in group if one.series not in fixed]
            if not left:
                continue
            main = min(left, key=lambda one: (one.level == "batch", one.level != "epoch"))
            paired = (base, not validated) in groups and base
            whole = any(one.level == "epoch" for one in left) and base
            if validated and (paired or whole):
                name = f"val_{base}"
            else:
                name = base if paired or whole else main.series
            metrics[main.series] = _unused(name, main.series, used)
        for one in group:
            if one.series == main.series or one.series in fixed:
                continue
            if one.level == "batch" and by_series[main.series].level != "batch" and not validated:
                batches[one.series] = metrics[main.series]
            else:
                metrics[one.series] = _unused(one.series, one.series, used)
    return metrics, batches


_RESERVED = (
    "loss",
    "accuracy",
    "val_loss",
    "val_accuracy",
    "learning rate",
    "seconds an epoch",
    "images/s",
)


def _unused(name: str, series: str, used: set[str]) -> str:
    """Return a name that no other series has, and that no role has; it is used then."""
    found = next((one for one in (name, series) if one not in used), f"{series} (series)")
    used.add(found)
    return found
