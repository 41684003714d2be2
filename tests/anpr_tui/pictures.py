"""Drawn pictures for tests: a plate and a vehicle that belong to nobody."""

import io

from PIL import Image, ImageDraw, ImageFont

__all__ = ["flat_plate_jpeg", "flat_vehicle_jpeg", "plate_jpeg", "vehicle_jpeg"]


def plate_jpeg(text: str = "TE57 CAR") -> bytes:
    """A white plate with black letters."""
    image = Image.new("RGB", (260, 56), "white")
    ImageDraw.Draw(image).text((12, 0), text, fill="black", font=ImageFont.load_default(48))
    return _jpeg(image)


def vehicle_jpeg() -> bytes:
    """A blue box on a grey road, with its windscreen and a yellow plate."""
    image = Image.new("RGB", (320, 200), (60, 70, 80))
    draw = ImageDraw.Draw(image)
    draw.rectangle((60, 60, 260, 170), fill=(30, 60, 160))
    draw.rectangle((100, 80, 220, 110), fill=(150, 180, 200))
    draw.rectangle((130, 135, 190, 150), fill=(240, 200, 40))
    return _jpeg(image)


def flat_plate_jpeg() -> bytes:
    """Bars on whole 8 x 8 blocks: every JPEG library gives the same pixels back."""
    image = Image.new("L", (400, 80), 255)
    draw = ImageDraw.Draw(image)
    for number in range(7):
        draw.rectangle((24 + number * 56, 16, 24 + number * 56 + 23, 63), fill=0)
    return _jpeg(image.convert("RGB"))


def flat_vehicle_jpeg() -> bytes:
    """Grey boxes on whole blocks, for the same reason."""
    image = Image.new("RGB", (320, 192), (128, 128, 128))
    draw = ImageDraw.Draw(image)
    draw.rectangle((64, 64, 255, 159), fill=(48, 48, 48))
    draw.rectangle((96, 80, 223, 111), fill=(208, 208, 208))
    return _jpeg(image)


def _jpeg(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()
