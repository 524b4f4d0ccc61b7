"""Parse, mix and compare sRGB colors, and find readable ones."""

from __future__ import annotations

AA = 4.5
RGB = tuple[int, int, int]
BLACK: RGB = (0, 0, 0)
WHITE: RGB = (255, 255, 255)


def parse(text: str) -> RGB:
    """Read "#rgb" or "#rrggbb" (letters of either case)."""
    digits = text.removeprefix("#")
    if len(digits) == 3:  # noqa: PLR2004 - one digit per channel
        digits = "".join(digit * 2 for digit in digits)
    if len(digits) != 6:  # noqa: PLR2004 - two digits per channel
        raise ValueError(f"not a color: '{text}'")
    value = int(digits, 16)
    return value >> 16, value >> 8 & 255, value & 255


def text(color: RGB) -> str:
    """Write "#rrggbb"."""
    return "#{:02x}{:02x}{:02x}".format(*color)


def mix(a: RGB, b: RGB, share: float) -> RGB:
    """Return a mixed with b in sRGB values. share: of b, 0 to 1."""
    red, green, blue = (round(x + (y - x) * share) for x, y in zip(a, b, strict=True))
    return red, green, blue


def luminance(color: RGB) -> float:
    """Return the relative luminance, 0 to 1 (WCAG 2.2)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in color)]  # noqa: PLR2004 - sRGB's own
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: RGB, b: RGB) -> float:
    """Return the contrast ratio, 1 to 21 (WCAG 2.2)."""
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def is_dark(color: RGB) -> bool:
    """Return whether white has more contrast than black on the color."""
    return contrast(color, WHITE) > contrast(color, BLACK)


def readable(color: RGB, grounds: tuple[RGB, ...], least: float = AA) -> RGB:
    """Return the color, or the nearest one toward white or black with a contrast of `least` on every background.

    If no color has it (dark and light backgrounds), return black or white, whichever has the higher minimum contrast.
    """

    def worst(candidate: RGB) -> float:
        return min(contrast(candidate, ground) for ground in grounds)

    steps = [mix(color, end, step / 20) for step in range(21) for end in (WHITE, BLACK)]
    return next((step for step in steps if worst(step) >= least), max((WHITE, BLACK), key=worst))
