"""Each patch of Textual says what it relies on, notices a change there, and can be switched off."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from rich.segment import Segment
from rich.text import Text
from textual import events
from textual._compositor import LayoutUpdate
from textual.app import App, ComposeResult
from textual.css.stylesheet import Stylesheet
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from tests.support.in_terminal import command_in_terminal
from tests.support.private_names import is_private, overrides, uses
from tests.support.seeing import opened, region_text, until_seen
from tests.support.textual_sources import digest
from tui.app.app import CnnTuiApp
from tui.ui.textual_patches import switches
from tui.ui.textual_patches.cancel_workers import CancelsWorkers
from tui.ui.textual_patches.cell_pixels import USUAL, terminal_cell_pixels
from tui.ui.textual_patches.changes import SentCells
from tui.ui.textual_patches.mouse import take_mouse
from tui.ui.textual_patches.repaint import repaint
from tui.ui.textual_patches.stacking import place_on_screen
from tui.ui.textual_patches.stylesheet import ParsedOnce, app_stylesheet
from tui.ui.textual_patches.table import Table
from tui.ui.textual_patches.terminal_driver import TerminalDriver, instead_of
from tui.ui.textual_patches.type_ahead import TypeAhead

RECORDED: dict[str, dict[str, str]] = json.loads(
    (Path(__file__).parent / "textual_sources.json").read_text("utf-8")
)
FOLDER = Path(switches.__file__).parent
READ_IT_AGAIN = """
Textual has another {name} than the one that tui/ui/textual_patches/{patch}.py was written for.
Read the two, see whether the patch still does what its docstring says and is still needed, and then
put the new digest, {found}, into tests/ui/textual_sources.json."""


@pytest.mark.parametrize(
    ("patch", "name"), [(patch, name) for patch, names in RECORDED.items() for name in names]
)
def test_what_a_patch_relies_on_is_as_it_was(patch: str, name: str) -> None:
    """An empty digest: of a library of which several versions will do, it only has to be there."""
    found, recorded = digest(name), RECORDED[patch][name]
    assert found == recorded or not recorded, READ_IT_AGAIN.format(
        name=name, patch=patch, found=found
    )


def test_the_digest_of_what_is_gone_says_so() -> None:
    for name in ("textual.app:App._gone", "textual._gone:Anything"):
        with pytest.raises(LookupError, match="there is no"):
            digest(name)


def docstring(patch: str) -> str:
    return importlib.import_module(f"tui.ui.textual_patches.{patch}").__doc__ or ""


@pytest.mark.parametrize("patch", switches.patches())
def test_a_patch_says_what_it_touches_since_when_and_what_is_without_it(patch: str) -> None:
    written = docstring(patch)
    _, *parts = re.split(r"^(Touches|Since|Without): ", written, flags=re.MULTILINE)
    assert parts[::2] == ["Touches", "Since", "Without"]
    assert re.match(r"Textual \d|textual-image \d", parts[3])
    named = set(re.findall(r"`[\w.]*?(\w+)`", parts[1]))
    recorded = {name.rpartition(".")[2].rpartition(":")[2] for name in RECORDED[patch]}
    assert {name for name in recorded if is_private(name)} <= named
    assert used_by(patch) <= named & recorded


def used_by(patch: str) -> set[str]:
    """Return the private names of Textual's that a patch uses."""
    module = importlib.import_module(f"tui.ui.textual_patches.{patch}")
    names = {name for _, name in uses(inspect.getsource(module))}
    for _, one in inspect.getmembers(module, inspect.isclass):
        if one.__module__ == module.__name__:
            names |= {
                name for name in overrides(one, "nothing") if name.startswith(module.__name__)
            }
    return {re.split(r"[. ]", name)[-1].strip("'") for name in names}


def test_what_the_patches_use_is_found() -> None:
    assert {"_data", "_row_locations", "TwoWayDict", "_update_count"} <= used_by("table_rows")
    assert {"_must_signal_resume", "_driver", "_patch_lflag"} <= used_by("terminal_driver")
    assert {"_driver", "_enable_mouse_support"} <= used_by("mouse")


def test_every_patch_has_its_digests() -> None:
    assert set(RECORDED) == set(switches.patches())


def test_a_patch_that_there_is_not_is_named_with_those_that_there_are() -> None:
    switches.check({})
    switches.check({switches.VARIABLE: " table, Changes ,"})
    with pytest.raises(switches.SwitchError, match=r"names 'nosuch␛'; .*changes, mouse, repaint"):
        switches.check({switches.VARIABLE: "table,nosuch\x1b"})


def test_the_app_does_not_start_without_a_patch_that_there_is_not(tmp_path: Path) -> None:
    start = f"{sys.executable} -c 'from tui.cli.main import main; main()'"
    command = f"{switches.VARIABLE}=tabel {start}; echo status $?; cat"
    with command_in_terminal(["sh", "-c", command], tmp_path) as process:
        process.wait_for("status 2")
        written = "".join(process.terminal.text.split("\n"))  # a line may break within a name
        assert "CNN_TUI_WITHOUT names 'tabel'" in written and "type_ahead" in written


@pytest.fixture
def off(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(switches.VARIABLE, request.param)


def without(*names: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("off", [",".join(names)], indirect=True)


@without(*switches.patches())
async def test_without_any_of_them_it_is_a_program_still(off: None) -> None:
    async with opened() as (app, pilot):
        await pilot.press("2")
        await until_seen(pilot, "filter size")
        await pilot.press("escape", "1")
        await until_seen(pilot, "What a convolution does", "#lessons")
        await pilot.press("enter")
        await until_seen(pilot, "Lessons · 1")
        assert type(app.stylesheet) is Stylesheet


@without("cancel_workers")
async def test_without_cancel_workers_a_worker_outlives_its_children(off: None) -> None:
    class Waits(CancelsWorkers, Widget):
        left = False

        def on_mount(self) -> None:
            self.run_worker(self._wait())

        async def _wait(self) -> None:
            await asyncio.Event().wait()

    async with App[None]().run_test() as pilot:
        waits = Waits()
        await pilot.app.screen.mount(waits)
        (worker,) = pilot.app.workers
        await waits.on_prune(None)  # type: ignore[arg-type]
        assert not worker.is_cancelled


@without("cell_pixels")
def test_without_cell_pixels_a_cell_has_the_usual_ones(off: None) -> None:
    assert terminal_cell_pixels() == USUAL


def test_cell_pixels_are_two_numbers() -> None:
    width, height = terminal_cell_pixels()
    assert width > 0 and height > 0


@pytest.mark.parametrize("off", ["", "changes"], indirect=True)
async def test_without_changes_an_update_is_sent_as_it_is(
    off: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(App, "_display", lambda app, screen, update: sent.append(update))
    app = CnnTuiApp(watch_runs=False)
    update = LayoutUpdate([[Strip([Segment("letters")])]], Region(0, 0, 7, 1))
    app._display(None, update)  # type: ignore[arg-type]
    switched_off = not switches.is_on(SentCells.__module__)
    assert (sent == [update]) == switched_off
    assert len(sent) == 1 and "letters" in sent[0].render_segments(Console())


@pytest.mark.parametrize("off", ["", "mouse"], indirect=True)
def test_without_mouse_it_stays_the_apps(off: None) -> None:
    app, written = App[None](), []

    class Driver:
        def _enable_mouse_support(self) -> None:
            written.append("on")

        def _disable_mouse_support(self) -> None:
            written.append("off")

    take_mouse(app, ours=False)  # there is no driver yet
    app._driver = Driver()  # type: ignore[assignment]
    take_mouse(app, ours=False)
    take_mouse(app, ours=True)
    assert written == (["off", "on"] if switches.is_on("mouse") else [])


@pytest.mark.parametrize("off", ["", "repaint"], indirect=True)
def test_without_repaint_all_is_laid_out(off: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from textual.content import Content

    widget, laid_out = Static(Content("one")), []
    monkeypatch.setattr(widget, "refresh", lambda *, layout: laid_out.append(layout))
    repaint(widget, Content("one"))
    assert laid_out == ([] if switches.is_on("repaint") else [True])


class Stacked(App[None]):
    """A text, and another on a layer above."""

    CSS = """
    Screen { layers: below above; }
    #below { layer: below; width: 10; height: 3; }
    #above { layer: above; width: 4; height: 1; }
    """

    def compose(self) -> ComposeResult:
        yield Static("below", id="below")
        yield Static("above", id="above")


@pytest.mark.parametrize("off", ["", "stacking"], indirect=True)
async def test_without_stacking_nothing_stands_above(off: None) -> None:
    app = Stacked()
    async with app.run_test(size=(20, 5)):
        place = place_on_screen(app.query_one("#below"))
        assert place is not None and place.seen == Region(0, 0, 10, 3)
        on = switches.is_on("stacking")
        assert place.covered == (frozenset({Region(0, 0, 4, 1)}) if on else frozenset())
        app.query_one("#below").display = False
        await asyncio.sleep(0)
        top = place_on_screen(app.query_one("#above"))
        assert top is not None and top.covered == frozenset()


def test_the_stylesheet_is_ours_or_textuals(monkeypatch: pytest.MonkeyPatch) -> None:
    assert type(app_stylesheet({})) is ParsedOnce
    monkeypatch.setenv(switches.VARIABLE, "stylesheet")
    assert type(app_stylesheet({})) is Stylesheet


def test_the_driver_is_ours_or_textuals(monkeypatch: pytest.MonkeyPatch) -> None:
    assert instead_of(LinuxDriver) is TerminalDriver
    monkeypatch.setenv(switches.VARIABLE, "terminal_driver")
    assert instead_of(LinuxDriver) is LinuxDriver


class Tabled(App[None]):
    def compose(self) -> ComposeResult:
        yield Table(cell_padding=1)

    def on_mount(self) -> None:
        table = self.query_one(Table)
        table.add_column("output", key="output", width=6)
        table.add_column("share", key="share", width=5)


@pytest.mark.parametrize("off", ["", "table_figures"], indirect=True)
async def test_without_table_figures_a_part_of_one_is_seen(off: None) -> None:
    app = Tabled()
    async with app.run_test(size=(20, 4)) as pilot:
        app.query_one(Table).add_row(Text("3,244,670"), Text(""))
        await pilot.pause()
        await pilot.pause()
        assert ("3,244" in region_text(app, "Table")) != switches.is_on("table_figures")


@pytest.mark.parametrize("off", ["", "table_spans"], indirect=True)
async def test_without_table_spans_the_row_of_a_group_is_empty(off: None) -> None:
    app = Tabled()
    async with app.run_test(size=(20, 5)) as pilot:
        table = app.query_one(Table)
        table.span = lambda key: "over all columns" if key == "group" else None
        table.add_row(Text(), Text(), key="group")
        table.add_row(Text("150"), Text("2"), key="run")
        await pilot.pause()
        await pilot.pause()
        shown = region_text(app, "Table")
        assert ("over all columns" in shown) == switches.is_on("table_spans")
        assert "150" in shown


@pytest.mark.parametrize("off", ["", "table_rows"], indirect=True)
async def test_without_table_rows_all_cells_are_made_at_once(off: None) -> None:
    made, words = [], {str(number): f"row {number}" for number in range(50)}

    def cells(name: str) -> list[Text]:
        made.append(name)
        return [Text(words[name]), Text("")]

    app = Tabled()
    async with app.run_test(size=(20, 8)) as pilot:
        table = app.query_one(Table)
        table.fill(list(words)[:40], cells)
        table.extend(list(words)[40:])
        await pilot.pause()
        await pilot.pause()
        assert table.row_count == 50
        assert (len(made) == 50) != switches.is_on("table_rows")
        words["2"] = "else"
        table.renew(["2"])
        await pilot.pause()
        assert "else" in region_text(app, "Table")
        words["3"] = "more"
        table.renew()
        await pilot.pause()
        assert "more" in region_text(app, "Table")
        table.fill(["7"], cells)
        await pilot.pause()
        assert table.row_count == 1 and "row 7" in region_text(app, "Table")


@pytest.mark.parametrize("off", ["", "table"], indirect=True)
async def test_without_table_what_was_drawn_too_early_stays(
    off: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = Tabled()
    async with app.run_test(size=(20, 4)) as pilot:
        await pilot.pause()
        table, cleared = app.query_one(Table), []
        monkeypatch.setattr(table, "_clear_caches", lambda: cleared.append(True))
        await pilot.resize_terminal(15, 4)
        await pilot.pause()
        assert bool(cleared) == switches.is_on("table")


@pytest.mark.parametrize("off", ["", "type_ahead"], indirect=True)
async def test_without_type_ahead_a_key_does_not_wait(off: None) -> None:
    async with App[None]().run_test() as pilot:
        ahead = TypeAhead(pilot.app)
        first, second = events.Key("enter", "\r"), events.Key("a", "a")
        assert not ahead.holds_back(first)
        assert ahead.holds_back(second) == switches.is_on("type_ahead")
        ahead.end()
