"""A widget that draws a picture with kitty's protocol; see `graphics` on when to import it."""

from __future__ import annotations

from textual.app import RenderResult
from textual.geometry import Size
from textual_image.renderable import TGPImage as SentByKitty
from textual_image.widget import TGPImage


class KittyPicture(TGPImage, Renderable=SentByKitty):
    """textual-image's widget, but it does not resend the picture when a style changes."""

    _drawn: tuple[object, Size, RenderResult] | None = None
    """The picture drawn last, its size in cells, and its rendering."""

    def render(self) -> RenderResult:
        image, size = self.image, self.content_size
        # Pixels are not compared: that would cost more than sending the picture.
        if self._drawn is None or self._drawn[0] is not image or self._drawn[1] != size:
            self._drawn = image, size, super().render()
        return self._drawn[2]
