"""The practical limit for a gateway in this language: ``python -m bench.passthrough --port N --upstream URL``.

aiohttp server and client on uvloop: parse the JSON, forward it, relay the answer. No authentication, checks or records.
"""

from __future__ import annotations

import argparse

import aiohttp
import msgspec
import uvloop
from aiohttp import web


def application(upstream: str) -> web.Application:
    """The pass-through in front of ``upstream`` (a base URL ending in ``/v1``)."""
    session: list[aiohttp.ClientSession] = []
    encode, decode = msgspec.json.Encoder().encode, msgspec.json.Decoder().decode

    async def start(_: web.Application) -> None:
        session.append(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1024)))

    async def stop(_: web.Application) -> None:
        await session[0].close()

    async def chat(request: web.Request) -> web.StreamResponse:
        body = decode(await request.read())
        url = upstream + "/chat/completions"
        async with session[0].post(url, data=encode(body), headers={"Content-Type": "application/json"}) as answer:
            if not body.get("stream"):
                return web.Response(body=await answer.read(), content_type="application/json")
            response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
            await response.prepare(request)
            async for piece in answer.content.iter_any():
                await response.write(piece)
            await response.write_eof()
            return response

    app = web.Application(client_max_size=20 * 1024 * 1024)
    app.router.add_post("/v1/chat/completions", chat)
    app.on_startup.append(start)
    app.on_cleanup.append(stop)
    return app


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--upstream", required=True)
    arguments = parser.parse_args()
    web.run_app(
        application(arguments.upstream),
        host="127.0.0.1",
        port=arguments.port,
        access_log=None,
        print=None,
        loop=uvloop.new_event_loop(),
    )


if __name__ == "__main__":
    main()
