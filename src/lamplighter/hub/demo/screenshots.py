"""Draw screenshots of messages that nobody ever sent."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

from lamplighter.hub.evidence.services import Sent


def screenshot(messages: Sequence[tuple[str, str]], number: int) -> Sent:
    """Draw made-up messages as a telephone would show them."""
    picture = Image.new("RGB", (540, 960), (236, 229, 221))
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(22)
    draw.rectangle((0, 0, 540, 80), fill=(7, 94, 84))
    draw.text((24, 26), "Unknown number", fill="white", font=font)
    for place, (when, text) in enumerate(messages):
        top = 130 + place * 150
        draw.rounded_rectangle((20, top, 470, top + 110), 16, fill="white")
        draw.text((40, top + 20), text, fill="black", font=font)
        draw.text((360, top + 72), when, fill=(110, 110, 110), font=font)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return Sent(out, out.tell(), f"Screenshot_{number}.png")
