"""Runs in the peers' environment for `bench.watermark_sounds`: ``watermark_sound_peers.py embed|read|visqol FOLDER``.

It imports nothing of Guiju. Sounds are arrays at 16 kHz: N.npy becomes N-marked.npy, N-edited.npy is read, N-0.npy and
N-1.npy are compared; a line of JSON at the end.
"""

from __future__ import annotations

import io
import json
import sys
import time
import wave
from pathlib import Path

import numpy as np

RATE = 16_000
WHO, SALT = "bench", "salt of the bench"


def packed(sound: np.ndarray) -> bytes:
    """As a WAV file of 16 bits."""
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    return made.getvalue()


def unpacked(raw: bytes) -> np.ndarray:
    """The samples of such a file."""
    with wave.open(io.BytesIO(raw)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32767


def embed(folder: Path) -> dict[str, float]:
    """Mark every sound."""
    import voicesign

    spent = 0.0
    for path in sorted(folder.glob("[0-9]*.npy")):
        if path.stem.isdigit():
            raw = packed(np.load(path))
            began = time.process_time()
            signed = voicesign.sign(raw, WHO, SALT)
            spent += time.process_time() - began
            np.save(folder / f"{path.stem}-marked.npy", unpacked(signed))
    return {"seconds": spent}


def read(folder: Path) -> dict[str, list[bool]]:
    """Whether each edited sound is said to be marked; one that cannot be read is not."""
    import voicesign

    found = []
    for path in sorted(folder.glob("*-edited.npy")):
        try:
            found.append(bool(voicesign.verify(packed(np.load(path)), WHO, SALT)["detected"]))
        except Exception:  # a peer that cannot read a sound has not read it
            found.append(False)
    return {"found": found}


def visqol(folder: Path) -> dict[str, list[float]]:
    """MOS-LQO of each pair, by ViSQOL's model for speech."""
    from visqol import VisqolApi

    judge = VisqolApi()
    judge.create(mode="speech")
    pairs = sorted(folder.glob("*-0.npy"))
    return {
        "scores": [
            float(
                judge.measure_from_arrays(
                    np.load(one).astype(float), np.load(f"{str(one)[:-5]}1.npy").astype(float), RATE
                ).moslqo
            )
            for one in pairs
        ]
    }


if __name__ == "__main__":
    doing = {"embed": embed, "read": read, "visqol": visqol}[sys.argv[1]]
    print("\n" + json.dumps(doing(Path(sys.argv[2]))))
