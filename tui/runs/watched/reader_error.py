"""Why the reader of logs cannot be used; apart, since the app's first frame imports it."""

from __future__ import annotations


class ReaderError(Exception):
    """The reader of logs cannot be started, or does not answer; the message says why."""
