"""The code on a sheet that tells anybody whether this very revision is still current.

openpyxl would want Pillow to learn the size of a picture that is drawn here: it is told instead.
"""

from __future__ import annotations

import io

import segno
from openpyxl.drawing.image import Image

#: Of the code in print. Pixels at 96 to the inch: 24 mm.
SIDE = 91
#: Of the row that it stands in. Points.
HEIGHT = 72


class Code(Image):
    """A QR code as a picture of a worksheet."""

    def __init__(self, address: str, anchor: str, *, zoom: float) -> None:
        drawn = io.BytesIO()
        segno.make_qr(address, error="m").save(drawn, kind="png", scale=6, border=2)
        self._drawn = drawn.getvalue()
        self.format = "png"
        self.width = self.height = round(SIDE * zoom)
        self.anchor = anchor

    def _data(self) -> bytes:
        return self._drawn
