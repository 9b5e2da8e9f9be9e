"""Runs that wait for the others, and runs that go on."""
