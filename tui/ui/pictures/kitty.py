"""A widget that draws a picture by kitty's protocol. To be imported once the terminal was asked."""

from __future__ import annotations

from textual.app import RenderResult
from textual.geometry import Size
from textual_image.widget import TGPImage


class KittyPicture(TGPImage, Renderable=TGPImage._Renderable):
    """textual-image's own, which sends the picture again at each change of a style round it."""

    _sent: Size | None = None
    """For how many cells the terminal has it."""

    def render(self) -> RenderResult:
        size = self.content_size
        if self._renderable is None or self._sent != size:
            self._sent = size
            return super().render()
        return self._renderable
