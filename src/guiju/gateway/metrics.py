"""Counters of one gateway process in Prometheus' text format. Labels name things the operator set up, never users."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter

_BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Histogram:
    """Durations in seconds."""

    __slots__ = ("_counts", "_sum")

    def __init__(self) -> None:
        self._counts = [0] * (len(_BOUNDS) + 1)
        self._sum = 0.0

    def observe(self, seconds: float) -> None:
        """Count one duration."""
        self._counts[bisect_left(_BOUNDS, seconds)] += 1
        self._sum += seconds

    def lines(self, name: str) -> list[str]:
        """The histogram as exposition lines."""
        out, running = [f"# TYPE {name} histogram"], 0
        for bound, count in zip((*_BOUNDS, "+Inf"), self._counts, strict=True):
            running += count
            out.append(f'{name}_bucket{{le="{bound}"}} {running}')
        return [*out, f"{name}_sum {self._sum:.6f}", f"{name}_count {running}"]


class Metrics:
    """What this process counted since it started."""

    def __init__(self) -> None:
        self.exchanges: Counter[tuple[str, str, str]] = Counter()
        """by (integration, endpoint, outcome)"""
        self.actions: Counter[tuple[str, str]] = Counter()
        """by (direction, action)"""
        self.refusals: Counter[str] = Counter()
        """by error code"""
        self.failures: Counter[tuple[str, str]] = Counter()
        """checks that did not run to their end, by (detector, error)"""
        self.opinions: Counter[tuple[str, str]] = Counter()
        """second opinions asked for, by (guard, what it came to)"""
        self.asking = Histogram()
        """time spent waiting for them"""
        self.tokens = 0
        self.seconds = Histogram()
        self.added = Histogram()
        """time spent in the gateway itself: total less the wait for the model"""

    def render(self, gauges: dict[str, float]) -> bytes:
        """The exposition, with the given gauges added."""
        out = ["# TYPE guiju_exchanges_total counter"]
        out += [
            f'guiju_exchanges_total{{integration="{i}",endpoint="{e}",outcome="{o}"}} {n}'
            for (i, e, o), n in sorted(self.exchanges.items())
        ]
        out.append("# TYPE guiju_decisions_total counter")
        out += [
            f'guiju_decisions_total{{direction="{d}",action="{a}"}} {n}' for (d, a), n in sorted(self.actions.items())
        ]
        out.append("# TYPE guiju_refusals_total counter")
        out += [f'guiju_refusals_total{{code="{c}"}} {n}' for c, n in sorted(self.refusals.items())]
        out.append("# TYPE guiju_check_failures_total counter")
        out += [
            f'guiju_check_failures_total{{detector="{d}",error="{e}"}} {n}'
            for (d, e), n in sorted(self.failures.items())
        ]
        out.append("# TYPE guiju_second_opinions_total counter")
        out += [
            f'guiju_second_opinions_total{{guard="{g}",result="{r}"}} {n}'
            for (g, r), n in sorted(self.opinions.items())
        ]
        out += ["# TYPE guiju_tokens_total counter", f"guiju_tokens_total {self.tokens}"]
        out += self.asking.lines("guiju_second_opinion_seconds")
        out += self.seconds.lines("guiju_exchange_seconds")
        out += self.added.lines("guiju_added_seconds")
        for name, value in sorted(gauges.items()):
            out += [f"# TYPE {name} gauge", f"{name} {value:g}"]
        return ("\n".join(out) + "\n").encode()
