"""What is known of a training that cnn-tui did not start: its `spec.json` has the kind `external`.

Such a run comes from somebody's own program (`tui.callback`) or from a log that is read
(`cnn-tui watch`). Its folder holds the same events as any other run's.
"""

from __future__ import annotations

import os
from typing import Literal

import msgspec

from tui.common.stop_rule import StopRule
from tui.common.text import clean
from tui.runs.events.event_types import Request

Source = Literal["script", "log"]
Save = Literal["best", "last", ""]


class CurveRoles(msgspec.Struct, frozen=True, kw_only=True):
    """Which series of a log is what: for each role the name of a series.

    None stands for a guess by the usual names, an empty text for no series.
    """

    loss: str | None = None
    accuracy: str | None = None
    val_loss: str | None = None
    val_accuracy: str | None = None
    learning_rate: str | None = None
    epoch: str | None = None
    """The series whose values say which epoch a step belongs to."""


NETWORK_NAME = "network.json"
"""The file in the run's folder that holds the network as `model.to_json()` gives it."""


class ExternalSpec(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="external"):
    """A training that cnn-tui did not start. What is not known is empty or 0."""

    name: str
    """The user's name for it; also part of the run folder's name."""
    source: Source
    path: str = ""
    """The program's or the log's path; empty for a program typed into an interpreter."""
    arguments: tuple[str, ...] = ()
    """The program's arguments."""
    directory: str = ""
    """The folder in which the program was started."""
    commit: str = ""
    """The commit of that folder's repository, with `+` where files were changed since."""
    format: str = ""
    """The format of a log: `tensorboard`, `csv`, `history`."""
    roles: CurveRoles = CurveRoles()
    """What the user chose for a log; the reader guesses the rest."""
    epochs: int = 0
    batch_size: int = 0
    learning_rate: float = 0.0
    optimizer: str = ""
    """The name of its class, as Keras writes it: `RMSprop`."""
    loss: str = ""
    metrics: tuple[str, ...] = ()
    """What it was compiled with, besides the loss."""
    classes: tuple[str, ...] = ()
    stop_rule: StopRule | None = None
    patience: int = 0
    requests: tuple[Request, ...] = ()
    """The requests that it carries out; none where it is only watched."""
    refusals: dict[str, str] = {}
    """Why it does not carry out some of the others, in a sentence, by request; under an empty name,
    why none."""
    save: Save = ""
    """Which weights its program saves: the best epoch's, the last epoch's, or none."""
    processes: int = 1
    """Processes that train together; only the first writes the run."""
    on_end: str = ""
    """As in `TrainingSpec`."""

    @property
    def origin(self) -> str:
        """Where it comes from, in a few words; clean.

        >>> ExternalSpec(name="a", source="script", path="/home/ada/train.py").origin
        'train.py'
        >>> ExternalSpec(name="a", source="script").origin
        'a Python session'
        """
        name = os.path.basename(os.path.normpath(self.path)) if self.path else ""
        if name:
            return clean(name, 60)
        return "a log" if self.source == "log" else "a Python session"

    @property
    def subject(self) -> str:
        """Its program at the beginning of a sentence; clean.

        >>> ExternalSpec(name="a", source="script").subject
        'A Python session'
        """
        origin = self.origin
        return origin if self.path else origin[:1].upper() + origin[1:]

    @property
    def by_callback(self) -> bool:
        """Whether `RunCallback` writes it, and not a loop with `Run`: it knows a compiled model."""
        return self.source == "script" and bool(self.optimizer or self.loss)

    @property
    def again(self) -> str:
        """How it is trained further or anew, in a sentence.

        >>> ExternalSpec(name="a", source="script", path="/x/fit.py", arguments=("-n", "3")).again
        "Resuming is fit.py's own affair: run it again (fit.py -n 3)."
        """
        if self.source == "log":
            return "Only the program that writes the log can train it further."
        if not self.path:
            return "Resuming is the Python session's own affair: train there again."
        command = f" ({self.command})" if self.arguments else ""
        return f"Resuming is {self.origin}'s own affair: run it again{command}."

    @property
    def command(self) -> str:
        """The command that started its program, without the interpreter; clean.

        >>> ExternalSpec(name="a", source="script", path="/x/fit.py", arguments=("-n", "3")).command
        'fit.py -n 3'
        """
        return clean(" ".join([self.origin, *self.arguments]), 300)

    def carries_out(self, request: Request) -> bool:
        """Return whether its program carries out a request."""
        return request in self.requests

    def refusal(self, request: Request) -> str:
        """Return why its program does not carry out a request; empty where it does.

        >>> spec = ExternalSpec(name="a", source="script", path="fit.py", requests=("pause",))
        >>> spec.refusal("pause"), spec.refusal("save")
        ('', 'fit.py does not carry out this request.')
        """
        if self.carries_out(request):
            return ""
        if self.source == "log":
            return f"{self.subject} is a log that is only read: what writes it takes no requests."
        reason = self.refusals.get(request) or self.refusals.get("")
        return clean(reason, 300) if reason else f"{self.subject} does not carry out this request."


class _Kind(msgspec.Struct, frozen=True):
    kind: str = ""


_kind_decoder = msgspec.json.Decoder(_Kind)
_decoder = msgspec.json.Decoder(ExternalSpec)


def decode_external(text: bytes) -> ExternalSpec | None:
    """Return the spec that the bytes of a `spec.json` hold; None where it is a training's of ours.

    Raises:
        msgspec.ValidationError: when it is an external one and damaged.
    """
    # Looked for first: a long list reads ten thousand specs of the other kind.
    if b'"kind"' not in text or _kind_decoder.decode(text).kind != "external":
        return None
    return _decoder.decode(text)
