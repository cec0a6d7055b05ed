"""Runs in the peers' environment for `bench.watermarks`: marks or reads the pictures of a folder with one package.

``watermark_peers.py embed|read METHOD FOLDER``: N.png becomes N-marked.png, or N-edited.png is read; a line of JSON at the
end. It imports nothing of Guiju. The peers are told what they need: their number of bits, and the original size.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import time
from pathlib import Path

import cv2
import numpy as np

BITS = [int(bit) for bit in f"{0x5A3C96E1:032b}"]


def module(name: str):
    """A module of invisible-watermark by itself: the package as a whole wants PyTorch."""
    found = importlib.util.find_spec("imwatermark")
    spec = importlib.util.spec_from_file_location(name, Path(found.submodule_search_locations[0]) / f"{name}.py")
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def riva_marker():
    """rivaGan by its two networks, as the package calls them; the package itself wants PyTorch for that."""
    import onnxruntime

    folder = Path(importlib.util.find_spec("imwatermark").submodule_search_locations[0])
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    encoder, decoder = (
        onnxruntime.InferenceSession(str(folder / f"rivagan_{name}.onnx"), options) for name in ("encoder", "decoder")
    )

    def frames(path: Path) -> np.ndarray:
        return (np.float32(cv2.imread(str(path))) / 127.5 - 1).transpose(2, 0, 1)[None, :, None]

    def embed(path: Path, target: Path) -> None:
        made = encoder.run(None, {"frame": frames(path), "data": np.array([BITS], np.float32)})[0]
        cv2.imwrite(str(target), ((np.clip(made[0, :, 0], -1, 1).transpose(1, 2, 0) + 1) * 127.5).astype(np.uint8))

    def read(path: Path, shape: tuple[int, int]) -> np.ndarray:
        return np.asarray(decoder.run(None, {"frame": frames(path)})[0][0]) > 0.52

    return embed, read


def told(found: bool) -> np.ndarray:
    """All bits right, or all wrong."""
    return np.array(BITS, bool) if found else ~np.array(BITS, bool)


def melu_marker():
    """melu marks without a number: what it finds with its salt counts as read."""
    import melu

    def embed(path: Path, target: Path) -> None:
        melu.embed(str(path), b"salt of the bench")[0].save(str(target))

    def read(path: Path, shape: tuple[int, int]) -> np.ndarray:
        return told(bool(melu.detect(str(path), b"salt of the bench")))

    return embed, read


def clawid_marker():
    """clawid writes a record; its ``uid`` is the number here, and its algorithm the one that bears resizing."""
    import clawid

    def embed(path: Path, target: Path) -> None:
        clawid.embed(str(path), str(target), {"uid": "5A3C96E1", "clawid": "", "ts": 0}, algorithm="fm")

    def read(path: Path, shape: tuple[int, int]) -> np.ndarray:
        found = clawid.detect(str(path), algorithm="fm")
        return told(found is not None and found.get("uid") == "5A3C96E1")

    return embed, read


def marker(method: str):
    """What marks a picture, and what reads its bits given the original size."""
    if method == "blind-watermark":
        from blind_watermark import WaterMark

        def embed(path: Path, target: Path) -> None:
            one = WaterMark(password_img=1, password_wm=1)
            one.read_img(str(path))
            one.read_wm([bit == 1 for bit in BITS], mode="bit")
            one.embed(str(target))

        def read(path: Path, shape: tuple[int, int]) -> np.ndarray:
            image = cv2.imread(str(path))
            image = cv2.resize(image, (shape[1], shape[0])) if image.shape[:2] != shape else image
            one = WaterMark(password_img=1, password_wm=1)
            return np.asarray(one.extract(embed_img=image, wm_shape=len(BITS), mode="bit")) > 0.5

        return embed, read
    if method == "rivaGan":
        return riva_marker()
    if method in ("melu", "clawid"):
        return (melu_marker if method == "melu" else clawid_marker)()
    kind = module("maxDct").EmbedMaxDct if method == "dwtDct" else module("dwtDctSvd").EmbedDwtDctSvd

    def embed_by(path: Path, target: Path) -> None:
        cv2.imwrite(str(target), kind(BITS, wmLen=len(BITS)).encode(cv2.imread(str(path))))

    def read_by(path: Path, shape: tuple[int, int]) -> np.ndarray:
        return np.asarray(kind(wmLen=len(BITS)).decode(cv2.imread(str(path)))) > 0

    return embed_by, read_by


def main(doing: str, method: str, folder: Path) -> None:
    """Do it, and print what it cost or how many bits were wrong."""
    embed, read = marker(method)
    count = len(list(folder.glob("*-marked.png" if doing == "read" else "[0-9]*.png")))
    if doing == "embed":
        began = time.process_time()
        for number in range(count):
            embed(folder / f"{number}.png", folder / f"{number}-marked.png")
        print("\n" + json.dumps({"seconds": time.process_time() - began}))
        return
    errors, began = [], time.process_time()
    for number in range(count):
        shape = cv2.imread(str(folder / f"{number}.png")).shape[:2]
        try:
            found = read(folder / f"{number}-edited.png", shape)
            errors.append(int(np.count_nonzero(found != np.array(BITS, bool))))
        except Exception:  # a peer that cannot read a picture has not read it
            errors.append(len(BITS))
    print("\n" + json.dumps({"errors": errors, "seconds": time.process_time() - began}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
