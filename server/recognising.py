"""What a file is, by its content and not by its name; pictures lose what a camera wrote into them, such as the place.

Containers are opened and not guessed by their first bytes, but nothing of them is unpacked: only what names the parts.
"""

import re
import unicodedata
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

from protocol.refusals import Refusal, Refused
from protocol.services.petitions import MAX_FILE_NAME, FileKind

SUFFIXES: Final[Mapping[FileKind, tuple[str, ...]]] = {
    "jpeg": (".jpg", ".jpeg"),
    "png": (".png",),
    "webp": (".webp",),
    "pdf": (".pdf",),
    "hwp": (".hwp",),
    "hwpx": (".hwpx",),
    "docx": (".docx",),
    "xlsx": (".xlsx",),
    "pptx": (".pptx",),
    "txt": (".txt", ".csv", ".md"),
}
"""What a name may end with, for each kind; the first is put there where it ends otherwise."""

MEDIA_TYPES: Final[Mapping[FileKind, str]] = {
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "pdf": "application/pdf",
    "hwp": "application/x-hwp",
    "hwpx": "application/hwp+zip",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "txt": "text/plain",
}

PICTURES: Final = frozenset({"jpeg", "png", "webp"})

_OFFICE: Final[Mapping[str, FileKind]] = {
    "word/document.xml": "docx",
    "xl/workbook.xml": "xlsx",
    "ppt/presentation.xml": "pptx",
}
"""The part by which an Office file is one of its kind (ECMA-376)."""

HWPX_TYPE = b"application/hwp+zip"
HWP_SIGN = b"HWP Document File"

DIRECTORY_BYTES = 524_288
"""The longest list of the parts of a container: some thousands, where every one is read into memory."""

QUALITY = 90
"""Of a JPEG that is written anew: what is lost is not seen."""

_MODES: Final[Mapping[str, frozenset[str]]] = {
    "jpeg": frozenset({"L", "RGB"}),
    "png": frozenset({"1", "L", "LA", "P", "RGB", "RGBA", "I;16"}),
    "webp": frozenset({"RGB", "RGBA"}),
}
"""Colours that a kind of picture has; others are changed into the last of RGB, RGBA that it has."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """A file as it is kept."""

    name: str
    kind: FileKind
    content: bytes


def recognise(name: str, content: bytes, *, most_pixels: int = 0, keeps_place: bool = False) -> Recognised:
    """What was brought -> what is kept: of a known kind, under a name that fits it; raises Refused.

    It takes up to seconds and is for a thread. `keeps_place`: a picture stays as the camera wrote it.
    """
    kind = _kind_of(content)
    if kind in PICTURES:
        content = _picture(kind, content, most_pixels, keeps_place)
    return Recognised(fit_name(name, kind), kind, content)


def fit_name(name: str, kind: FileKind) -> str:
    """A name without a path, without what is not seen, and with an ending that says what it is."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in last)
    seen = " ".join(seen.split()).strip(". ") or "file"
    endings = SUFFIXES[kind]
    ending = next((one for one in endings if seen.lower().endswith(one)), None)
    stem = seen[: -len(ending)] if ending else seen
    ending = ending or endings[0]
    return (stem.strip(". ") or "file")[: MAX_FILE_NAME - len(ending)] + ending


def _kind_of(content: bytes) -> FileKind:
    if not content:
        raise Refused(Refusal.BAD_MESSAGE, "the file is empty", field="file")
    if content.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    if content.startswith(b"%PDF-"):
        return "pdf"
    if content.startswith(HWP_SIGN):
        return "hwp"
    kind = _in_zip(content) or _in_ole(content) or _plain(content)
    if kind is None:
        raise Refused(Refusal.BAD_MESSAGE, f"is none of {', '.join(SUFFIXES)}", field="file")
    return kind


def _in_zip(content: bytes) -> FileKind | None:
    if not content.startswith(b"PK\x03\x04"):
        return None
    _must_have_few_parts(content)
    try:
        with zipfile.ZipFile(BytesIO(content)) as parts:
            names = parts.namelist()
            if "mimetype" in names:
                sign = parts.getinfo("mimetype")
                is_stored = sign.compress_type == zipfile.ZIP_STORED and sign.file_size <= len(HWPX_TYPE) + 2
                return "hwpx" if is_stored and parts.read(sign).strip() == HWPX_TYPE else None
    except Exception as error:  # bytes of strangers: whatever it says, the container is none
        raise Refused(Refusal.BAD_MESSAGE, "the file is damaged", field="file") from error
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Refused(Refusal.BAD_MESSAGE, "a file with macros is not taken", field="file")
    return next((kind for part, kind in _OFFICE.items() if part in names), None)


def _must_have_few_parts(content: bytes) -> None:
    end = content.rfind(b"PK\x05\x06", -65_557)
    if end < 0 or int.from_bytes(content[end + 12 : end + 16], "little") > DIRECTORY_BYTES:
        raise Refused(Refusal.BAD_MESSAGE, "the file is damaged, or has too many parts", field="file")


def _in_ole(content: bytes) -> FileKind | None:
    from olefile import OleFileIO

    if not content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return None
    try:
        with OleFileIO(
            BytesIO(content)
        ) as parts:  # bytes alone, if short, it would take for the name of a file
            sign = parts.openstream("FileHeader").read(len(HWP_SIGN))
    except Exception:  # as above
        return None
    return "hwp" if sign == HWP_SIGN else None


def _plain(content: bytes) -> FileKind | None:
    for encoding in ("utf-8-sig", "cp949"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if any(c < " " and c not in "\t\n\r\f" for c in text) or "\x7f" in text else "txt"
    return None


def _picture(kind: FileKind, content: bytes, most_pixels: int, keeps_place: bool) -> bytes:
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # ours is looked at below, before anything is unpacked
    try:
        with Image.open(BytesIO(content), formats=[kind.upper()]) as picture:
            width, height = picture.size
            if most_pixels and width * height > most_pixels:
                raise Refused(
                    Refusal.TOO_LONG, f"at most {most_pixels} pixels", field="file", limit="files.pixels"
                )
            picture.load()
            if keeps_place:
                return content
            upright = ImageOps.exif_transpose(picture)
            if upright.mode not in _MODES[kind]:
                has_alpha = "A" in upright.mode or "transparency" in upright.info
                upright = upright.convert("RGBA" if has_alpha and kind != "jpeg" else "RGB")
            profile, clear = upright.info.get("icc_profile"), upright.info.get("transparency")
            # What else a camera told is not written again.
            upright.info = {} if clear is None else {"transparency": clear}
            how: dict[str, Any] = {} if kind == "png" else {"quality": QUALITY}
            if profile:
                how["icc_profile"] = profile
            written = BytesIO()
            upright.save(written, kind.upper(), **how)
            return written.getvalue()
    except Refused:
        raise
    except Exception as error:  # a decoder meets bytes of strangers: whatever it says, the picture is none
        raise Refused(Refusal.BAD_MESSAGE, "the picture cannot be read", field="file") from error
