"""`python -m tui.inspector`: answers requests on a pipe until the pipe closes."""

from __future__ import annotations

import os
import signal
import sys
import traceback

from tui.inspection.inspector_process import LOADING_FAILED
from tui.inspector.pipe import Pipe
from tui.keras_worker.failures import explain_loading
from tui.keras_worker.load_keras import load_keras


def _own_pipe() -> Pipe:
    """Reserve standard input and output for frames; anything printed goes to stderr."""
    requests, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    # The C++ libraries write to 1 and 2: a single byte would corrupt a frame.
    os.dup2(2, 1)
    return Pipe(requests, answers)


def main() -> int:
    """Import Keras, report that it is ready, and answer requests."""
    # Ctrl-C is for the app; this process ends with its pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    pipe = _own_pipe()
    try:
        load_keras()
        from tui.inspector.dispatcher import Dispatcher
    except Exception as error:  # the client shows the last line of the log
        traceback.print_exc()
        print(f"{LOADING_FAILED} {explain_loading(error)}", file=sys.stderr)
        return 1
    Dispatcher(pipe).work()
    return 0


if __name__ == "__main__":
    sys.exit(main())
