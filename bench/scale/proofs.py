"""What proving takes at some number of records: `guiju evidence verify` and `guiju evidence export`, each as an operator runs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench import machine
from bench.evidence_verify import verify_here


def proofs_here(folder: Path) -> dict[str, Any]:
    """Both, on this process's database; the package is written into ``folder`` and removed."""
    return {**verify_here(), **export_here(folder)}


def export_here(folder: Path) -> dict[str, Any]:
    """Run ``guiju evidence export``: seconds, CPU with the package's own verification, peak memory of either, bytes."""
    place = Path(tempfile.mkdtemp(prefix="export-", dir=folder))
    target, began, peak = place / "package", time.perf_counter(), 0.0
    command = [str(Path(sys.executable).parent / "guiju"), "evidence", "export", str(target), "--purpose", "bench"]
    try:
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as child:
            while (gone := os.wait4(child.pid, os.WNOHANG))[0] == 0:
                peak = max([peak, *(machine.peak_mib(pid) for pid in machine.family(child.pid))])
                time.sleep(0.05)
            _, status, usage = gone
            child.returncode = os.waitstatus_to_exitcode(status)
        written = sum(file.stat().st_size for file in target.rglob("*") if file.is_file())
    finally:
        shutil.rmtree(place)
    return {
        "export_ok": child.returncode == 0,
        "export_s": time.perf_counter() - began,
        "export_cpu_s": usage.ru_utime + usage.ru_stime,
        "export_peak_mib": peak,
        "export_bytes": written,
    }
