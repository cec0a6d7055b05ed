"""Try it: what would happen to a text, without sending or recording anything."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from guiju.console.access import ConsoleRequest, form
from guiju.console.answers import is_htmx
from guiju.console.forms.trying import TryForm
from guiju.console.trying import attempt
from guiju.moderation.context import Context
from guiju.nouns import Direction
from guiju.store.permissions import Permission


@form(Permission.TRY_CHECKS)
def try_it(request: ConsoleRequest) -> HttpResponse:
    """The form, and below it the answer. The text travels in the body of a POST, so it stands in no log."""
    english = request.LANGUAGE_CODE == "en"
    asked = TryForm(request.POST or None, initial={"policy": request.GET.get("policy") or None}, english=english)
    trial = None
    if request.method == "POST" and asked.is_valid():
        data = asked.cleaned_data
        context = Context(band=data["band"], standing=data["standing"], modality=data["modality"])
        trial = attempt(data["text"], Direction(data["direction"]), data["integration"], data["policy"], context)
    page = "console/try/result.html" if is_htmx(request) and request.method == "POST" else "console/try/try.html"
    return render(request, page, {"form": asked, "trial": trial})
