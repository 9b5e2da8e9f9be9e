"""A program on a lesson's page, run by the process that learners have, and the notebook's file."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.support.seeing import opened, region_text, until, until_seen
from tui.areas.lessons.lesson_screen import LessonScreen
from tui.areas.lessons.program_field import ProgramField
from tui.code_runner.pictures import lay_pictures
from tui.course import parse_lesson, read_progress
from tui.course.exercises import notebook_file

_LESSON = (
    '+++\nid = "made"\ntitle = "Made"\nsummary = "Made for a test."\nminutes = 3\n+++\n'
    "# A page\n```write formula\n```\n"
)


async def test_a_program_is_run_from_the_page() -> None:
    async with opened((80, 24)) as (app, pilot):
        await app.push_screen(LessonScreen(parse_lesson(_LESSON, "01-made.md")))
        await until(pilot, lambda: isinstance(app.focused, ProgramField))
        await until(pilot, lambda: app.code_runner.is_ready)
        await pilot.press(*"return (size - f + 2 * p) // s", "enter")
        await until_seen(pilot, "gives 4, and", "WriteExercise")
        assert "(150, 3, 1, 0) 147" in region_text(app, "WriteExercise")
        await pilot.press(*" + 1", "enter")
        await until_seen(pilot, "✓ For 216 settings", "WriteExercise")
        await until(pilot, lambda: read_progress().solved("made") == {"formula"})
        assert read_progress().slips == {"no-plus-one": 1}


@pytest.mark.parametrize("picture", [(), ("my-own.png",)])
def test_the_notebook_runs_as_a_file_on_a_folder(tmp_path: Path, picture: tuple[str, ...]) -> None:
    lay_pictures(tmp_path)
    for folder in (tmp_path / "pictures" / "validation").iterdir():
        (folder / ".DS_Store").write_bytes(b"no picture")
    for name in picture:
        Image.new("RGB", (50, 40), "red").save(tmp_path / name)
    file = tmp_path / "notebook.py"
    file.write_text(notebook_file({}).replace("= 64, 20, 15", "= 32, 10, 1"))
    done = subprocess.run(
        [sys.executable, str(file), "pictures", *picture],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={"PATH": "", "HOME": str(tmp_path), "CUDA_VISIBLE_DEVICES": "-1"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Found 40 images belonging to 2 classes." in done.stdout
    assert (tmp_path / "maps.png").is_file()
    assert "(1, 30, 30, 16)" in done.stdout
    named = re.findall(r"^(\S+): \w+ \(\d\.\d\d\)$", done.stdout, re.MULTILINE)
    assert named == list(picture) or (not picture and named[0].endswith(".png"))
