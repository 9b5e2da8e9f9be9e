"""The doctor finds every defect of the worst folder in the world, by name and by count."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.unit.datasets.worst import build_worst
from tui.datasets import LoaderSettings, check_images, describe, suggest_settings
from tui.datasets.doctor import Diagnosis, Examination, diagnose, examine
from tui.datasets.doctor.diagnose_folder import ORDER


@pytest.fixture(scope="module")
def worst(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, set[str]]]]:
    """Return the folder and what must be found in it."""
    folder = tmp_path_factory.mktemp("world") / "worst"
    yield folder, build_worst(folder)
    shutil.rmtree(folder)


@pytest.fixture
def looked(worst: tuple[Path, dict[str, set[str]]]) -> tuple[Examination, LoaderSettings]:
    """Return what its files show, and settings with class mode binary."""
    summary = describe(worst[0])
    settings = msgspec.structs.replace(suggest_settings(summary), class_mode="binary")
    return examine(summary, settings), settings


def by_kind(found: tuple[Diagnosis, ...]) -> dict[str, Diagnosis]:
    assert len({one.kind for one in found}) == len(found)
    return {one.kind: one for one in found}


def test_every_defect_is_found_by_name_and_count(
    worst: tuple[Path, dict[str, set[str]]], looked: tuple[Examination, LoaderSettings]
) -> None:
    expected = worst[1]
    found = by_kind(diagnose(*looked))
    assert {kind: set(one.names) for kind, one in found.items()} == expected
    assert {kind: one.count for kind, one in found.items()} == {
        kind: len(names) for kind, names in expected.items()
    }


def test_the_worst_come_first(looked: tuple[Examination, LoaderSettings]) -> None:
    found = diagnose(*looked)
    severities = [one.severity for one in found]
    assert severities == sorted(severities, key=["error", "warning", "note"].index)
    kinds = [one.kind for one in found]
    assert kinds[:4] == ["binary_classes", "copies_split", "copies_across", "alike_split"]
    assert set(kinds) <= set(ORDER)


def test_each_says_why_it_matters_and_what_training_does(
    looked: tuple[Examination, LoaderSettings],
) -> None:
    for one in diagnose(*looked):
        for text in (one.title, one.sentence, one.why, one.training, *one.lines()):
            assert text and text.isprintable(), one
        assert one.title[0] in "0123456789utl", one  # its number, or words in their place
        assert one.sentence.endswith(".") and one.why.endswith(".") and one.training.endswith(".")


def test_what_training_leaves_out_is_what_the_doctor_calls_unreadable(
    looked: tuple[Examination, LoaderSettings],
) -> None:
    examination, settings = looked
    unreadable = {file.path for file in examination.files if not file.facts.readable}
    assert unreadable == {image.path for image in check_images(settings).bad}


def test_nothing_in_the_folder_is_changed(
    worst: tuple[Path, dict[str, set[str]]], looked: tuple[Examination, LoaderSettings]
) -> None:
    def state() -> dict[str, tuple[int, int]]:
        return {
            str(path): (path.lstat().st_mtime_ns, path.lstat().st_size)
            for path in worst[0].rglob("*")
        }

    before = state()
    for one in diagnose(*looked):
        if one.remedy is not None and one.remedy.settings is not None:
            diagnose(looked[0], one.remedy.settings)
    examine(looked[0].summary, looked[1])
    assert state() == before


def test_each_remedy_that_changes_settings_cures_its_finding(
    looked: tuple[Examination, LoaderSettings],
) -> None:
    examination, settings = looked
    cured = set()
    for one in diagnose(examination, settings):
        if one.remedy is None or one.remedy.settings is None or one.remedy.class_weight:
            continue  # class weights leave the images as they are
        after = {other.kind for other in diagnose(examination, one.remedy.settings)}
        assert one.kind not in after, one
        cured.add(one.kind)
    assert cured == {
        *("binary_classes", "copies_split", "copies_across", "copies_within"),
        *("gray16", "huge", "few_images"),
    }
