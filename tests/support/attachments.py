"""Files as citizens attach them: photographs with what a camera wrote, scans, documents."""

import io
import zipfile

from PIL import Image

GPS = 0x8825
"""The EXIF directory of the place."""


def a_picture(size: tuple[int, int] = (160, 120), *, place: bool = False, kind: str = "JPEG") -> bytes:
    """A photograph; with the place where it was taken, if asked."""
    picture = Image.linear_gradient("L").resize(size).convert("RGB")
    exif = Image.Exif()
    exif[0x010F] = "Camera"
    if place:
        exif.get_ifd(GPS)[1] = "N"
        exif.get_ifd(GPS)[2] = (37.0, 34.0, 0.0)
    written = io.BytesIO()
    picture.save(written, kind, exif=exif)
    return written.getvalue()


def place_in(picture: bytes) -> bool:
    """Whether a picture says where it was taken, or by what."""
    with Image.open(io.BytesIO(picture)) as opened:
        exif = opened.getexif()
        return bool(exif.get_ifd(GPS)) or bool(exif) or "xmp" in opened.info or "comment" in opened.info


def a_scan(size: int = 2_000, mark: bytes = b"%scan%") -> bytes:
    """A PDF by its first bytes, so long, with a mark all over it."""
    return b"%PDF-1.7\n" + mark * max(1, size // len(mark)) + b"\n%%EOF\n"


def an_office_file(*parts: str) -> bytes:
    """A container with these parts."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as container:
        for part in parts:
            container.writestr(part, "x")
    return written.getvalue()
