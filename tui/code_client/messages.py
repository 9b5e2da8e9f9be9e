"""What goes through the pipes between the app and the code runner, and what comes of a run."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from tui.common.pipe_frames import decode_frame


class RunProgram(msgspec.Struct, frozen=True, tag="run"):
    """Run one program and judge it.

    Args:
        exercise: the name of its check.
        program: the whole program.
        first: the line at which the learner's lines begin, from 1.
        count: how many lines are the learner's.
        folder: where it runs; it is its own.
        mark: a line that the runner prints before the program begins.
    """

    exercise: str
    program: str
    first: int
    count: int
    folder: str
    mark: str


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """Keras is loaded."""


class CannotLoad(msgspec.Struct, frozen=True, tag="cannot-load"):
    """Keras cannot be loaded; the reason is a sentence with its cure."""

    reason: str


class Judged(msgspec.Struct, frozen=True, tag="judged"):
    """What the check says of a program that was run.

    Args:
        correct: whether the learner's lines do what was asked.
        sentence: what happened, why, and the cure.
        slip: the name of the mistake that was recognised; empty where none was.
        error: the last line of the error that the program ended with; may be empty.
        line: the learner's line where it happened, from 1; 0 where it was none of theirs.
        program_line: the same in the whole program; 0 where it is not known.
        explanation: what an error of Keras means and what to do; may be empty.
        counts: whether this is an answer. A program that was stopped, or that Python cannot read,
            is not counted as a wrong one.
    """

    correct: bool
    sentence: str
    slip: str = ""
    error: str = ""
    line: int = 0
    program_line: int = 0
    explanation: str = ""
    counts: bool = True


class RunResult(msgspec.Struct, frozen=True):
    """What came of a run: the verdict, and what the program printed, safe to show."""

    judged: Judged
    output: str = ""
    seconds: float = 0.0


Answer: TypeAlias = Ready | CannotLoad | Judged

MAX_FRAME_BYTES = 4 * 2**20
"""The longest frame that is read."""
_requests: msgspec.msgpack.Decoder[RunProgram] = msgspec.msgpack.Decoder(RunProgram)
_answers: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer)


def decode_program(body: bytes) -> RunProgram:
    """Decode a request from a frame without its header.

    Raises:
        FrameError: if it is not valid.
    """
    return decode_frame(body, _requests, "request")


def decode_answer(body: bytes) -> Answer:
    """Decode an answer from a frame without its header.

    Raises:
        FrameError: if it is not valid.
    """
    return decode_frame(body, _answers, "answer")
