"""HEIC: opened by libheif through pi-heif, which only decodes, and coded again by HEVC through PyAV."""

from __future__ import annotations

import io
import struct
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from guiju.errors import MediaLayoutUnsupported, MediaMalformed, PartMissing
from guiju.labeling.explicit.film.timing import settled
from guiju.media import boxes, still
from guiju.media.limits import LIMITS
from guiju.media.still import Still

BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"})
QUALITY: Final = "16"
"""The constant rate factor: no difference is seen at the size of the screen."""

_SAMPLE_ENTRY: Final = 78
_EXIF: Final = b"Exif\0\0"


def is_heic(head: bytes) -> bool:
    """Whether a file that begins so is HEIC, and no AVIF, which Pillow opens by itself."""
    brands = head[8 : max(16, struct.unpack(">I", head[:4])[0])] if head[4:8] == b"ftyp" else b""
    return brands[:4] in BRANDS and b"avif" not in brands and b"avis" not in brands


def register() -> None:
    """Teach Pillow to open HEIC.

    Raises:
        PartMissing: pi-heif is not installed.
    """
    try:
        import pi_heif
    except ImportError:
        raise _missing() from None
    pi_heif.register_heif_opener(thumbnails=False)


def others(file: Image.Image) -> bool:
    """Whether the file holds pictures besides the one that is shown: a depth map, a gain map, a burst."""
    return bool(file.info.get("depth_images") or file.info.get("aux") or getattr(file, "n_frames", 1) > 1)


def save(image: Image.Image, info: dict[str, Any], target: BinaryIO) -> None:
    """Write ``image`` with the metadata in ``info``, as Pillow has them.

    Raises:
        MediaLayoutUnsupported: it is transparent. PartMissing: PyAV, or its coder, is not installed.
    """
    if image.mode not in ("RGB", "L"):
        raise MediaLayoutUnsupported(what="HEIC", detail=f"mode {image.mode}")
    pixels = np.asarray(image.convert("RGB"))
    even = np.pad(pixels, ((0, pixels.shape[0] % 2), (0, pixels.shape[1] % 2), (0, 0)), "edge")
    configuration, coded = _coded(even)
    exif = bytes(info.get("exif") or b"").removeprefix(_EXIF)
    made = Still(
        coded, configuration, even.shape[1], even.shape[0], (image.width, image.height),
        exif, bytes(info.get("xmp") or b""), bytes(info.get("icc_profile") or b""),
    )  # fmt: skip
    target.write(still.heic(made))


def _coded(pixels: NDArray[np.uint8]) -> tuple[bytes, bytes]:
    """The configuration of the coder, and the coded picture, out of a film of one frame."""
    try:
        import av
        from av.video.reformatter import ColorRange, Colorspace
    except ImportError:
        raise _missing() from None
    film = io.BytesIO()
    colours = "colorprim=bt709:transfer=iec61966-2-1:colormatrix=smpte170m:range=full"
    options = {
        "crf": QUALITY,
        "preset": "fast",
        "x265-params": f"log-level=none:info=0:pools=1:frame-threads=1:bframes=0:{colours}",
    }
    with av.open(film, "w", format="mp4") as container:
        try:
            stream = container.add_stream("libx265", rate=1, options={**options, "tag": "hvc1"})
        except ValueError:  # a build of FFmpeg without this coder
            raise _missing() from None
        stream.codec_context.codec_tag = "hvc1"
        stream.height, stream.width, stream.pix_fmt = pixels.shape[0], pixels.shape[1], "yuv420p"
        frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(
            format="yuv420p", dst_colorspace=Colorspace.ITU601, dst_color_range=ColorRange.JPEG
        )
        container.mux(settled([*stream.encode(frame), *stream.encode()]))
    return _taken_apart(film)


def _taken_apart(film: io.BytesIO) -> tuple[bytes, bytes]:
    data, moov, coded = film.getvalue(), b"", b""
    for top in boxes.tops(film, LIMITS, "HEVC"):
        if top.kind == b"moov":
            moov = data[top.body : top.end]
        elif top.kind == b"mdat":
            coded = data[top.body : top.end]
    for kind in (b"trak", b"mdia", b"minf", b"stbl", b"stsd"):
        moov = _inside(moov, kind, 0)
    entry = _inside(moov, b"hvc1", 8)
    return _inside(entry, b"hvcC", _SAMPLE_ENTRY), coded


def _inside(data: bytes, wanted: bytes, start: int) -> bytes:
    for kind, _, inner, end in boxes.boxes(data, start, LIMITS, "HEVC"):
        if kind == wanted:
            return data[inner:end]
    raise MediaMalformed(what="HEVC", detail=f"no {wanted.decode()}")


def _missing() -> PartMissing:
    return PartMissing(extra="heic", doing="读写 HEIC 图片", doing_en="read and write HEIC pictures")
