"""Trials, backtests and ends of policy versions on the screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from guiju.store.services import policies

from .conftest import World

pytestmark = pytest.mark.django_db


def test_a_trial_is_started_read_and_ended(world: World, browser: Callable[[str], Client]) -> None:
    client, number = browser("compliance"), world.draft.number
    assert client.post(f"/policies/{number}/trial/", {"share": "10"}).status_code == 302
    policies.compared({(world.draft.pk, "prompt", "pass", "review"): 3})
    page = client.get(f"/policies/{number}/").content.decode()
    assert "10 %" in page or "10%" in page
    world.draft.refresh_from_db()
    assert (world.draft.state, world.draft.share) == ("partial", 10)
    assert client.post(f"/policies/{number}/trial/", {"share": "100"}).status_code == 422
    assert client.post(f"/policies/{number}/trial/end/").status_code == 302
    world.draft.refresh_from_db()
    assert world.draft.state == "draft"


def test_a_version_is_published_for_a_time(world: World, browser: Callable[[str], Client]) -> None:
    client, number = browser("compliance"), world.draft.number
    assert client.post(f"/policies/{number}/publish/", {"hours": "-1"}).status_code == 422
    assert client.post(f"/policies/{number}/publish/", {"hours": "2"}).status_code == 302
    world.draft.refresh_from_db()
    assert world.draft.state == "live" and world.draft.expires_at is not None


def test_a_backtest_is_shown(world: World, browser: Callable[[str], Client]) -> None:
    client, number = browser("auditor"), world.draft.number
    assert client.get(f"/policies/{number}/backtest/").status_code == 200
    shown = client.get(f"/policies/{number}/backtest/", {"days": "30"})
    assert shown.status_code == 200 and shown.context["found"].exchanges >= 1
    assert client.get(f"/policies/{number}/backtest/", {"days": "0"}).context["found"] is None
