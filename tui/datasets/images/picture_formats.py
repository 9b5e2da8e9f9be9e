"""Recognise picture formats by a file's first bytes, whatever its name."""

from __future__ import annotations

import os
import stat

HEAD_BYTES = 64
"""How many of a file's first bytes are needed."""

_BEGINNINGS = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
    (b"IIRO", "ORF"),
    (b"IIU\0", "RW2"),
    (b"FUJIFILMCCD-RAW", "RAF"),
    (b"8BPS", "PSD"),
    (b"\0\0\1\0", "ICO"),
    (b"icns", "ICNS"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\0\0\0\x0cJXL ", "JPEG XL"),
    (b"\0\0\0\x0cjP  ", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"II\xbc", "JPEG XR"),
    (b"qoif", "QOI"),
    (b"DDS ", "DDS"),
    (b"BPG\xfb", "BPG"),
    (b"\x76\x2f\x31\x01", "OpenEXR"),
    (b"#?RADIANCE", "Radiance HDR"),
    (b"<svg", "SVG"),
)
_BRANDS = {
    **dict.fromkeys((b"avif", b"avis"), "AVIF"),
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis"), "HEIC"),
    **dict.fromkeys((b"hevc", b"hevx", b"hevm", b"hevs"), "HEIC"),
    **dict.fromkeys((b"mif1", b"mif2", b"msf1"), "HEIF"),
    b"crx ": "CR3",
}


def picture_format(head: bytes) -> str:
    """Return the picture format that a file's first bytes show.

    Args:
        head: the first `HEAD_BYTES` bytes, or fewer.

    Returns:
        A name such as "JPEG" or "HEIC"; empty if no format is recognised.

    >>> picture_format(b"\\xff\\xd8\\xff\\xe0 and more"), picture_format(b"plain text")
    ('JPEG', '')
    >>> picture_format(b"\\0\\0\\0\\x18ftypmif1\\0\\0\\0\\0mif1heic")
    'HEIC'
    """
    if head[4:8] == b"ftyp":
        length = int.from_bytes(head[:4], "big")
        end = min(max(length, 16), len(head))
        brands = [head[8:12], *(head[at : at + 4] for at in range(16, end, 4))]
        found = [_BRANDS[brand] for brand in brands if brand in _BRANDS]
        # mif1 stands for any still picture; another brand says more.
        return next((name for name in found if name != "HEIF"), found[0] if found else "")
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "WebP"
    if head[:1] == b"P" and head[1:2] in b"1234567f" and head[2:3] in (b"\n", b" ", b"\r"):
        return "PNM"
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"<?xml") and b"<svg" in head:
        return "SVG"
    if head.startswith(b"BM") and len(head) > 10 and head[6:10] != b"\0\0\0\0":
        return ""  # a text that begins with these letters
    return next((name for begin, name in _BEGINNINGS if head.startswith(begin)), "")


def file_format(path: str) -> str:
    """Return the picture format of a file; empty if it is none, or cannot be read."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # opening a pipe would block
            return ""
        with open(path, "rb") as file:
            return picture_format(file.read(HEAD_BYTES))
    except (OSError, ValueError):
        return ""
