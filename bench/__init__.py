"""Benchmarks: each measures Guiju beside a peer or a limit in the same run and prints ratios (see README.md)."""
