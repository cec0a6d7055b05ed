"""Every page that can be reached, read as a browser reads it: no broken link, nothing inline, every field labelled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import resolve

from guiju.store.models import Role

from .conftest import World

pytestmark = pytest.mark.django_db

SAMPLES = 4
_FIELDS = {"input", "select", "textarea"}


class Page(HTMLParser):
    """What matters of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.faults: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self._labels: set[str] = set()
        self._fields: list[tuple[str, str]] = []
        self._inside_label = 0
        self.feed(text)
        self.faults += [f"field {name or key} has no label" for key, name in self._fields if key not in self._labels]
        self.faults += [f"id {key} stands twice" for key in {k for k in self.ids if self.ids.count(k) > 1}]
        self.faults += [f"dialog {key} is missing" for key in self.targets if key not in self.ids]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.faults += [f"inline {name} on {tag}" for name in given if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in given):
            self.faults.append(f"inline {tag}")
        if tag == "img" and "alt" not in given:
            self.faults.append("picture without words")
        if "id" in given:
            self.ids.append(given["id"])
        if "data-dialog" in given:
            self.targets.append(given["data-dialog"])
        if tag == "a":
            self.links.add(given.get("href", ""))
        if tag == "label":
            self._inside_label += 1
            self._labels.add(given.get("for", ""))
        seen = "hidden" not in given and given.get("type") not in ("hidden", "submit")
        if tag in _FIELDS and seen and not self._inside_label:
            self._fields.append((given.get("id", ""), given.get("name", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self._inside_label -= 1


def crawl(client: Client) -> tuple[dict[str, int], dict[str, list[str]]]:
    """Follow the links from the overview: every screen, each with at most `SAMPLES` different addresses."""
    waiting, seen, statuses, faults = ["/"], {"/"}, {}, {}
    visits: Counter[str] = Counter()
    while waiting:
        address = waiting.pop()
        answer = client.get(address)
        statuses[address] = answer.status_code
        if not answer.headers.get("Content-Type", "").startswith("text/html"):
            for close in answer._resource_closers:
                close()
            continue
        page = Page(answer.content.decode())
        if page.faults:
            faults[address] = page.faults
        for link in sorted(page.links):
            target = urljoin(address, link)
            parts = urlsplit(target)
            if parts.netloc or parts.fragment or target in seen:
                continue
            seen.add(target)
            screen = resolve(parts.path).view_name  # a link that leads nowhere raises here
            visits[screen] += 1
            if visits[screen] <= SAMPLES:
                waiting.append(target)
    return statuses, faults


@pytest.mark.parametrize("role", [Role.COMPLIANCE, Role.SYSTEM_ADMIN, Role.AUDITOR, Role.REVIEWER, Role.READ_ONLY])
def test_every_page_a_role_can_reach(role: str, world: World, browser: Callable[[str], Client]) -> None:
    client = browser(role)
    statuses, faults = crawl(client)
    assert {address: status for address, status in statuses.items() if status not in (200, 302)} == {}
    assert faults == {}
    assert len(statuses) > 6


def test_the_sign_in_screen(client: Client) -> None:
    assert Page(client.get("/sign-in/").content.decode()).faults == []
