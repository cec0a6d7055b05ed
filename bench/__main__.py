"""``python -m bench [--quick]``: the measurements of this folder, one after the other. ``make bench`` calls it."""

from __future__ import annotations

import subprocess
import sys

RUNS = (
    ("Checking a text", ["bench.text_check"], ["bench.text_check"]),
    (
        "Through the gateway",
        ["bench.gateway_throughput"],
        ["bench.gateway_throughput", "--quick"],
    ),
    ("Evidence, written", ["bench.evidence_write"], ["bench.evidence_write", "--seconds", "1"]),
    ("Invisible marks", ["bench.watermarks"], ["bench.watermarks", "--quick"]),
    ("Evidence, verified", ["bench.evidence_verify"], ["bench.evidence_verify", "--records", "10000"]),
    ("Labels in files", ["bench.label_files"], ["bench.label_files", "--seconds", "1"]),
)


def main(arguments: list[str]) -> int:
    """Run all of them; the number of those that failed."""
    quick = "--quick" in arguments
    failed = 0
    for title, full, short in RUNS:
        print(f"\n## {title}\n", flush=True)
        failed += subprocess.call([sys.executable, "-m", *(short if quick else full)]) != 0
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
