"""Faults done to real processes over real sockets, and what has to hold afterwards."""
