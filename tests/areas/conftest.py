"""The fixtures of every test that opens the app."""

from tests.support.screen_fixtures import *  # noqa: F403
