"""A browser window whose requests Django answers in this process, on the database of the test: no server, nothing to wait for.

Pages, scripts, style sheet and headers (the content security policy among them) are those that a server would send.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from html import escape
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_FILE_PATH
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Route

ADDRESS = "http://guiju.example"
_AXE = AXE_FILE_PATH.read_text("utf-8")
_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_RUN = "only => axe.run(document, {runOnly: only, resultTypes: ['violations']})"
_OPENED = """async () => {
    document.querySelectorAll('main details').forEach(one => { one.open = true });
    await new Promise(done => setTimeout(() => requestAnimationFrame(done), 0));
}"""
_ON = '<!doctype html><html lang="zh"><title>…</title><link rel="icon" href="data:,"><meta http-equiv="refresh" content="0;url={}"></html>'
"""Leads on to another address; a redirect that is made up here would go past whoever answers."""
_KEPT: dict[str, tuple[dict[str, str], bytes]] = {}
"""Scripts, style sheets and icons by their address: a browser that is answered so asks for them on every page."""
_SENT_BACK = {"content-type", "content-security-policy", "content-language", "cache-control"}


@dataclass
class Window:
    """One window; ``problems`` are what its console said and what failed in it."""

    page: Page
    client: Client
    problems: list[str] = field(default_factory=list)
    _context: Context = field(default_factory=copy_context)  # of the test: it holds the connection to its database

    @classmethod
    def open(cls, chromium: Browser, client: Client, width: int = 1280, height: int = 860) -> Window:
        """A window whose requests go to ``client``."""
        context = chromium.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
        window = cls(context.new_page(), client)
        window.page.set_default_timeout(120_000)  # a machine may be busy with much else
        window.page.route("**/*", window._answer)
        window.page.on("pageerror", lambda error: window.problems.append(str(error)))
        window.page.on("console", window._hear)
        return window

    def go(self, path: str, language: str, theme: str) -> bool:
        """Open an address of the console, as somebody who chose language and theme. Whether it is a screen, and no file."""
        self.client.cookies["guiju_language"], self.client.cookies["guiju_theme"] = language, theme
        try:
            self.page.goto(ADDRESS + path, wait_until="load")
        except Error as error:
            if "Download is starting" in error.message:
                return False
            raise
        return bool(self.page.evaluate("document.contentType === 'text/html'"))

    def faults(self, rules: Sequence[str] = ()) -> list[str]:
        """What axe-core finds on the page: rule, and where. By these rules, or by WCAG 2.2 AA and its own best practice."""
        only = {"type": "rule", "values": list(rules)} if rules else {"type": "tag", "values": list(_TAGS)}
        self.page.evaluate(_AXE)
        self.page.evaluate(_OPENED)
        found = self.page.evaluate(_RUN, only)["violations"]
        return [f"{one['id']}: {node['html'][:120]} {_why(node)}" for one in found for node in one["nodes"]]

    def close(self) -> None:
        """Close the window."""
        self.page.context.close()

    def _answer(self, route: Route) -> None:
        try:
            self._ask(route)
        except Exception as error:  # the page stays empty, the test says why
            self.problems.append(f"{route.request.url}: {error!r}")
            route.fulfill(status=500, body="")

    def _ask(self, route: Route) -> None:
        request = route.request
        parts = urlsplit(request.url)
        if kept := _KEPT.get(parts.path):
            route.fulfill(status=200, headers=kept[0], body=kept[1])
            return
        names = {name: value for name, value in request.headers.items() if name.startswith("hx-")}
        answer = self._context.run(
            self.client.generic,
            request.method,
            parts.path,
            request.post_data_buffer or b"",
            request.headers.get("content-type", "application/octet-stream"),
            QUERY_STRING=parts.query,
            headers={**names, "referer": request.headers.get("referer", "")},
        )
        if answer.status_code in (301, 302, 303):
            route.fulfill(
                status=200, headers={"content-type": "text/html"}, body=_ON.format(escape(answer["Location"]))
            )
            return
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        headers = {name: value for name, value in answer.headers.items() if name.lower() in _SENT_BACK}
        if answer.status_code == 200 and parts.path.startswith("/static/"):
            _KEPT[parts.path] = (headers, body)
        route.fulfill(status=answer.status_code, headers=headers, body=body)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.problems.append(message.text)


def _why(node: dict[str, list[dict[str, str]]]) -> str:
    return "; ".join(check["message"] for part in ("any", "all", "none") for check in node[part])[:200]
