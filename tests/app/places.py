"""Every screen and window of the app, and how to reach it."""

from __future__ import annotations

import os
from collections.abc import Iterator

from tests.app.key_walk import Place
from tui.app.help import HelpScreen
from tui.areas.calculator.calculator_screen import CalculatorScreen
from tui.areas.calculator.import_export import NetworkExportWindow, NetworkImportWindow
from tui.areas.calculator.solve_window import SolveWindow
from tui.areas.calculator.trace_window import TraceWindow
from tui.areas.data.data_screen import DataScreen
from tui.areas.data.doctor_screen import DoctorScreen
from tui.areas.data.get_window import GetScreen
from tui.areas.data.side_by_side import SideBySide
from tui.areas.home.home_screen import HomeScreen
from tui.areas.lessons.drills_screen import DrillScreen
from tui.areas.lessons.lesson_end_screen import LessonEndScreen
from tui.areas.lessons.lesson_list_screen import LessonsScreen
from tui.areas.lessons.lesson_screen import LessonScreen
from tui.areas.look_inside.architecture_window import ArchitectureWindow
from tui.areas.look_inside.channel_screen import ChannelScreen
from tui.areas.look_inside.filters_screen import FiltersScreen
from tui.areas.look_inside.look_screen import LookScreen
from tui.areas.look_inside.picture_choice import PictureWindow
from tui.areas.look_inside.predictions_screen import PredictionsScreen
from tui.areas.look_inside.value_screen import ValueScreen
from tui.areas.runs.chart_page.small_charts_screen import SmallChartsScreen
from tui.areas.runs.comparison.compare_screen import CompareScreen
from tui.areas.runs.comparison.group_screen import GroupScreen
from tui.areas.runs.logs.roles_window import RolesWindow
from tui.areas.runs.logs.watch_window import WatchWindow
from tui.areas.runs.one_run.diagnosis_window import DiagnosisWindow
from tui.areas.runs.one_run.export_window import ExportRuns
from tui.areas.runs.one_run.network_window import NetworkWindow
from tui.areas.runs.one_run.run_screen import RunScreen
from tui.areas.runs.run_list.fields_window import FieldsWindow
from tui.areas.runs.run_list.run_changes import RunLabelWindow
from tui.areas.runs.run_list.runs_screen import RunsScreen
from tui.areas.train.pretrained_choice import PretrainedChoice
from tui.areas.train.pretrained_window import PretrainedWindow
from tui.areas.train.train_screen import TrainScreen
from tui.course import Lesson, load_course
from tui.datasets import LoaderSettings
from tui.runs.settings.backbone_weights import keras_models
from tui.runs.settings.external_spec import CurveRoles
from tui.runs.store.run_list import RunList
from tui.ui.dialogs.input_windows import InputWindow, PathWindow, PickWindow
from tui.ui.dialogs.questions import Question, StartTimeQuestion
from tui.ui.dialogs.saving import SaveWindow
from tui.ui.dialogs.text_windows import CodeWindow, CopyWindow, TextWindow
from tui.ui.filters.filter_window import FilterWindow
from tui.ui.pictures.gallery import GalleryWindow


def walk(*places: Place) -> Iterator[Place]:
    for place in places:
        yield place
        yield from walk(*place.inside)


def first_lesson() -> Lesson:
    return load_course().lessons[0]


HOME = Place(HomeScreen, inside=(Place(HelpScreen, ("question_mark",)),))


LESSONS = Place(
    LessonsScreen,
    ("1",),
    "What a convolution",
    (
        Place(LessonScreen, ("enter",), "page 1 of", (Place(CodeWindow, ("c",)),)),
        Place(LessonEndScreen, push=lambda: LessonEndScreen(first_lesson(), turn_to=LessonScreen)),
        Place(DrillScreen, ("d",), "Drill 1 of"),
        Place(PickWindow, ("s",), "Drill one"),
        Place(Question, ("R", "enter"), "be undone"),
    ),
)


CALCULATOR = Place(
    CalculatorScreen,
    ("2",),
    "fits exactly",
    (
        Place(SolveWindow, ("b",), "solutions"),
        Place(TraceWindow, ("t",)),
        Place(NetworkExportWindow, ("e",), "", (Place(SaveWindow, ("w",)),)),
        Place(NetworkImportWindow, ("o",)),
        Place(FilterWindow, ("p",)),
    ),
)


DATA = Place(
    DataScreen,
    ("3",),
    "Samples",
    (
        Place(GetScreen, ("d",), "To download"),
        Place(GalleryWindow, ("b",)),
        Place(DoctorScreen, ("c",), "side", (Place(SideBySide, ("s",)),)),
    ),
)


def pretrained_window() -> PretrainedWindow:
    """Return the window, with a file in Keras's cache: no test downloads weights."""
    choice = PretrainedChoice("MobileNetV2")
    path = keras_models() / choice.kind.file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\x89HDF\r\n\x1a\n")
    os.truncate(path, choice.kind.bytes)
    return PretrainedWindow(choice, PETS)


PETS = LoaderSettings(directory="/images/pets", classes=("cats", "dogs"))
TRAIN = Place(
    TrainScreen,
    ("4",),
    "epochs",
    (
        Place(
            PretrainedWindow,
            seen="fine-tune from",
            push=pretrained_window,
        ),
    ),
)


RUNS = Place(
    RunsScreen,
    ("5",),
    "died digits",
    (
        Place(RunLabelWindow, ("n",)),
        Place(FieldsWindow, ("v",), "Columns of the list"),
        Place(StartTimeQuestion, ("r",)),
        Place(WatchWindow, ("o",)),
        Place(
            GroupScreen, push=lambda: GroupScreen([one.run for one in RunList().read()], "seeds")
        ),
        Place(CompareScreen, ("space", "space", "c"), "best", again=("c",)),
    ),
)


RUN = Place(
    RunScreen,
    ("5", "enter"),
    "epoch",
    (
        Place(SmallChartsScreen, ("p",), "charts"),
        Place(DiagnosisWindow, ("d",)),
        Place(NetworkWindow, ("n",), "parameters"),
        Place(TextWindow, ("v",)),
        Place(ExportRuns, ("x",)),
        Place(InputWindow, ("r",)),
        Place(RolesWindow, push=lambda: RolesWindow(("loss", "acc"), CurveRoles())),
        Place(CopyWindow, push=lambda: CopyWindow("a text", "", "a.txt")),
    ),
)


LOOK = Place(
    LookScreen,
    ("6",),
    "12 channels",
    (
        Place(
            ChannelScreen, ("enter",), "sees columns", (Place(ValueScreen, ("enter",), "conv2d"),)
        ),
        Place(FiltersScreen, ("f",), "weights from"),
        Place(PredictionsScreen, ("e",), "predicted"),
        Place(PictureWindow, ("i",)),
        Place(PathWindow, ("a",)),
        Place(ArchitectureWindow, ("a", *"model.keras", "enter"), "Flatten"),
    ),
)


ALL = (HOME, LESSONS, CALCULATOR, DATA, TRAIN, RUNS, RUN, LOOK)
