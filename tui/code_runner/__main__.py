"""`python -m tui.code_runner`: loads Keras, waits for one program, runs and judges it, and ends.

Requests come on standard input, answers go to standard output; what the program prints goes to
standard error, behind a line that the request names. When standard input closes, whoever asked is
gone or does not want the answer any more: everything of the program ends then.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import sys
import threading
import traceback

from tui.code_client.messages import (
    MAX_FRAME_BYTES,
    Answer,
    CannotLoad,
    Judged,
    Ready,
    RunProgram,
    decode_program,
)
from tui.code_client.process import FOLDER
from tui.common.pipe_frames import HEADER, FrameError, encode_frame, frame_length
from tui.common.text import clean
from tui.datasets.folder.folder_summary import FolderError
from tui.keras_worker.failures import explain_loading

_PATIENCE = 0.3
"""Seconds without a request after which the first steps of Keras are made ahead."""


def main() -> int:
    """Load Keras, say so, and run one program."""
    # Ctrl-C belongs to whoever asked; this process ends with its pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    try:
        from tui.code_runner.limits import limit_for_good
        from tui.code_runner.run_program import judge_program
        from tui.code_runner.warm_up import warm_up
    except Exception as error:
        traceback.print_exc()
        _send(answers, CannotLoad(clean(explain_loading(error), 600)))
        return 1
    _send(answers, Ready())
    if not select.select([requests], [], [], _PATIENCE)[0]:
        with contextlib.suppress(Exception):  # the program will meet the same error and report it
            warm_up()
    try:
        request = _receive(requests)
    except FrameError:
        return 1
    if request is None:
        _take_own_folder_away()
        return 0
    threading.Thread(target=_end_with, args=(requests, request.folder), daemon=True).start()
    limit_for_good()
    os.write(2, f"\n{request.mark}\n".encode())
    try:
        judged = judge_program(request)
    except (FolderError, OSError) as error:
        judged = Judged(
            False, f"The pictures cannot be laid ready: {clean(error, 300)}", counts=False
        )
    _send(answers, judged)
    # Threads that the program left behind are not waited for.
    os._exit(0)


def _send(descriptor: int, answer: Answer) -> None:
    data = encode_frame(answer)
    with contextlib.suppress(OSError):
        while data:
            data = data[os.write(descriptor, data) :]


def _receive(descriptor: int) -> RunProgram | None:
    """Return the request; None when the pipe closed instead."""
    header = _read(descriptor, HEADER)
    if header is None:
        return None
    body = _read(descriptor, frame_length(header, MAX_FRAME_BYTES))
    return None if body is None else decode_program(body)


def _read(descriptor: int, size: int) -> bytes | None:
    data = b""
    while len(data) < size:
        more = os.read(descriptor, size - len(data))
        if not more:
            return None
        data += more
    return data


def _take_own_folder_away() -> None:
    """Remove the folder that was meant for the program; the app removes it too, where it lives."""
    folder = os.environ.get("TMPDIR", "")
    if os.path.basename(folder).startswith(FOLDER):
        shutil.rmtree(folder, ignore_errors=True)


def _end_with(descriptor: int, folder: str) -> None:
    """Wait until the pipe closes; then take the folder away and end the whole group."""
    with contextlib.suppress(OSError):
        while os.read(descriptor, 4096):
            pass
    from tui.code_runner.limits import allow_everything

    allow_everything()
    shutil.rmtree(folder, ignore_errors=True)
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
