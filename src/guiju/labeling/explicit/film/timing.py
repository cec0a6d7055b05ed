"""Packets out of an encoder, with times that every container takes."""

from __future__ import annotations

from typing import Any

from guiju.media.waiting import step


class Encoding:
    """One stream being coded. Give it every frame in turn, then end it; what comes back is ready to be written.

    x265 tells the times at which packets are to be decoded only once a film is longer than it reorders; in a film of one
    or two pictures it leaves whatever stood in memory, and containers refuse that now and then. Such a film leaves the
    encoder whole, at its end: its times are then counted here.
    """

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._begun = False

    def take(self, frame: Any) -> list[Any]:
        """Code one frame; the packets that are ready, which may be none."""
        packets: list[Any] = self._stream.encode(frame)
        self._begun = self._begun or bool(packets)
        return packets

    def end(self) -> list[Any]:
        """There are no more frames; the packets that were still held back, which may be many seconds of work."""
        packets: list[Any] = []
        for packet in self._stream.codec_context.encode_lazy(None):
            step()
            packet.stream = self._stream
            packets.append(packet)
        return packets if self._begun else settled(packets)


def settled(packets: list[Any]) -> list[Any]:
    """A whole film's packets, in the order in which they are decoded: each no later than it is shown, none at the same time."""
    shown = sorted(packet.pts for packet in packets)
    ahead = max((time - packet.pts for time, packet in zip(shown, packets, strict=True)), default=0)
    for time, packet in zip(shown, packets, strict=True):
        packet.dts = time - ahead
    return packets
