"""``python -m tests.gateway.process PORT UPSTREAM``: a gateway in a process of its own, at the pace of production."""

from __future__ import annotations

import socket
import sys

if __name__ == "__main__":
    import django

    django.setup()

    from guiju.gateway.server import run
    from guiju.settings import ServiceSettings, Settings, UpstreamSettings

    upstream = UpstreamSettings(url=sys.argv[2], models=("m1", "m2"))
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
    run(Settings(service=(ServiceSettings(slug="chat", upstream=upstream),)), listener, gateway=True, console=False)
