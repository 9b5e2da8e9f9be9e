"""Getting images: samples, the course's sets, and archives of one's own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.areas.data.source_list import ARCHIVE, Offer, about, offers, row, transfer_text
from tui.common.shorten import shorten_path
from tui.common.text import clean
from tui.common.typed_paths import typed_path
from tui.datasets import SAMPLES
from tui.datasets.getting import COURSE_SETS, Transfer, downloaded_bytes
from tui.ui.area_screen import AreaScreen
from tui.ui.commands import BackStep
from tui.ui.dialogs.input_windows import PickWindow
from tui.ui.forms.path_input import PathHint, PathInput

_LOOK_SECONDS = 0.2

ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz", ".tbz2", ".tar.xz", ".txz")


class GetScreen(AreaScreen):
    """A list of what can be had, and how far it is while it comes."""

    AREA = "data"
    CSS_PATH = "get_window.tcss"
    HELP = """
# Get images

**↑ ↓** choose what to get, **enter** gets it. Above stands what needs no network; below, the sets
of the course, with the size of the download, their terms and their source. **/** takes an archive
of your own: the path (**tab** completes it) or the address of a `.zip` or `.tar.gz` with one folder
for each class.

If an archive contains archives, as those of competitions do, you are asked which one to unpack.

**escape** stops a download. What was downloaded is kept, also if the connection is lost or the
terminal closes: enter resumes it. You can go to the other areas meanwhile.

An archive is unpacked into a folder of its own. Nothing in it is run, links are left out, and one
that would write elsewhere is refused.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "archive", "Your archive", id="get.archive", tooltip="A path or address"),
    ]

    def __init__(self, chosen: Callable[[Path | None, str], object]) -> None:
        """Make the screen.

        Args:
            chosen: called with the folder (or None and a sample's name) when it is there.
        """
        super().__init__()
        self._chosen = chosen
        self._here, self._away = offers()
        self._transfer: Transfer | None = None
        self._timer: Timer | None = None

    def compose_body(self) -> ComposeResult:
        with Vertical(id="get"):
            yield OptionList(*self._options({}), id="offers", compact=True)
            yield Static(id="about")
            yield PathInput(
                placeholder="path (tab completes) or https address, then enter",
                endings=ARCHIVES,
                id="archive",
                compact=True,
            )
            yield PathHint()
            yield Static(id="transfer")

    @property
    def stays(self) -> bool:
        return self._transfer is not None

    def on_mount(self) -> None:
        self.where = "Data · Get images"
        self.query_one("#archive").display = False
        self.query_one("#offers").focus()
        self._timer = self.set_interval(_LOOK_SECONDS, self._show_progress, pause=True)
        self._look_at_kept()

    @staticmethod
    def _heading(text: str) -> Option:
        return Option(Content.styled(text, "$text-muted"), disabled=True)

    def _options(self, known: dict[str, int | None]) -> list[Option]:
        return [
            self._heading("Here already"),
            *(Option(row(offer, None), id=offer.name) for offer in self._here),
            self._heading("To download"),
            *(Option(row(offer, known.get(offer.name, 0)), id=offer.name) for offer in self._away),
            self._heading("Your own"),
            Option(Content.styled("a .zip or .tar.gz, by path or address", "bold"), id=ARCHIVE),
        ]

    @work(exclusive=True, group="kept")
    async def _look_at_kept(self) -> None:
        """Show which sets are here, whole or in part."""

        def look() -> dict[str, int | None]:
            return {name: downloaded_bytes(name) for name in COURSE_SETS}

        known = await asyncio.to_thread(look)
        listed = self.query_one("#offers", OptionList)
        for offer in self._away:
            listed.replace_option_prompt(offer.name, row(offer, known[offer.name]))

    @on(OptionList.OptionHighlighted, "#offers")
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self.query_one("#about", Static).update(about(self._offer(event.option_id)))

    def _offer(self, name: str | None) -> Offer | None:
        return next((one for one in (*self._here, *self._away) if one.name == name), None)

    @on(OptionList.OptionSelected, "#offers")
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_id == ARCHIVE:
            self.action_archive()
        elif event.option_id is not None:
            self.get(event.option_id)

    @on(Input.Submitted, "#archive")
    def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value.strip():
            self._close_field()
            text = event.value.strip()
            self.get(str(typed_path(text)) if "\\x" in text else text)

    def get(self, what: str, inner: tuple[str, ...] = ()) -> None:
        """Begin to get something.

        Args:
            what: a name, an address, or a path.
            inner: which archive inside it to unpack; each stands inside the one before.
        """
        if self._transfer is not None:
            self.notify("One at a time: escape stops the one that is coming.")
            return
        self._transfer = Transfer(what, inner=inner)
        self._transfer.start()
        self.show_back_step()
        if self._timer is not None:
            self._timer.resume()
        self._show_progress()

    def _show_progress(self) -> None:
        """Show how far it is; called a few times a second."""
        transfer = self._transfer
        if transfer is None:
            return
        if transfer.ended:
            self._ended(transfer)
        elif not transfer.stopping:
            self._show(transfer_text(*transfer.snapshot(), width=self.size.width - 4))

    def _show(self, text: Content) -> None:
        shown = self.query_one("#transfer", Static)
        if shown.content != text:
            shown.update(text)

    def _ended(self, transfer: Transfer) -> None:
        self._transfer = None
        self.show_back_step()
        if self._timer is not None:
            self._timer.pause()
        self._look_at_kept()
        if transfer.result is None:
            style = "" if transfer.stopping else "$text-error"
            sign = "■" if transfer.stopping else "✗"
            self._show(Content.styled(f"{sign} {transfer.error}", style))
            if transfer.inner_archives and self.is_current:
                self._ask_inner(transfer)
            return
        for note in transfer.result.notes:
            self.app.notify(note, markup=False, timeout=10)
        name = transfer.what
        if name in SAMPLES:
            self._chosen(None, name)
        else:
            name = transfer.result.folder.name
            self._chosen(transfer.result.folder, "")
        self._show(Content(f"✓ {clean(name, 60)} is here and chosen; t trains on it."))
        self.app.notify(f"{clean(name, 60)} is here and chosen.", markup=False)
        if self.is_current:
            self.app.pop_screen()

    def _ask_inner(self, transfer: Transfer) -> None:
        """Ask which of the archives inside an archive is to be unpacked."""
        names = transfer.inner_archives
        options = [(str(place), shorten_path(name, 70)) for place, name in enumerate(names)]

        def answer(place: str | None) -> None:
            if place is not None:
                self.get(transfer.what, (*transfer.inner, names[int(place)]))

        self.app.push_screen(PickWindow("Which archive inside it?", options), answer)

    def action_archive(self) -> None:
        """Let the learner type where an archive is."""
        field = self.query_one("#archive", Input)
        field.display = True
        field.focus()

    def _close_field(self) -> None:
        self.query_one("#archive").display = False
        self.query_one("#offers").focus()

    def back_step(self) -> BackStep | None:
        """Stop the transfer; when there is none, leave the field or the screen."""
        if self._transfer is not None and not self._transfer.stopping:
            return BackStep("Stop it", self._stop)
        if self.query_one("#archive").display:
            return BackStep("List", self._close_field)
        return super().back_step()

    def _stop(self) -> None:
        if self._transfer is not None:
            self._transfer.stop()
            self._show(Content("stopping …"))
            self.show_back_step()
