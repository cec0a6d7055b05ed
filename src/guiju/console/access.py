"""Who may open which screen: one decorator that every view carries."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.urls import reverse
from django.utils.functional import LazyObject
from django.utils.http import urlencode

from guiju.console.answers import to_page
from guiju.store.actor import Actor
from guiju.store.models import User
from guiju.store.permissions import Permission, require

P = ParamSpec("P")


class ConsoleRequest(HttpRequest):
    """A request of a signed-in user, as views behind `screen` see it."""

    user: User
    actor: Actor


View = Callable[Concatenate[ConsoleRequest, P], HttpResponseBase]


def actor_of(request: HttpRequest) -> Actor:
    """Who acts in this request. The caller has made sure that somebody is signed in."""
    return Actor.of(_bare(request.user), request.META.get("REMOTE_ADDR") or None)


def _bare(user: object) -> User:
    """The user itself: middleware wraps it lazily (twice), and a wrapper is no instance of the model to everybody."""
    while isinstance(user, LazyObject):
        _ = user.pk  # makes the wrapper look
        user = user._wrapped
    return cast(User, user)


def screen(
    permission: Permission, *, methods: tuple[str, ...] = ("GET", "HEAD")
) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]]:
    """Let only signed-in users with ``permission`` through, and only these HTTP methods.

    Whoever is not signed in goes to the sign-in screen and comes back; a missing permission raises `PermissionDenied`
    (GJ-7001), which `ErrorMiddleware` renders. The permission stays readable on the view (``view.permission``), from
    which the test matrix and the navigation are made.
    """

    def wrap(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @functools.wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            mine = cast(ConsoleRequest, request)
            mine.actor = actor_of(request)
            require(mine.actor, permission)
            if request.method not in methods:
                return HttpResponseNotAllowed(methods)
            return view(mine, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        guarded.methods = methods  # type: ignore[attr-defined]
        return guarded

    return wrap


def action(permission: Permission) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]]:
    """A view that changes something: POST only."""
    return screen(permission, methods=("POST",))


def form(permission: Permission) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]]:
    """A view that shows a form and takes it back."""
    return screen(permission, methods=("GET", "HEAD", "POST"))


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    target = request.get_full_path() if request.method == "GET" and "HX-Request" not in request.headers else "/"
    query = "" if target == "/" else "?" + urlencode({"next": target})
    return to_page(request, reverse("console:sign_in") + query)
