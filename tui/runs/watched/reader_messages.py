"""What the app and the reader of logs say to each other: a JSON object on each line."""

from __future__ import annotations

import msgspec

from tui.runs.settings.external_spec import CurveRoles


class Follow(msgspec.Struct, frozen=True, tag="follow"):
    """Follow the logs of these runs from now on."""

    runs: tuple[str, ...]
    """Paths of run folders, as `stored_path` writes them."""


class Look(msgspec.Struct, frozen=True, tag="look"):
    """Say what is in these logs."""

    id: int
    logs: tuple[tuple[str, str], ...]
    """Path, as `stored_path` writes it, and format of each."""


class Finish(msgspec.Struct, frozen=True, tag="finish"):
    """Answer once the logs of these runs were read as far as they go now."""

    id: int
    runs: tuple[str, ...]


class LookedAt(msgspec.Struct, frozen=True, kw_only=True):
    """What a short look at a log shows."""

    series: tuple[str, ...] = ()
    """The first names of its series; not clean."""
    series_count: int = 0
    roles: CurveRoles = CurveRoles()
    """Which series is guessed to be what; an empty text: none."""
    epochs: int = 0
    """Epochs as far as it was read."""
    axis: str = ""
    """What an epoch is in it, in a sentence."""
    problem: str = ""
    """What is wrong with it, in a sentence; clean."""
    read_bytes: int = 0
    total_bytes: int = 0
    more: bool = False
    """Whether only its beginning was read."""


class ReaderAnswer(msgspec.Struct, frozen=True):
    """The answer to a `Look` or a `Finish`."""

    id: int
    logs: tuple[LookedAt, ...] = ()


Request = Follow | Look | Finish

_decoder: msgspec.json.Decoder[Request] = msgspec.json.Decoder(Request)
_answer_decoder = msgspec.json.Decoder(ReaderAnswer)


def decode_request(line: bytes) -> Request:
    """Return the request on a line.

    Raises:
        msgspec.DecodeError: when it is none.
    """
    return _decoder.decode(line)


def decode_answer(line: bytes) -> ReaderAnswer:
    """Return the answer on a line.

    Raises:
        msgspec.DecodeError: when it is none.
    """
    return _answer_decoder.decode(line)
