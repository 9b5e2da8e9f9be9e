"""A terminal driver that resumes from a suspension with a single reader of keys.

Textual starts new reader and writer threads at every SIGCONT, even if the old ones still run: after
a SIGSTOP, which no program can catch, or a SIGCONT without a stop. Then two threads read from the
terminal, each gets some of the keys, and the saved terminal settings are overwritten with those of
raw mode and never restored.

Touches: of `textual.drivers.linux_driver.LinuxDriver`: `LinuxDriver._sigtstp_application`,
`LinuxDriver._sigcont_application`, `LinuxDriver._must_signal_resume`, `LinuxDriver._key_thread`,
`LinuxDriver._patch_lflag`, `LinuxDriver._patch_iflag`, `LinuxDriver._enable_mouse_support`,
`LinuxDriver._enable_bracketed_paste`, `LinuxDriver._disable_line_wrap`;
`textual.driver.Driver._auto_restart`, `textual.app.App._driver`. `TerminalDriver._set_modes` sets
what `LinuxDriver.start_application_mode` does.

Since: Textual 8.2.8 (`KITTY_REPORT_ALL_KEYS` is not in 8.2.0; the two handlers are in 0.48).

Without: Textual's own driver, with the problems above.
"""

from __future__ import annotations

import os
import signal
import termios
import tty
from typing import Any

from textual import constants
from textual.app import App
from textual.driver import Driver
from textual.drivers.linux_driver import (
    KITTY_DISAMBIGUATE_ESCAPE_CODES,
    KITTY_REPORT_ALL_KEYS,
    KITTY_REPORT_ASSOCIATED_TEXT,
    LinuxDriver,
)

from tui.ui.textual_patches.switches import is_on

_KITTY = KITTY_DISAMBIGUATE_ESCAPE_CODES | KITTY_REPORT_ALL_KEYS | KITTY_REPORT_ASSOCIATED_TEXT


def instead_of(driver: type[Driver]) -> type[Driver]:
    """Return the driver class to use instead of Textual's choice."""
    return TerminalDriver if driver is LinuxDriver and is_on(__name__) else driver


def suspend_job(app: App[Any]) -> bool:
    """Suspend the whole job, as a terminal does at ctrl+z.

    Returns:
        False if there is no shell that could resume it.
    """
    if not is_on(__name__):
        App.action_suspend_process(app)
        return True
    driver = app._driver
    if driver is None or not driver.can_suspend or os.getsid(0) == os.getpgrp():
        return False
    app.app_suspend_signal.publish(app)
    # The whole job, as the shell may be waiting for a parent of this process, such as uv.
    os.killpg(os.getpgrp(), signal.SIGTSTP)
    return True


class TerminalDriver(LinuxDriver):
    """Textual's driver for Linux and macOS, with its own handling of suspension.

    Python may run a signal handler in the middle of another one. So the handlers only record what
    is requested, and a single one of them carries it out.
    """

    _running = False
    """Whether the terminal is in application mode and keys are read."""
    _asleep = False
    """Whether application mode should start again at the next SIGCONT."""
    _at_work = False
    """Whether a handler further down the stack is carrying out requests."""
    _stop_requested = False
    _continued = False
    """Whether a SIGCONT has not been handled yet."""

    def start_application_mode(self) -> None:
        reader, below = self._key_thread, self._at_work
        self._at_work = True
        try:
            super().start_application_mode()  # type: ignore[no-untyped-call]
        finally:
            self._at_work = below
        # Textual silently gives up if the shell has put the program in the background.
        self._running = self._key_thread is not reader
        self._asleep = not self._running
        if not below:
            self._carry_out_requests()

    def stop_application_mode(self) -> None:
        self._running = self._asleep = False
        super().stop_application_mode()

    def _sigtstp_application(self, *_: object) -> None:
        self._stop_requested = True
        self._carry_out_requests()

    def _sigcont_application(self, *_: object) -> None:
        self._stop_requested, self._continued = False, True
        self._carry_out_requests()

    def _carry_out_requests(self) -> None:
        """Leave application mode and stop, or start it again."""
        while not self._at_work and (self._stop_requested or self._continued):
            self._at_work = True
            try:
                stops = self._give_back() if self._stop_requested else self._take_again()
                if stops and not self._continued:
                    os.kill(os.getpid(), signal.SIGSTOP)
            finally:
                self._at_work = False

    def _give_back(self) -> bool:
        """Restore the terminal; return whether to stop now."""
        self._continued = False
        if self._auto_restart and self._running:
            self.suspend_application_mode()
            self._asleep = True
        if self._continued:  # a SIGCONT arrived meanwhile: do not stop
            return False
        self._stop_requested = False
        return True

    def _take_again(self) -> bool:
        """Start application mode; return whether to stop instead, being in the background."""
        self._continued = False
        if not (self._auto_restart and (self._asleep or self._running)):
            return False
        if not self._in_foreground():
            return True  # `bg` in the shell
        if self._asleep:
            self._must_signal_resume = True
            self.resume_application_mode()
        else:
            self._set_modes()
            self.send_message(self.SignalResume())
        return False

    def _in_foreground(self) -> bool:
        try:
            return os.tcgetpgrp(self.fileno) == os.getpgrp()
        except OSError:
            return True  # not a terminal: there is no foreground

    def _set_modes(self) -> None:
        """Restore modes that another program may have changed while this one was stopped."""
        try:
            attributes = termios.tcgetattr(self.fileno)
            attributes[tty.LFLAG] = self._patch_lflag(attributes[tty.LFLAG])
            attributes[tty.IFLAG] = self._patch_iflag(attributes[tty.IFLAG])
            attributes[tty.CC][termios.VMIN] = 1
            termios.tcsetattr(self.fileno, termios.TCSANOW, attributes)
        except termios.error:
            pass  # not a terminal: Textual ignores this too
        self.write(
            "\x1b[?1049h\x1b[?25l\x1b[?1004h"
        )  # alternate screen, hidden cursor, focus reports
        if not constants.DISABLE_KITTY_KEY:
            # Keyboard modes are a stack: one that is pushed twice would remain after the end.
            self.write(f"\x1b[<u\x1b[>{_KITTY}u")
        self._enable_bracketed_paste()
        self._disable_line_wrap()
        self._enable_mouse_support()
        self.flush()
