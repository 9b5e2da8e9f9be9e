"""Write the pictures of the documents: docs/pictures/.

    python scripts/pictures.py

They are those that tests/app/test_snapshots.py takes of the app, exported by Textual, without the
fonts that it would fetch. A test fails while they are not what this writes.
"""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "pictures"
SNAPSHOTS = ROOT / "tests" / "app" / "__snapshots__" / "test_snapshots"
TAKEN = {
    "lesson.svg": "test_lesson_with_a_question_and_a_slip",
    "training.svg": "test_run_at_work",
    "look-inside.svg": "test_look_inside_a_run",
}
"""The name of each picture, and the test that takes it."""


def picture(name: str) -> str:
    """Return a picture as SVG.

    Args:
        name: one of `TAKEN`.
    """
    text = (SNAPSHOTS / f"{TAKEN[name]}[80x24].svg").read_text(encoding="utf-8")
    return re.sub(r"\s*@font-face \{.*?\}\n", "\n", text, flags=re.DOTALL)


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for one in TAKEN:
        (FOLDER / one).write_text(picture(one), encoding="utf-8")
