"""Writing what was learnt as the package reads it: one ``.npz`` per model, and the manifest."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import numpy as np

from guiju.moderation.models.network import Weights
from guiju.moderation.models.shelf import Manifest
from training.calibration import Calibration, Values
from training.learning import Trained

#: Of a column this share of values keeps its size; the few beyond are cut off, so that one of them costs no precision.
_KEPT = 0.9995


def weights(model: Trained) -> Weights:
    """The arrays of a network, the table in eight bits, uncalibrated."""
    table = model.table.weight.detach().numpy()
    scale = np.maximum(np.quantile(np.abs(table), _KEPT, axis=0), 1e-6).astype(np.float32) / np.float32(127)
    eight = np.clip(np.rint(table / scale), -127, 127).astype(np.int8)
    eight[-1] = 0
    layers = {
        name: parameter.detach().numpy().astype(np.float32)
        for name, parameter in model.named_parameters()
        if name != "table.weight"
    }
    return Weights(
        table=eight,
        scale=scale,
        lift=np.ascontiguousarray(layers["lift.weight"].T),
        lift_bias=layers["lift.bias"],
        hidden=np.ascontiguousarray(layers["hidden.weight"].T),
        hidden_bias=layers["hidden.bias"],
        out=np.ascontiguousarray(layers["out.weight"].T),
        out_bias=layers["out.bias"],
        slope=np.ones(len(layers["out.bias"]), dtype=np.float32),
        shift=np.zeros(len(layers["out.bias"]), dtype=np.float32),
        mix=np.array([1, 0, 0, 0], dtype=np.float32),
    )


def calibrated(arrays: Weights, tags: Calibration, mix: Values) -> Weights:
    """The same network with its calibration."""
    heads = len(arrays.out_bias)
    return msgspec.structs.replace(
        arrays,
        slope=np.full(heads, tags.slope, dtype=np.float32),
        shift=np.full(heads, tags.shift, dtype=np.float32),
        mix=mix.astype(np.float32),
    )


def write(arrays: Weights, path: Path) -> str:
    """Write the arrays; the digest of the file."""
    np.savez(path, **{field: getattr(arrays, field) for field in Weights.__struct_fields__})
    return digest(path)


def write_manifest(manifest: Manifest, path: Path) -> None:
    """Write the manifest as indented JSON, so that a change can be read."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n")


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
