"""What the program kept when it was version 0.1.0, packed by that version: it opens today.

Three runs on `/data/pets` (20 pictures of 8×8): one that finished, one that was killed after its
learning rate and patience were changed and its weights saved, and one that waits in the queue. Also
progress, a network kept by name, a list of recent folders, files left out, decoded images, and what
the doctor found.
"""

from __future__ import annotations

import tarfile
from pathlib import Path

PACKED = Path(__file__).parent / "fixtures" / "kept-by-0.1.0.tar.gz"


def unpack_earlier(folder: Path) -> tuple[Path, Path]:
    """Unpack it, and let the runs mean the pictures where they are now.

    Returns:
        The folder for `CNN_TUI_HOME`, and that of the pictures.
    """
    with tarfile.open(PACKED) as archive:
        archive.extractall(folder, filter="data")
    kept, pictures = folder / "kept", folder / "pets"
    kept.chmod(0o700)
    for spec in kept.glob("state/runs/*/spec.json"):
        text = spec.read_text("utf-8")
        assert '"/data/pets"' in text
        spec.write_text(text.replace("/data/pets", str(pictures)), "utf-8")
    return kept, pictures
