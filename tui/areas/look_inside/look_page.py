"""The screen of area 6 as its parts know it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from textual.app import App
    from textual.notifications import SeverityLevel
    from textual.worker import Worker, WorkType

    from tui.inspection.session import Session
    from tui.ui.services import Host


class LookPage(Protocol):
    """What the parts of the screen ask of it."""

    session: Session

    @property
    def app(self) -> App[object]:
        """The running app: it opens windows."""

    @property
    def host(self) -> Host:
        """The app, as the screens know it."""

    @property
    def is_current(self) -> bool:
        """Whether anything of the screen is visible."""

    def select(self, **changes: object) -> None:
        """Choose something else to look at: fields of a `Selection`."""

    def update(self) -> object:
        """Ask the inspector for what the selection still lacks."""

    def redraw(self) -> None:
        """Draw what there is now."""

    def notify(
        self, message: str, *, severity: SeverityLevel = "information", markup: bool = True
    ) -> None:
        """Show a message for some seconds."""

    def run_worker(
        self,
        work: WorkType[None],
        *,
        group: str = "default",
        exclusive: bool = False,
    ) -> Worker[None]:
        """Start a worker; an exclusive one ends those of its group."""
