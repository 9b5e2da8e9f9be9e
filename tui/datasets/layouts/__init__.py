"""Folders whose classes are not simply their sub-folders."""
