"""The queue's own process, as the app starts it, with a stand-in where it would start TensorFlow.

The environment names the stand-in: a JSON list of the command that is given the run's path.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from tui.runs.process import launch
from tui.trainer import queue

TRAINER = "CNN_TUI_TEST_TRAINER"
COMMAND = [sys.executable, "-m", "tests.support.queue_process"]
ROOT = Path(__file__).parents[2]

if __name__ == "__main__":
    launch._COMMAND = json.loads(os.environ[TRAINER])
    sys.exit(queue.main())
