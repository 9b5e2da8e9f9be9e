"""What to train: written once by the app as `spec.json`, read by the trainer."""

from __future__ import annotations

import re
from typing import Literal, get_args

import msgspec

from tui.datasets import LoaderSettings
from tui.text import clean

Comparison = Literal[">", ">=", "<", "<="]
Optimizer = Literal["rmsprop", "adam", "sgd"]
Loader = Literal["cached", "keras"]

_RULE = re.compile(r"\s*([A-Za-z_][\w]*)\s*(>=|<=|>|<)\s*(\S+)\s*")


class SpecError(ValueError):
    """A value of a training that cannot be; the message says which and what would do."""


class StopRule(msgspec.Struct, frozen=True):
    """A rule that ends a training early, looked at when an epoch ends.

    The course's callback is the rule `accuracy > 0.997`.
    """

    metric: str
    """A key of the epoch's logs: `accuracy`, `loss`, `val_accuracy` or `val_loss`."""
    comparison: Comparison
    value: float

    @classmethod
    def parse(cls, text: str) -> StopRule | None:
        """Read a rule such as `accuracy > 0.997`; an empty text or `never` is no rule.

        Raises:
            SpecError: when the text is no rule or names a metric that a training has not.

        >>> StopRule.parse("accuracy>0.997")
        StopRule(metric='accuracy', comparison='>', value=0.997)
        >>> StopRule.parse("never") is None
        True
        """
        if text.strip().lower() in {"", "never", "none"}:
            return None
        cure = "Write for example accuracy>0.997 or val_loss<0.1, or never."
        match = _RULE.fullmatch(text)
        if match is None:
            raise SpecError(f"{clean(text, 40)!r} is not a stop rule. {cure}")
        metric, comparison, number = match.groups()
        if metric not in METRICS:
            raise SpecError(
                f"{clean(metric, 30)!r} is not measured here; known are {', '.join(METRICS)}. "
                f"{cure}"
            )
        try:
            value = float(number)
        except ValueError:
            raise SpecError(f"{clean(number, 30)!r} is not a number. {cure}") from None
        if value != value or value in (float("inf"), float("-inf")):
            raise SpecError(f"{number} can never be reached. {cure}")
        if "accuracy" in metric and not 0 <= value <= 1:
            raise SpecError(
                f"An accuracy lies between 0 and 1, and {number} does not. "
                "99.7 % is written 0.997, as in accuracy>0.997."
            )
        return cls(metric, comparison, value)  # type: ignore[arg-type]

    def met_by(self, logs: dict[str, float | None]) -> bool:
        """Say whether an epoch's logs fulfil the rule; a metric that is missing never does.

        >>> StopRule("accuracy", ">", 0.997).met_by({"accuracy": 0.998})
        True
        """
        measured = logs.get(self.metric)
        if measured is None:
            return False
        return {
            ">": measured > self.value,
            ">=": measured >= self.value,
            "<": measured < self.value,
            "<=": measured <= self.value,
        }[self.comparison]

    def __str__(self) -> str:
        return f"{self.metric} {self.comparison} {self.value:g}"


LOADERS = get_args(Loader)
METRICS = ("accuracy", "loss", "val_accuracy", "val_loss")
COURSE_RULE = StopRule("accuracy", ">", 0.997)


class TrainingSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One training, whole: the network, the data, how long, and when to stop."""

    name: str
    """What the learner calls it; also part of the run folder's name."""
    network: str
    """The network in its one-line form, `150x150x3 conv:k=16,f=3 …`."""
    data: LoaderSettings
    epochs: int = 15
    learning_rate: float = 0.001
    optimizer: Optimizer = "rmsprop"
    stop_rule: StopRule | None = COURSE_RULE
    seed: int = 42
    """Seeds Python, NumPy and Keras: weights, dropout, shuffling and the choice of a share."""
    share: float = 1.0
    """Of each class's training images, above 0 to 1; validation always takes all of its own."""
    loader: Loader = "cached"
    """`cached`: each file is decoded once and kept; `keras`: plain `flow_from_directory`. Both
    give the same batches."""
    origin: str = ""
    """Which page of a lesson asked for it, to be found again by; empty for the learner's own."""

    def __post_init__(self) -> None:
        if not 1 <= self.epochs <= 100_000:
            raise SpecError(f"{self.epochs} epochs cannot be trained; choose 1 to 100,000.")
        if not 0 < self.learning_rate <= 100:
            raise SpecError(
                f"A learning rate of {self.learning_rate:g} does not train; "
                "choose above 0, for example 0.001."
            )
        if not 0 <= self.seed < 2**32:
            raise SpecError(f"The seed {self.seed} is out of range; choose 0 to {2**32 - 1}.")
        if not 0 < self.share <= 1:
            raise SpecError(
                f"A share of {self.share:g} of the training images cannot be; choose above 0 to 1, "
                "for example 0.1 for a tenth."
            )
        if self.loader not in LOADERS:
            raise SpecError(
                f"There is no loader {clean(self.loader, 40)!r}. Choose {' or '.join(LOADERS)}."
            )
