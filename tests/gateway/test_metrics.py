"""The exposition: histograms add up, and every line is one Prometheus can read."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from guiju.gateway.metrics import Histogram, Metrics
from tests.gateway.test_app import parsed


@given(st.lists(st.floats(0, 100), max_size=40))
def test_histograms_are_cumulative(seconds: list[float]) -> None:
    histogram = Histogram()
    for one in seconds:
        histogram.observe(one)
    samples = parsed("\n".join(histogram.lines("x")) + "\n")
    buckets = [value for name, value in samples.items() if "_bucket" in name]
    assert buckets == sorted(buckets) and buckets[-1] == samples["x_count"] == len(seconds)
    for bound in (0.001, 0.05, 1.0, 60.0):
        assert samples[f'x_bucket{{le="{bound}"}}'] == sum(one <= bound for one in seconds)
    assert abs(samples["x_sum"] - sum(seconds)) < 1e-4


def test_everything_counted_is_shown() -> None:
    metrics = Metrics()
    metrics.exchanges["in-1", "chat.completions", "completed"] += 2
    metrics.actions["prompt", "pass"] += 3
    metrics.refusals["GJ-1201"] += 4
    metrics.failures["words", "GJ-2010"] += 5
    metrics.tokens += 6
    samples = parsed(metrics.render({"guiju_in_flight": 7}).decode())
    assert samples['guiju_exchanges_total{integration="in-1",endpoint="chat.completions",outcome="completed"}'] == 2
    assert samples['guiju_decisions_total{direction="prompt",action="pass"}'] == 3
    assert samples['guiju_refusals_total{code="GJ-1201"}'] == 4
    assert samples['guiju_check_failures_total{detector="words",error="GJ-2010"}'] == 5
    assert (samples["guiju_tokens_total"], samples["guiju_in_flight"]) == (6, 7)
