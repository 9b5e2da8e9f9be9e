"""Screens, widgets and text that two or more areas share."""
