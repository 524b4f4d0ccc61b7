"""A user's picture in a drawing: an image of pixels, or an SVG image, which typst draws at the size that is needed."""

from __future__ import annotations

import io
import math
from pathlib import Path

from PIL import Image

from vidbuild.engine.graph.context import Context
from vidbuild.errors import SpecProblem
from vidbuild.focal_point import MIDDLE, Focus, cropped
from vidbuild.frozen import dataclass
from vidbuild.frozen import field as with_default
from vidbuild.media.image import concealed, raster, svg
from vidbuild.media.text import glyphs, typst
from vidbuild.media.text.fonts import StagedFonts

LARGEST = 6000  # pixels of the longer side at which an SVG image is drawn
VECTOR_HINT = "convert its text to paths, or put the font into the theme's folder of fonts"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture's file and what it says of itself.

    size: width and height, upright.
    field: the spec's field that names it, for messages.
    root: the folder in which typst reads the picture.
    staged: the fonts in which the text of an SVG image is drawn.
    vector: what an SVG image says of itself; None for pixels.
    hidden: regions that must be unreadable, in pixels of the picture.
    focus: the point that stays in view if its edges are cropped.
    decoded: the image of which a part was shown last, until it fills a box: most pictures are decoded for both.
    """

    path: Path
    size: tuple[int, int]
    field: str
    root: Path
    staged: StagedFonts
    vector: svg.Svg | None = None
    hidden: tuple[tuple[float, float, float, float], ...] = ()
    focus: Focus = MIDDLE
    decoded: list[Image.Image] = with_default(default_factory=list)

    @classmethod
    def of(cls, path: Path, field: str, root: Path, staged: StagedFonts) -> Picture:
        """Read the header of a picture. Raise SpecProblem if it is unreadable."""
        with path.open("rb") as file:
            head = file.read(svg.HEAD_BYTES)
        if not svg.is_svg(head):
            return cls(path, raster.size(path, field=field), field, root, staged)
        try:
            vector = svg.read(path.read_bytes())
        except svg.SvgError as error:
            raise SpecProblem(f"unreadable image: {error.text}", field=field) from error
        return cls(path, vector.size, field, root, staged, vector)

    def filled(self, width: int, height: int) -> Image.Image:
        """Return the picture scaled to fill width x height and cropped around its focus, without what is hidden."""
        scale = max(width / self.size[0], height / self.size[1])
        sides = zip((width, height), self.size, self.focus, strict=True)
        left, top = (-cropped(own * scale, length, share) for length, own, share in sides)
        if self.vector is None:
            image = self._read((width, height))
            image = raster.filled(image, width, height, self.focus)
        else:
            size = self.size[0] * scale, self.size[1] * scale
            image = self._drawn(self.vector, (width, height), size)
        if not self.hidden:
            return image
        return concealed.conceal(image, concealed.placed(self.hidden, scale, left, top, image.size))

    def part(self, box: tuple[float, float, float, float], width: int, height: int) -> Image.Image:
        """Return a part of the picture, in pixels of it, scaled to width x height, without what is hidden."""
        x, y, across, down = box
        scale = width / across
        size = math.ceil(self.size[0] * scale), math.ceil(self.size[1] * scale)
        if self.vector is None:
            image = self._read(size)
            self._keep(image)
        else:
            share = min(1.0, LARGEST / max(size))
            drawn = max(1, round(size[0] * share)), max(1, round(size[1] * share))
            image = self._drawn(self.vector, drawn, drawn)
        own = image.width / self.size[0], image.height / self.size[1]
        cut = (x * own[0], y * own[1], (x + across) * own[0], (y + down) * own[1])
        image = image.resize((width, height), Image.Resampling.LANCZOS, box=cut)
        return concealed.conceal(image, concealed.placed(self.hidden, scale, -x * scale, -y * scale, image.size))

    def whole(self, side: int) -> Image.Image:
        """Return the whole picture, its longer side at most `side` pixels; an SVG image has just as many."""
        share = side / max(self.size)
        if self.vector is None and share >= 1 and not self.hidden:
            return raster.opened(self.path, field=self.field)
        width, height = (max(1, round(length * share)) for length in self.size)
        return self.filled(width, height)

    def check(self, context: Context) -> None:
        """Warn of what an SVG image shows differently than its author sees it."""
        if self.vector is None:
            return
        if self.vector.html_line:
            message = (
                f"the SVG image has text in HTML (line {self.vector.html_line}: foreignObject), which is not drawn"
            )
            context.warn("VB311", message, field=self.field, hint="export it without HTML labels, or as a PNG")
        for family in svg.unknown_families(self.vector, frozenset(self.staged.families())):
            message = f"no font '{family}': the SVG image's text is drawn in another one"
            context.warn("VB312", message, field=self.field, hint=VECTOR_HINT)
        missing = glyphs.undrawable([self.vector.text], self.staged)
        if missing:
            message = f"{glyphs.message(missing)} in the SVG image"
            context.warn("VB304", message, field=self.field, hint=VECTOR_HINT)

    def _read(self, box: tuple[int, int]) -> Image.Image:
        """Return the pixels for a box, those that are kept for the last time."""
        return self.decoded.pop() if self.decoded else raster.opened(self.path, field=self.field, box=box)

    def _keep(self, image: Image.Image) -> None:
        """Keep pixels that are the same for every box, as those of an image that is not large are."""
        if math.prod(self.size) <= raster.LARGE:
            self.decoded.append(image)

    def _drawn(self, vector: svg.Svg, box: tuple[int, int], size: tuple[float, float]) -> Image.Image:
        """Draw it at a size, of which a smaller box shows the part around its focus."""
        shift = (0.0, 0.0)
        if self.focus != MIDDLE:
            sides = zip(size, box, self.focus, strict=True)
            x, y = ((length - own) / 2 - cropped(length, own, share) for length, own, share in sides)
            shift = x, y
        name = f"vector-{self.field.replace('.', '-')}"
        (self.root / name).write_bytes(vector.data)
        with Image.open(io.BytesIO(typst.draw_svg(self.root, name, box, size, self.staged, shift))) as image:
            drawn = image.convert("RGBA")
        return drawn.convert("RGB") if drawn.getchannel("A").getextrema() == (255, 255) else drawn
