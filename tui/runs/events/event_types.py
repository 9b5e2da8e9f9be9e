"""The events of a training: one typed event a line in `events.jsonl`.

Every event is a small tagged struct; `type` is its name on disk. A value that is not finite is
written as `null` (JSON has no NaN) and read back as None. A reader skips unknown types, so that an
older app can follow a newer trainer.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from tui.common.text import clean, disk_path, stored_path
from tui.runs.events.assigned_gpus import Gpus

Metrics = dict[str, float | None]
"""Values by Keras's names: loss, accuracy, val_loss, val_accuracy. None: not a finite number."""


Request = Literal[
    "pause",
    "resume",
    "stop",
    "stop after epoch",
    "stop rule",
    "patience",
    "learning rate",
    "epochs",
    "save",
]


class _Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    at: float
    """When it happened, in seconds since 1970."""


class RunStarted(_Event, frozen=True, tag="run_started"):
    """The trainer has taken the run's lock and begins to load its libraries."""

    pid: int
    version: str
    """Version of cnn-tui."""
    assigned_gpus: Gpus = ()
    """The GPUs that it is restricted to; none if it is not, or its machine has none."""


class LibrariesLoaded(_Event, frozen=True, tag="libraries_loaded"):
    """Keras and its backend are imported."""

    keras: str
    backend: str
    device: str
    """The device that computes: `CPU, 2 cores` or the GPU's name."""
    onednn: str = ""
    """Whether TensorFlow was set to use oneDNN (`1`) or not (`0`), which round differently;
    empty where it decided itself."""
    replicas: tuple[str, ...] = ()
    """TensorFlow's names of the devices that share each batch, such as `GPU:0`; empty for one."""


class CheckingImages(_Event, frozen=True, tag="checking_images"):
    """Every image is being decoded once, to find the bad ones before the first epoch."""

    done: int
    total: int


class LeftOutImage(msgspec.Struct, frozen=True):
    """An image that the training leaves out, and why."""

    file: str
    """Its path in the folder of the classes, safe to show: unprintable characters are replaced."""
    reason: str
    validation: bool = False
    """Whether it lies in the validation folder; False where both come from one folder."""
    stored: str = ""
    """The path itself, as `stored_path` writes it; empty where `file` is that, or not known."""

    @classmethod
    def of(cls, path: str, reason: str, *, validation: bool) -> LeftOutImage:
        """Return the entry for a file.

        Args:
            path: as it is on the disk.
            reason: safe to show.
            validation: whether it lies in the validation folder.
        """
        plain = path.isascii() and path.isprintable()
        return cls(clean(path), reason, validation, "" if plain else stored_path(path))

    @property
    def path(self) -> str:
        """The path as it is on the disk; from an older trainer perhaps only approximately."""
        return disk_path(self.stored) if self.stored else self.file

    def names(self, path: str) -> bool:
        """Return whether it is the file of this path; from an older trainer, whether it may be.

        >>> LeftOutImage.of("a/\\udce9.png", "empty", validation=False).names("a/\\udce8.png")
        False
        """
        if self.stored or self.file.isascii():
            return path == self.path
        return clean(path) == self.file


class DataReady(_Event, frozen=True, tag="data_ready"):
    """The loaders are built."""

    classes: tuple[str, ...]
    training_images: int
    """The number of images that are trained on: the share, if the spec has one."""
    validation_images: int
    left_out: tuple[LeftOutImage, ...] = ()
    loader: str = "keras"
    """Which one runs: `cached` (decoded once and kept) or `keras` (files, in every epoch)."""
    cache_hit: bool = False
    """Whether an earlier training had decoded every image."""
    decode_seconds: float = 0.0
    """Seconds that decoding all of them took, now or then; 0 with the loader `keras`."""
    share: float = 1.0
    """Of each class's readable training images."""
    readable_images: int = 0
    """Training images before the share was taken; 0 without a share."""
    class_images: tuple[int, ...] = ()
    """Training images of each class, in the order of `classes`; empty from an older trainer."""
    class_validation_images: tuple[int, ...] = ()
    """The same for the validation images."""
    class_weights: tuple[float, ...] = ()
    """How much each class counts in the loss; empty where all count the same."""

    @property
    def guessed(self) -> float:
        """The accuracy on the training images of always answering the largest class; 0: unknown.

        With class weights that is not what the training aims at, and no measure of it.
        """
        if self.class_weights:
            return 0.0
        return max(self.class_images, default=0) / max(sum(self.class_images), 1)

    @property
    def guessed_validated(self) -> float:
        """The same on the validation images."""
        if self.class_weights:
            return 0.0
        whole = max(sum(self.class_validation_images), 1)
        return max(self.class_validation_images, default=0) / whole


class ModelReady(_Event, frozen=True, tag="model_ready"):
    """The network is built and compiled."""

    parameters: int
    layers: int
    trainable: int | None = None
    """Parameters that are trained, from the first epoch on; None from an older trainer."""


class CalculatingFeatures(_Event, frozen=True, tag="calculating_features"):
    """The output of a frozen backbone is being calculated, once for each image."""

    done: int
    total: int


class FeaturesReady(_Event, frozen=True, tag="features_ready"):
    """The head is trained on the output of its backbone, which is kept for every epoch."""

    images: int
    shape: tuple[int, ...]
    """Of the output for one image: height, width, channels."""
    bytes: int
    """What they take on the disk."""
    seconds: float
    """That calculating them took, now or in an earlier training."""
    cache_hit: bool = False
    """Whether an earlier training had calculated them."""


class PhaseStarted(_Event, frozen=True, tag="phase_started"):
    """A phase of the training begins, with a new optimizer."""

    epoch: int
    """Its first epoch."""
    phase: str
    """`head` or `fine-tuning`."""
    learning_rate: float
    until: int = 0
    """The epoch that it ends with at the latest; 0: the last one of the training."""
    from_layer: str = ""
    """The first layer of the backbone that is trained; empty: it is frozen."""
    trainable: int = 0
    """The number of weights that are trained."""
    reason: str = ""
    """Why the phase before ended early, in a sentence; empty where it did not, or is none."""


class EpochStarted(_Event, frozen=True, tag="epoch_started"):
    """An epoch begins. Epochs are counted from 1."""

    epoch: int
    epochs: int
    steps: int


class BatchesEnded(_Event, frozen=True, tag="batches_ended"):
    """Some batches ended since the last such event: several in one line, a few lines a second.

    Values are Keras's running means over the epoch so far, as its own progress bar shows them.
    """

    epoch: int
    first: int
    """Number of the first batch of this event, counted from 1 in the epoch."""
    steps: int
    values: dict[str, tuple[float | None, ...]]
    """For each metric one value a batch."""
    images_per_second: float
    """Since the epoch's first batch."""

    @property
    def last(self) -> int:
        """Number of the last batch of this event."""
        return self.first - 1 + max((len(row) for row in self.values.values()), default=0)


class BatchesThinned(_Event, frozen=True, tag="batches_thinned"):
    """The batches that are kept of an ended epoch, or of a part of it, see `thinning.py`.

    It replaces several `BatchesEnded`. The lines of an epoch follow each other with rising batches;
    a `BatchesEnded` may follow them.
    """

    epoch: int
    steps: int
    parts: Annotated[int, msgspec.Meta(ge=1, le=4096)]
    """The number of parts that the epoch was divided into, a power of 2."""
    batches: dict[str, tuple[Annotated[int, msgspec.Meta(ge=1, le=2**31)], ...]]
    """For each metric the batches that are kept: the number of the first, counted from 1 in the
    epoch, then the distance of each from the one before."""
    values: dict[str, tuple[float, ...]]
    """For each metric as many values; values that are not finite are left out."""


class LogCompacted(_Event, frozen=True, tag="rewritten"):
    """The first line of a file that replaced a longer one.

    A `Resumed` with epoch 0 follows, for older readers: it makes them forget what they read in the
    longer file.
    """

    old_inode: int = msgspec.field(name="before")
    """The inode of the longer file."""
    old_bytes: int = msgspec.field(name="was")
    """The number of its first bytes that were compacted; the rest was copied as it was."""
    new_bytes: int = msgspec.field(name="now")
    """The number of bytes of this file, this line included, that replace them."""


class Validating(_Event, frozen=True, tag="validating"):
    """The training part of the epoch is over; the validation images are being evaluated."""

    epoch: int
    step: int
    steps: int


class EpochEnded(_Event, frozen=True, tag="epoch_ended"):
    """An epoch ended, validation included."""

    epoch: int
    epochs: int
    seconds: float
    images_per_second: float
    metrics: Metrics
    best_epoch: int
    best: float | None
    """The best value of `best_metric` so far."""
    best_metric: str
    learning_rate: float = 0.0
    """Of the optimizer at the epoch's end; 0 from an older trainer."""
    data_seconds: float = 0.0
    """The part of `seconds` spent waiting for training images."""
    validation_seconds: float = 0.0
    """The part of `seconds` spent on the validation."""
    saving_seconds: float = 0.0
    """Time spent writing checkpoints and models since the previous epoch; not part of `seconds`."""


class DeviceStats(_Event, frozen=True, tag="device_stats"):
    """The load of the first GPU, as earlier versions wrote it; `SystemStats` is written now."""

    gpu_percent: float
    memory_used: int
    """In bytes, of the whole GPU."""
    memory_total: int

    def as_system_stats(self, started_at: float) -> SystemStats:
        """Return the same figures as a `SystemStats`.

        Args:
            started_at: when the trainer started, in seconds since 1970.
        """
        gpu = GpuStats(
            index=0,
            percent=self.gpu_percent,
            memory_used=self.memory_used,
            memory_total=self.memory_total,
        )
        return SystemStats(at=self.at, seconds=max(self.at - started_at, 0.0), gpus=(gpu,))


class GpuStats(msgspec.Struct, frozen=True, kw_only=True):
    """The load of a GPU; None where its driver does not say."""

    index: int
    """Its number on this machine, as `nvidia-smi` shows it."""
    name: str = ""
    percent: float | None = None
    """The share of the time in which it computed, 0 to 100."""
    memory_used: int | None = None
    """In bytes, of the whole GPU: by all processes."""
    memory_total: int | None = None
    watts: float | None = None
    celsius: float | None = None


class SystemStats(_Event, frozen=True, tag="system_stats"):
    """The load of the machine, every few seconds; None where the system does not say."""

    seconds: float
    """Since this trainer's first report, by a clock that cannot be set."""
    gpus: tuple[GpuStats, ...] = ()
    """Those that the training may use, in CUDA's order."""
    cpu_percent: float | None = None
    """Of all cores together since the last report, 0 to 100."""
    cores: int | None = None
    process_cores: float | None = None
    """The number of cores that the training process kept busy since the last report."""
    load: float | None = None
    """Processes that ran or waited for a core, averaged over a minute."""
    memory_used: int | None = None
    """In bytes, of the whole machine, without what it can free at once."""
    memory_total: int | None = None
    process_memory: int | None = None
    """Bytes of memory that the training process holds."""
    disk_free: int | None = None
    """Bytes free on the disk of the run's folder."""
    disk_read: float | None = None
    """Bytes a second read from all disks since the last report."""
    disk_written: float | None = None


class SystemThinned(_Event, frozen=True, tag="system_thinned"):
    """The reports that are kept of one trainer: it replaces several `SystemStats`.

    A `SystemStats` may follow it.
    """

    parts: Annotated[int, msgspec.Meta(ge=1, le=4096)]
    """The number of parts that an hour was divided into, a power of 2."""
    seconds: dict[str, tuple[float, ...]]
    """For each figure the times, rising; the names are those of `runs/curves/system_curves.py`."""
    values: dict[str, tuple[float, ...]]
    """For each figure as many values."""


class Notice(_Event, frozen=True, tag="notice"):
    """Something that the user should know; the training continues."""

    text: str


class ControlReceived(_Event, frozen=True, tag="wish_received"):
    """The trainer has read a request of the user."""

    request: Request = msgspec.field(name="wish")  # as version 0.1 wrote it
    value: str = ""
    """The requested value in words: `accuracy > 0.9`, `0.0003`, `20`."""


class ControlApplied(_Event, frozen=True, tag="wish_took"):
    """A request has taken effect."""

    request: Request = msgspec.field(name="wish")  # as version 0.1 wrote it
    value: str = ""
    epoch: int = 0
    """The epoch at work then; 0 before the first."""
    batch: int = 0
    """The number of its batches that had ended."""

    @property
    def position(self) -> str:
        """Where in the training it took effect.

        >>> ControlApplied(at=0, request="pause", epoch=3, batch=12).position
        'epoch 3, batch 12'
        """
        if not self.epoch:
            return "the start"
        return f"epoch {self.epoch}" + (f", batch {self.batch}" if self.batch else "")


class ControlRead(_Event, frozen=True, tag="wishes_read"):
    """The trainer has read the requests as they were at the time `at`.

    An earlier request without a `ControlReceived` was withdrawn or replaced before the trainer read
    it, or it changes nothing.
    """


class CheckpointWritten(_Event, frozen=True, tag="checkpoint_written"):
    """The state after an epoch is on the disk: a resumed run continues from there."""

    epoch: int
    seconds: float
    bytes: int


class SnapshotKept(_Event, frozen=True, tag="snapshot_kept"):
    """The weights after an epoch are kept for Look Inside; those of `dropped` were deleted."""

    epoch: int
    """0: before the first epoch."""
    dropped: tuple[int, ...] = ()


class Resumed(_Event, frozen=True, tag="resumed"):
    """A run that had ended continues from a checkpoint; later epochs are void."""

    epoch: int
    """The last epoch that counts; 0: it starts again from the beginning."""
    reason: str = ""
    """Why not from a later checkpoint, where one was damaged; else empty."""


class StopRequested(_Event, frozen=True, tag="stop_asked"):
    """The trainer has read the request to stop and ends after the current batch."""


class FileSaved(_Event, frozen=True, tag="saved"):
    """A file of the run was saved."""

    file: str


class TestJudged(_Event, frozen=True, tag="test_judged"):
    """The test images were predicted once, at the end; the run's reports hold the matrix."""

    __test__ = False  # pytest takes a class of this name for tests

    folder: str
    images: int
    right: int
    accuracy: float
    balanced_accuracy: float
    """The mean of the classes' recalls."""
    weights: str
    """`best` or `final`."""
    epoch: int
    """The epoch after which these weights were saved."""
    unreadable: tuple[str, ...] = ()
    """Images that were left out, since they cannot be read; safe to show."""


class Failed(_Event, frozen=True, tag="failed"):
    """The training cannot continue."""

    what: str
    where: str
    cure: str
    run: str = ""
    """The run's name, to resume it; empty without a checkpoint, and from older trainers."""
    kept: int = 0
    """The last epoch with a checkpoint, from which the run can continue; 0: none."""
    learning_rate: float = 0.0
    """The rate to continue with, where the present one is the cause; else 0."""
    not_finite: bool = False
    """Whether the loss or the weights are no longer finite numbers."""


class Finished(_Event, frozen=True, tag="finished"):
    """The training is over: all epochs are done, its stop rule ended it, or the user did."""

    reason: Literal["completed", "rule", "stopped"]
    sentence: str
    epochs: int
    """The number of epochs that ended."""


Event = (
    RunStarted
    | LibrariesLoaded
    | CheckingImages
    | DataReady
    | ModelReady
    | CalculatingFeatures
    | FeaturesReady
    | PhaseStarted
    | EpochStarted
    | BatchesEnded
    | BatchesThinned
    | LogCompacted
    | Validating
    | EpochEnded
    | Notice
    | ControlReceived
    | ControlApplied
    | ControlRead
    | CheckpointWritten
    | SnapshotKept
    | Resumed
    | DeviceStats
    | SystemStats
    | SystemThinned
    | StopRequested
    | FileSaved
    | TestJudged
    | Failed
    | Finished
)
