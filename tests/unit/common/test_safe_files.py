"""What a killed process leaves half-written goes when the next one writes there."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tui.common.atomic_write import LEFTOVER_SECONDS, delete_leftovers, replace_file
from tui.common.paths import cache_dir
from tui.datasets.doctor.fact_table import FactTable, Paths
from tui.datasets.doctor.facts_cache import save_facts


@pytest.mark.parametrize("age", [2 * LEFTOVER_SECONDS, -1e9], ids=["old", "of a time to come"])
def test_a_rest_of_a_small_file_goes_with_the_next_writing(tmp_path: Path, age: float) -> None:
    rest, other = tmp_path / "control.json.new-999", tmp_path / "label.json.new-999"
    fresh = tmp_path / "control.json.new-998"
    for path in (rest, other, fresh):
        path.write_bytes(b"half")
    for path in (rest, other):
        os.utime(path, (0, time.time() - age))
    replace_file(tmp_path / "control.json", b"whole")
    assert sorted(tmp_path.iterdir()) == [tmp_path / "control.json", fresh, other]


def test_a_folder_goes_whole_and_a_link_is_not_followed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").write_bytes(b"x")
    (tmp_path / "made").mkdir()
    half = tmp_path / "made" / ".unfinished-a"
    half.mkdir()
    (half / "train").symlink_to(precious)
    (tmp_path / "made" / ".unfinished-b").symlink_to(precious)
    os.utime(half, (0, 0))
    os.utime(tmp_path / "made" / ".unfinished-b", (0, 0), follow_symlinks=False)
    delete_leftovers(tmp_path / "made", ".unfinished-*")
    assert not list((tmp_path / "made").iterdir()) and (precious / "file").exists()


def test_facts_of_images_that_were_half_written_go(tmp_path: Path) -> None:
    assert save_facts(str(tmp_path), Paths(), FactTable())
    rest = cache_dir() / "doctor" / "factsabc.tmp"
    rest.write_bytes(b"half")
    os.utime(rest, (0, 0))
    assert save_facts(str(tmp_path), Paths(), FactTable())
    assert not rest.exists()
