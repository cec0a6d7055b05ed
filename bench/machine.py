"""What a measurement needs to know of the machine: its cores, who else uses them, and what a process consumed."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
_IDLE, _IOWAIT = 3, 4


def describe() -> dict[str, str]:
    """The machine in words: processor, cores, memory, kernel, Python."""
    cpu = Path("/proc/cpuinfo").read_text()
    model = next((line.split(":", 1)[1].strip() for line in cpu.splitlines() if line.startswith("model name")), "?")
    kib = int(Path("/proc/meminfo").read_text().split("MemTotal:")[1].split()[0])
    return {
        "processor": f"{model}, {os.cpu_count()} cores",
        "calibration": f"sum of 3e6 squares in {_calibration():.2f} CPU s",
        "memory": f"{kib / 1048576:.0f} GiB",
        "kernel": platform.release(),
        "python": platform.python_version(),
    }


def _calibration() -> float:
    """How fast one core runs Python, the best of three."""

    def once() -> float:
        started = time.process_time()
        sum(i * i for i in range(3_000_000))
        return time.process_time() - started

    return min(once() for _ in range(3))


def two_cores() -> tuple[int, int]:
    """Two different cores this process may use: for the server under test, and for everything around it.

    Raises:
        SystemExit: there is only one.
    """
    allowed = sorted(os.sched_getaffinity(0))
    if len(allowed) < 2:
        raise SystemExit("this measurement needs two cores: one for the server, one for load and upstream")
    return allowed[0], allowed[1]


def favour(nice: int) -> None:
    """Set the priority of this process and of what it will start; the kernel weighs sessions before processes."""
    if not nice:
        return
    os.setpriority(os.PRIO_PROCESS, 0, nice)
    group = Path("/proc/self/autogroup")
    if group.exists():
        group.write_text(str(nice))


def family(pid: int) -> list[int]:
    """``pid`` and all its descendants."""
    found = [pid]
    for parent in found:
        for task in _entries(parent):
            try:
                found += [int(child) for child in Path(f"/proc/{parent}/task/{task}/children").read_text().split()]
            except OSError:
                continue
    return found


def cpu_seconds(pids: Iterable[int]) -> float:
    """CPU time consumed so far by all threads of these processes."""
    total = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / _TICK


def resident_mib(pids: Iterable[int]) -> float:
    """Resident memory of these processes, in MiB."""
    kib = 0
    for pid in pids:
        try:
            status = Path(f"/proc/{pid}/status").read_text()
        except OSError:
            continue
        kib += int(status.split("VmRSS:")[1].split()[0]) if "VmRSS:" in status else 0
    return kib / 1024


def peak_mib(pid: int) -> float:
    """The most memory that a running process had resident so far, in MiB; 0 once it is gone.

    Not ``ru_maxrss``, which a child inherits from the process that started it.
    """
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return int(status.split("VmHWM:")[1].split()[0]) / 1024 if "VmHWM:" in status else 0.0


@dataclass(frozen=True)
class Use:
    """What happened between two readings.

    Attributes:
        cpu_s: CPU time of the watched processes.
        foreign: cores kept busy by processes that are neither watched nor ours.
    """

    wall_s: float
    cpu_s: float
    foreign: float


class Watch:
    """Reads the CPU time of a server, of our processes beside it, and of a core; :meth:`use` gives the difference."""

    def __init__(self, server: Iterable[int], beside: Iterable[int] = (), core: int | None = None) -> None:
        """Watch ``server``. ``core``: where it is pinned, ``beside``: what of ours runs there too; ``None``: all cores."""
        self._server, self._beside = list(server), list(beside)
        self._line = "cpu " if core is None else f"cpu{core} "
        self._began = self._read()

    def use(self) -> Use:
        """What was used since this watch was made."""
        wall, server, beside, busy = (now - then for now, then in zip(self._read(), self._began, strict=True))
        return Use(wall, server, max(0.0, (busy - server - beside) / wall))

    def _read(self) -> tuple[float, float, float, float]:
        return time.perf_counter(), cpu_seconds(self._server), cpu_seconds(self._beside), self._busy()

    def _busy(self) -> float:
        lines = Path("/proc/stat").read_text().splitlines()
        fields = [int(field) for field in next(line for line in lines if line.startswith(self._line)).split()[1:9]]
        return (sum(fields) - fields[_IDLE] - fields[_IOWAIT]) / _TICK


def _entries(pid: int) -> list[str]:
    try:
        return os.listdir(f"/proc/{pid}/task")
    except OSError:
        return []
