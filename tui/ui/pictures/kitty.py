"""A widget that draws a picture by kitty's protocol. To be imported once the terminal was asked."""

from __future__ import annotations

from textual.app import RenderResult
from textual.geometry import Size
from textual_image.renderable import TGPImage as SentByKitty
from textual_image.widget import TGPImage


class KittyPicture(TGPImage, Renderable=SentByKitty):
    """textual-image's own, which sends the picture again at each change of a style round it."""

    _drawn: tuple[object, Size, RenderResult] | None = None
    """The picture that was drawn last, its size in cells, and what stands for it."""

    def render(self) -> RenderResult:
        image, size = self.image, self.content_size
        # The pixels of another picture are not compared: that would cost more than to send it.
        if self._drawn is None or self._drawn[0] is not image or self._drawn[1] != size:
            self._drawn = image, size, super().render()
        return self._drawn[2]
