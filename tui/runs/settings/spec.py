"""What to train: the spec that the app writes once as `spec.json` and the trainer reads."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, get_args

import msgspec

from tui.common.stop_rule import COURSE_RULE, METRICS, Comparison, SpecError, StopRule
from tui.common.text import clean, exact
from tui.datasets import LoaderSettings
from tui.runs.settings.class_weights import ClassWeight, check_class_weight, check_devices
from tui.runs.settings.model_file import ModelFile
from tui.runs.settings.pretrained import PretrainedBase, check_base
from tui.runs.settings.schedules import CONSTANT, parse_schedule
from tui.runs.settings.several_gpus import check_gpus

_LARGEST_PART = 10


def share_of(images: int, share: float) -> int:
    """Return how many images a share of a class is: rounded, and at least one.

    Args:
        images: the class's training images.
        share: above 0 to 1.

    >>> share_of(144, 0.1), share_of(3, 0.1), share_of(0, 0.1)
    (14, 1, 0)
    """
    return min(max(round(share * images), 1), images)


def share_name(share: float) -> str:
    """Return a share in words: as a simple fraction if there is one.

    >>> share_name(0.1), share_name(0.33), share_name(0.3333), share_name(1.0), share_name(0.137)
    ('1/10', '1/3', '1/3', 'all', '13.7 %')
    """
    if share >= 1:
        return "all"
    near = Fraction(share).limit_denominator(_LARGEST_PART)
    if abs(float(near) - share) < 0.015 * share:  # 0.33 is meant as a third
        return str(near)
    parts = round(1 / max(share, 1e-6))
    return f"1/{parts}" if abs(parts * share - 1) < 1e-6 else f"{100 * share:.3g} %"


__all__ = [
    "COURSE_RULE",
    "LOADERS",
    "METRICS",
    "OPTIMIZERS",
    "Comparison",
    "Loader",
    "Optimizer",
    "SpecError",
    "StopRule",
    "TrainingSpec",
    "check_epochs",
    "check_patience",
    "check_rate",
    "same_network",
]

Optimizer = Literal["rmsprop", "adam", "sgd"]
Loader = Literal["cached", "keras"]
LOADERS = get_args(Loader)
OPTIMIZERS = get_args(Optimizer)
HIGHEST_RATE = 100.0


def check_rate(rate: float) -> None:
    """Check a learning rate.

    Raises:
        SpecError: when training with it is not possible.
    """
    if not 0 < rate <= HIGHEST_RATE:
        raise SpecError(
            f"A learning rate of {exact(rate)} does not train; choose above 0 to "
            f"{HIGHEST_RATE:g}, for example 0.001."
        )


def check_epochs(epochs: int) -> None:
    """Check a number of epochs.

    Raises:
        SpecError: when so many cannot be trained.
    """
    if not 1 <= epochs <= 100_000:
        raise SpecError(f"{epochs} epochs cannot be trained; choose 1 to 100,000.")


def check_patience(patience: int) -> None:
    """Check a patience.

    Raises:
        SpecError: when it cannot be.
    """
    if not 0 <= patience <= 100_000:
        raise SpecError(
            f"A patience of {patience} epochs cannot be; choose 1 to 100,000, or 0 for none."
        )


LONGEST_COMMAND = 4_000


def check_command(command: str) -> None:
    """Check a command for a run's end.

    Raises:
        SpecError: when the shell cannot be given it.
    """
    if len(command) > LONGEST_COMMAND:
        raise SpecError(
            f"The command for the end has {len(command):,} characters; at most "
            f"{LONGEST_COMMAND:,} are possible. Put it into a file, and name that."
        )
    if clean(command) != command:
        raise SpecError(
            f"The command for the end holds characters that cannot be typed: {clean(command, 60)}. "
            "Write it in one line, or put it into a file, and name that."
        )


class TrainingSpec(msgspec.Struct, frozen=True, kw_only=True):
    """All settings of a training: the network, the data, how long, and when to stop."""

    name: str
    """The user's name for it; also part of the run folder's name."""
    network: str
    """The network in its one-line form, `150x150x3 conv:k=16,f=3 …`; on a pretrained backbone the
    head alone, whose input is the backbone's output. Of a file it is there only where it is a plain
    chain, else empty, and never what is trained: that is the file itself."""
    data: LoaderSettings
    base: PretrainedBase | None = None
    """The pretrained backbone that the network stands on; None: it gets the images themselves."""
    model_file: ModelFile | None = None
    """The file whose network is trained; None: that of `network`."""
    epochs: int = 15
    learning_rate: float = 0.001
    schedule: str = CONSTANT
    """How the learning rate changes, in its one-line form (`tui.runs.settings.schedules`)."""
    optimizer: Optimizer = "rmsprop"
    stop_rule: StopRule | None = COURSE_RULE
    patience: int = 0
    """End when the validation loss has not improved for this many epochs; 0: never."""
    seed: int = 42
    """Seeds Python, NumPy and Keras: weights, dropout, shuffling and the choice of a share."""
    share: float = 1.0
    """Of each class's training images, above 0 to 1; all validation images are always used."""
    loader: Loader = "cached"
    """`cached`: each file is decoded once and cached; `keras`: plain `flow_from_directory`. Both
    give the same batches."""
    class_weight: ClassWeight = None
    """How much each class counts in the loss of the training images."""
    test_directory: str | None = None
    """A folder with a folder for each class, whose images are judged once, at the end, with the
    best weights; None: none."""
    origin: str = ""
    """The lesson page that it belongs to; empty for other trainings."""
    group: str = ""
    """The group of runs that it was made with, which differ in a few settings; empty: none."""
    gpus: int = 0
    """GPUs of one machine that share each batch; 0 or 1: one device, `ALL_GPUS`: all there are."""
    on_end: str = ""
    """A command for the shell, run once when the training has ended, however it did; or empty. Only
    that of a run that was created here is run (`tui.runs.store.on_end_mark`)."""

    @property
    def layers_unlisted(self) -> bool:
        """Whether `network` does not list all layers: the trainer writes them into the run."""
        return self.base is not None or self.model_file is not None

    @property
    def several_gpus(self) -> bool:
        """Whether more than one GPU is to share each batch, if there are as many."""
        return self.gpus not in (0, 1)

    def __post_init__(self) -> None:
        check_epochs(self.epochs)
        check_rate(self.learning_rate)
        # One form of each, so that specs and their rows can be compared.
        msgspec.structs.force_setattr(self, "schedule", str(parse_schedule(self.schedule)))
        check_patience(self.patience)
        check_command(self.on_end)
        if self.model_file is not None and self.base is not None:
            raise SpecError(
                f"{self.model_file.words} and the pretrained {self.base.name} cannot both be the "
                "network: choose one."
            )
        if self.model_file is not None and self.several_gpus:
            raise SpecError(
                f"{clean(self.model_file.name, 60)} is trained on one device: a network from a "
                "file does not share its batches among GPUs. Choose 1 GPU."
            )
        if not 0 <= self.seed < 2**32:
            raise SpecError(f"The seed {self.seed} is out of range; choose 0 to {2**32 - 1}.")
        if not 0 < self.share <= 1:
            raise SpecError(
                f"A share of {exact(self.share)} of the training images cannot be; choose above 0 "
                "to 1, for example 0.1 for a tenth."
            )
        if self.stop_rule is not None and self.stop_rule.metric not in METRICS:
            raise SpecError(
                f"A stop rule cannot use {clean(self.stop_rule.metric, 40)!r}: choose one of "
                f"{', '.join(METRICS)}."
            )
        check_gpus(self.gpus, self.data.batch_size)
        check_class_weight(self.class_weight, self.data.classes)
        check_devices(self.class_weight, several_gpus=self.several_gpus)
        check_base(self.base, self.data, self.gpus)
        if self.loader not in LOADERS:
            raise SpecError(
                f"There is no loader {clean(self.loader, 40)!r}. Choose {' or '.join(LOADERS)}."
            )


def same_network(one: TrainingSpec, other: TrainingSpec) -> bool:
    """Return whether two trainings have the same layers; their weights may differ."""
    files = [spec.model_file.described if spec.model_file else "" for spec in (one, other)]
    return (one.network, one.base, files[0]) == (other.network, other.base, files[1])
