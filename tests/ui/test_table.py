"""A table's columns, whenever the screen happens to be drawn."""

from __future__ import annotations

import asyncio

from rich.text import Text
from textual import events
from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.geometry import Region

from tests.support.seeing import region_text, strips
from tui.ui.textual_patches.table import Table


class Tabled(App[None]):
    def compose(self) -> ComposeResult:
        yield Table(cell_padding=1)

    def on_mount(self) -> None:
        table = self.query_one(Table)
        table.add_column("output", key="output")
        table.add_column("share", key="share")
        table.add_row(Text("?"), Text(""), key="0")


async def test_a_table_drawn_before_its_widths_are_known_does_not_stay_cut() -> None:
    app = Tabled()
    async with app.run_test(size=(40, 8)) as pilot:
        await pilot.pause()
        table = app.query_one(Table)
        for value in ("148×148×16", "1,048,576×1,048,576"):
            table.update_cell("0", "output", Text(value), update_width=True)
            # Another timer of the screen draws it now, before the table comes to measure.
            table.render_lines(Region(0, 0, *table.size))
            await pilot.pause()
            await pilot.pause()
            assert value in region_text(app, "Table")

        table.clear()
        table.add_row(Text("a longer one than any before"), Text("100.0%"), key="0")
        table.render_lines(Region(0, 0, *table.size))
        await pilot.pause()
        await pilot.pause()
        assert "before 100.0%" in " ".join(region_text(app, "Table").split())


async def test_home_and_end_go_to_the_first_and_the_last_row() -> None:
    app = Tabled()
    async with app.run_test(size=(40, 8)) as pilot:
        table = app.query_one(Table)
        for number in range(20):
            table.add_row(Text(str(number)), Text(""))
        table.focus()
        await pilot.press("end")
        assert table.cursor_row == 20
        await pilot.press("home")
        assert table.cursor_row == 0


class Slow(Table):
    """A table that hears of its new size only after it has been drawn in it."""

    async def on_resize(self, event: events.Resize) -> None:
        await asyncio.sleep(0.1)


class Widened(Tabled):
    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Slow(cell_padding=1)


async def test_rows_go_on_to_the_end_of_a_table_that_was_drawn_when_it_was_narrower() -> None:
    app = Widened()
    async with app.run_test(size=(40, 8)) as pilot:
        for width in (30, 36):
            app.query_one(Horizontal).styles.width = width
            await pilot.pause(0.3)
            if width == 30:
                app.query_one(Table).refresh()
                await pilot.pause(0.1)
        row = strips(app)[1]
        cells = [style for segment in row for style in [segment.style] * segment.cell_length]
        assert len({style.bgcolor for style in cells[20:36] if style is not None}) == 1


class Edged(App[None]):
    def compose(self) -> ComposeResult:
        yield Table(cell_padding=1)

    def on_mount(self) -> None:
        table = self.query_one(Table)
        table.add_column("run", key="run", width=6)
        for name in ("loss", "speed", "network"):
            table.add_column(name, key=name)
        table.add_row(
            Text("digits of 2026"),
            Text("324,467"),
            Text("1.5e-7", justify="right"),
            Text("28x28x1 conv"),
        )


async def test_a_figure_at_the_edge_of_a_table_is_whole_or_not_there() -> None:
    app = Edged()
    whole = {"digits", "324,467", "1.5e-7", "28x28x1", "conv", "con", "co", "c", "of", "o"}
    for fixed in (0, 1):
        async with app.run_test(size=(40, 6)) as pilot:
            table = app.query_one(Table)
            table.fixed_columns = fixed
            for width in range(8, 41, 4):
                await pilot.resize_terminal(width, 6)
                for left in range(0, max(table.max_scroll_x, 0) + 1):
                    table.scroll_to(left, animate=False)
                    await pilot.pause()
                    row = "".join(segment.text for segment in strips(app)[1]).split()
                    figures = [word for word in row if any(sign.isdigit() for sign in word)]
                    assert set(figures) <= whole, (width, left, row)
        app = Edged()


async def test_rows_are_made_when_they_are_seen_and_anew_when_they_change() -> None:
    app = Tabled()
    made: list[str] = []
    words = {str(number): f"row {number}" for number in range(10_000)}

    def cells(name: str) -> list[Text]:
        made.append(name)
        return [Text(words[name]), Text("")]

    async with app.run_test(size=(40, 8)) as pilot:
        table = app.query_one(Table)
        table.clear(columns=True)
        table.add_column("output", key="output", width=20)
        table.add_column("share", key="share", width=5)
        table.fill(list(words), cells)
        table.focus()
        await pilot.pause()
        await pilot.pause()
        assert table.row_count == 10_000 and len(made) < 20
        assert "row 0" in region_text(app, "Table")
        await pilot.press("end")
        await pilot.pause()
        assert table.cursor_row == 9_999 and len(made) < 60
        assert "row 9999" in region_text(app, "Table")
        words["9999"] = "another"
        table.renew(["9999"])
        await pilot.pause()
        assert "another" in region_text(app, "Table")
        assert table.get_cell("5000", "output") == Text("row 5000")
        table.fill(["7"], cells)
        await pilot.pause()
        assert table.row_count == 1 and table.cursor_row == 0
        assert "row 7" in region_text(app, "Table")
        table.fill([], cells)
        await pilot.pause()
        assert table.row_count == 0 and "row" not in region_text(app, "Table")
