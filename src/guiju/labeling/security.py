"""Security data in the reserved codes of a label (TC260-PG-202511A): signed, and examined.

``ReservedCode1`` (by the generation provider) and ``ReservedCode2`` (by the propagation provider) hold JSON: under
``SecurityData.PubSD`` a signature over the label and the key to it, and under ``Bindings`` a hash of the content.

What a valid signature proves: the holder of the key signed exactly these fields. The key travels in the file, so it says
who that is only where the key is known beforehand (:class:`Pins`). It does not bind the content unless a binding matches,
and a file without a signature is no worse under GB 45438-2025: the codes are for the providers' own use.

The full text of the guide was not at hand. What is signed over follows its Annex A.1 as implementations quote it and as
real labels verify; seen in the wild are signatures over the message and over its hash, and the misspelt names accepted
below. The message for ``ReservedCode2`` and the form of bindings are Guiju's reading by analogy.
"""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from guiju.errors import LabelKeyUnusable, LabelUnreadable
from guiju.labeling import keys
from guiju.labeling.implicit import Label
from guiju.labeling.keys import NAMES, PrivateKey, PublicKey

SM3: Final = "1.2.156.10197.1.401"
SHA256: Final = "2.16.840.1.101.3.4.2.1"

Role = Literal["producer", "propagator"]
State = Literal["valid", "invalid", "unreadable"]

_CODES: Final[dict[Role, str]] = {"producer": "ReservedCode1", "propagator": "ReservedCode2"}
_FIELDS: Final[dict[Role, tuple[str, ...]]] = {
    "producer": ("Label", "ContentProducer", "ProduceID"),
    "propagator": ("Label", "ContentPropagator", "PropagateID"),
}
_OF_LABEL, _OF_CONTENT = {"Md", "LabelMataData", "LabelMetaData"}, {"Bnd", "Binding", "Bindings"}
_LISTS = ("PubSD", "PubSd", "PubSecurityData")


class Pins(msgspec.Struct, frozen=True):
    """Public keys known beforehand: signatures must be by one of them."""

    keys: tuple[PublicKey, ...]

    def __contains__(self, key: PublicKey) -> bool:
        return any(known.spki == key.spki for known in self.keys)


class Binding(msgspec.Struct, frozen=True):
    """A hash of the content that a label is for: ``selection`` says of which part, ``algorithm`` is an OID."""

    selection: str
    value: str
    algorithm: str = SM3

    def message(self) -> bytes:
        """What a signature over a binding is over."""
        return f'"AlgID":"{self.algorithm}","CntSel":"{self.selection}","Value":"{self.value}"'.encode()


class Finding(msgspec.Struct, frozen=True):
    """What the security data of one reserved code hold.

    Attributes:
        signature: ``unreadable`` where there is no signature or key that could be tried. ``variant``: ``direct`` or
            ``prehashed``.
        algorithm: its name; ``key``: the key's fingerprint; empty where there is none.
        pinned: whether the key is a known one; None if none are known.
        bindings: hashes of content that the same key signed.
        detail: why it could not be read.
    """

    role: Role
    signature: State
    variant: str = ""
    algorithm: str = ""
    key: str = ""
    pinned: bool | None = None
    bindings: tuple[Binding, ...] = ()
    detail: str = ""


def pins(path: Path) -> Pins:
    """Known keys, from a PEM file or a folder of them.

    Raises:
        LabelKeyUnusable: there is none.
    """
    return Pins(keys.publics(path))


def message(label: Label, role: Role = "producer") -> bytes:
    """What a signature over a label is over (Annex A.1)."""
    return ",".join(f'"{field}":"{getattr(label, field)}"' for field in _FIELDS[role]).encode()


def sign(label: Label, key: PrivateKey, role: Role = "producer", binding: Binding | None = None) -> Label:
    """``label`` with security data in the reserved code of ``role``; what stood there is replaced.

    Args:
        binding: a hash of the content, signed too.
    """
    algorithm = key.public.algorithm
    entries: list[dict[str, Any]] = [_signed(algorithm, "Md", key.sign(message(label, role)))]
    if binding is not None:
        entries.append(_signed(algorithm, "Bnd", key.sign(binding.message())))
    entries.append({"Type": "PubKey", "AlgID": algorithm, "KeyValue": key.public.spki.hex().upper()})
    data: dict[str, Any] = {"Type": "TC260PG", "Version": 1}
    if binding is not None:
        data["Bindings"] = [
            {"Type": "Bnd", "AlgID": binding.algorithm, "CntSel": binding.selection, "Value": binding.value}
        ]
    data["PubSD"] = entries
    code = msgspec.json.encode({"SecurityData": data}).decode()
    return msgspec.structs.replace(label, **{_CODES[role]: code})


def examine(label: Label, known: Pins | None = None) -> tuple[Finding, ...]:
    """What the reserved codes of ``label`` hold; codes that are no security data are left out."""
    found = []
    for role, code in _CODES.items():
        if (data := _data(getattr(label, code))) is not None:
            found.append(_examined(label, role, data, known))
    return tuple(found)


def _signed(algorithm: str, kind: str, signature: bytes) -> dict[str, Any]:
    return {"Type": "DS", "AlgID": algorithm, "TBSData": {"Type": kind}, "Signature": signature.hex().upper()}


def _data(code: str) -> dict[str, Any] | None:
    """The security data in a reserved code; None if it holds something else."""
    try:
        known = msgspec.json.decode(code)
    except (msgspec.MsgspecError, RecursionError):
        return None
    if isinstance(known, dict) and isinstance(known.get("SecurityData"), dict):
        known = known["SecurityData"]
    return known if isinstance(known, dict) and known.get("Type") == "TC260PG" else None


def _examined(label: Label, role: Role, data: dict[str, Any], known: Pins | None) -> Finding:
    try:
        entries = _entries(data)
        signature = _bytes(_one(entries, "DS", _OF_LABEL).get("Signature"))
        candidates = _keys(entries)
    except (LabelKeyUnusable, LabelUnreadable) as error:
        return Finding(role, "unreadable", detail=str(error.params.get("detail", "")))
    key, variant = candidates[0], ""
    for one in candidates:
        if found := one.verifies(message(label, role), signature):
            key, variant = one, found
            break
    bindings = tuple(_bindings(data, entries, key)) if variant else ()
    pinned = None if known is None else key in known
    return Finding(
        role, "valid" if variant else "invalid", variant, NAMES[key.algorithm], key.fingerprint, pinned, bindings
    )


def _entries(data: dict[str, Any]) -> list[dict[str, Any]]:
    for name in _LISTS:
        if isinstance(found := data.get(name), list):
            return [entry for entry in found[:16] if isinstance(entry, dict)]
    raise LabelUnreadable(detail="no PubSD")


def _one(entries: list[dict[str, Any]], kind: str, over: set[str] | None = None) -> dict[str, Any]:
    for entry in entries:
        tbs = entry.get("TBSData")
        if entry.get("Type") == kind and (over is None or (isinstance(tbs, dict) and tbs.get("Type") in over)):
            return entry
    raise LabelUnreadable(detail=f"no {kind}")


def _keys(entries: list[dict[str, Any]]) -> tuple[PublicKey, ...]:
    entry = _one(entries, "PubKey")
    return keys.travelling(_bytes(entry.get("KeyValue")), str(entry.get("AlgID", "")))


def _bindings(data: dict[str, Any], entries: list[dict[str, Any]], key: PublicKey) -> list[Binding]:
    """The bindings of a label that its key signed."""
    listed = data.get("Bindings")
    found = []
    for one in listed[:8] if isinstance(listed, list) else ():
        if isinstance(one, dict) and all(isinstance(one.get(name), str) for name in ("AlgID", "CntSel", "Value")):
            found.append(Binding(one["CntSel"], one["Value"], one["AlgID"]))
    try:
        signature = _bytes(_one(entries, "DS", _OF_CONTENT).get("Signature"))
    except LabelUnreadable:
        return []
    return [one for one in found if key.verifies(one.message(), signature)]


def _bytes(text: object) -> bytes:
    """Bytes written as hex or Base64."""
    if not isinstance(text, str):
        raise LabelUnreadable(detail="no text where bytes must be")
    try:
        return bytes.fromhex(text)
    except ValueError:
        pass
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise LabelUnreadable(detail="neither hex nor Base64") from None
