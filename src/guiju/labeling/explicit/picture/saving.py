"""Saving a drawn picture as it was saved before: same format, same strength of compression, same metadata."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, BinaryIO, Final

from PIL import Image, JpegImagePlugin, TiffImagePlugin

from guiju.errors import MediaLayoutUnsupported
from guiju.labeling.explicit.picture import heic, metadata
from guiju.labeling.explicit.picture.opening import FAULTS, Opened
from guiju.media import Limits

_BACK: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}  # fmt: skip
"""From upright back to how the pixels were stored, by EXIF orientation, which stays as it was."""

_PICTURE_TAGS: Final = frozenset(
    {254, 255, 256, 257, 258, 259, 262, 266, 273, 277, 278, 279, 284, 317, 320, 322, 323, 324, 325, 338, 339, 347, 530}
)
"""Tags of TIFF that describe how pixels are stored; the writer sets its own."""


def save(opened: Opened, source: BinaryIO, target: BinaryIO, limits: Limits) -> tuple[str, ...]:
    """Write the drawn frames of ``opened`` into ``target`` with the metadata of ``source``. Returns remarks.

    Raises:
        MediaLayoutUnsupported: metadata that cannot be written again.
    """
    images = [_stored(frame.image, opened.orientation) for frame in opened.frames]
    notes: tuple[str, ...] = ()
    if opened.format == "MPO" or (opened.format == "HEIF" and heic.others(opened.file)):
        notes = ("其余附属图片（预览、增益图）未保留 / further pictures in the file (preview, gain map) were left out",)
    try:
        _SAVERS[opened.format](opened, images, source, target, limits)
    except FAULTS as error:  # metadata that Pillow read but cannot write
        raise MediaLayoutUnsupported(what=opened.format, detail=type(error).__name__) from error
    return notes


def _stored(image: Image.Image, orientation: int) -> Image.Image:
    return image.transpose(_BACK[orientation]) if orientation in _BACK else image


def _jpeg(opened: Opened, images: list[Image.Image], source: BinaryIO, target: BinaryIO, limits: Limits) -> None:
    file, options = opened.file, {}
    if isinstance(file, JpegImagePlugin.JpegImageFile) and file.quantization:
        sampling = JpegImagePlugin.get_sampling(file)
        options = {"qtables": file.quantization, "subsampling": max(sampling, 0)}
    progressive = bool(file.info.get("progressive") or file.info.get("progression"))
    drawn = _saved(images[0], "JPEG", **(options or {"quality": 95}), progressive=progressive, optimize=True)
    metadata.jpeg(source, drawn, target, limits)


def _png(opened: Opened, images: list[Image.Image], source: BinaryIO, target: BinaryIO, limits: Limits) -> None:
    options: dict[str, Any] = {}
    if len(images) > 1:
        options = {
            "save_all": True, "append_images": images[1:], "loop": opened.file.info.get("loop", 0),
            "duration": [frame.milliseconds for frame in opened.frames], "blend": 0, "disposal": 0,
        }  # fmt: skip
    metadata.png(source, _saved(images[0], "PNG", **options), target, limits)


def _gif(opened: Opened, images: list[Image.Image], source: BinaryIO, target: BinaryIO, limits: Limits) -> None:
    options: dict[str, Any] = {}
    if len(images) > 1:
        options = {"save_all": True, "append_images": images[1:], "disposal": 2, "optimize": False}
        options["duration"] = [max(20, round(frame.milliseconds)) for frame in opened.frames]
        if "loop" in opened.file.info:
            options["loop"] = opened.file.info["loop"]
    metadata.gif(source, _saved(images[0], "GIF", **options), target, limits)


def _webp(opened: Opened, images: list[Image.Image], source: BinaryIO, target: BinaryIO, limits: Limits) -> None:
    source.seek(0)
    lossless = b"VP8L" in source.read(1 << 16)
    _animated(opened, images, target, "WEBP", {"lossless": lossless, "quality": 100 if lossless else 92, "exact": True})


def _avif(opened: Opened, images: list[Image.Image], source: BinaryIO, target: BinaryIO, limits: Limits) -> None:
    _animated(opened, images, target, "AVIF", {"quality": 90, "speed": 8, "max_threads": 1})


def _heif(opened: Opened, images: list[Image.Image], source: BinaryIO, target: BinaryIO, limits: Limits) -> None:
    heic.save(images[0], {str(key): value for key, value in opened.file.info.items()}, target)


def _animated(opened: Opened, images: list[Image.Image], target: BinaryIO, kind: str, options: dict[str, Any]) -> None:
    """Formats whose metadata Pillow writes as the bytes it read."""
    info = opened.file.info
    options |= {key: info[key] for key in ("exif", "xmp", "icc_profile") if info.get(key)}
    if len(images) > 1:
        options |= {"save_all": True, "append_images": images[1:], "loop": info.get("loop", 0)}
        options["duration"] = [round(frame.milliseconds) for frame in opened.frames]
    target.write(_saved(images[0], kind, **options).getvalue())


def _tiff(opened: Opened, images: list[Image.Image], source: BinaryIO, target: BinaryIO, limits: Limits) -> None:
    file = opened.file
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    if isinstance(file, TiffImagePlugin.TiffImageFile):
        file.seek(0)
        for tag, value in file.tag_v2.items():
            if tag not in _PICTURE_TAGS:
                tags[tag] = value
                tags.tagtype[tag] = file.tag_v2.tagtype[tag]
    compression = file.info.get("compression")
    lossy = compression in (None, "jpeg", "old-jpeg", "tiff_jpeg", "group3", "group4", "tiff_ccitt", "webp")
    options: dict[str, Any] = {"tiffinfo": tags, "compression": "tiff_lzw" if lossy else compression}
    if len(images) > 1:
        options |= {"save_all": True, "append_images": images[1:]}
    if profile := file.info.get("icc_profile"):
        options["icc_profile"] = profile
    target.write(_saved(images[0], "TIFF", **options).getvalue())


def _bmp(opened: Opened, images: list[Image.Image], source: BinaryIO, target: BinaryIO, limits: Limits) -> None:
    target.write(_saved(images[0], "BMP").getvalue())


def _saved(image: Image.Image, kind: str, **options: Any) -> io.BytesIO:
    made = io.BytesIO()
    image.save(made, kind, **options)
    return made


_Saver = Callable[[Opened, list[Image.Image], BinaryIO, BinaryIO, Limits], None]
_SAVERS: Final[dict[str, _Saver]] = {
    "JPEG": _jpeg, "MPO": _jpeg, "PNG": _png, "GIF": _gif, "WEBP": _webp, "AVIF": _avif, "TIFF": _tiff, "BMP": _bmp,
    "HEIF": _heif,
}  # fmt: skip
