"""Webhooks: who is told of events, and what became of each delivery."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from guiju.console.access import ConsoleRequest, action, form
from guiju.console.forms.handling import WebhookForm
from guiju.console.paging import page_of
from guiju.console.words import explain
from guiju.errors import GuijuError
from guiju.store.models import Delivery, Webhook
from guiju.store.permissions import Permission
from guiju.store.services import webhooks


@form(Permission.MANAGE_WEBHOOKS)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Receivers and deliveries, and a form for another receiver."""
    asked, secret = WebhookForm(request.POST or None), ""
    if request.method == "POST" and asked.is_valid():
        given = asked.cleaned_data
        try:
            _row, secret = webhooks.create(
                request.actor,
                given["name"],
                given["address"],
                given["shape"],
                given["events"],
                timezone.now(),
                given["secret"],
            )
        except GuijuError as error:
            asked.add_error(None, explain(error))
        else:
            messages.success(request, _("Added."))
            secret, asked = "" if given["secret"] else secret, WebhookForm()
    context = {
        "form": asked,
        "secret": secret,
        "hooks": Webhook.objects.all(),
        "hosts": settings.GUIJU.webhooks.allowed_hosts,
        "page": page_of(request, Delivery.objects.select_related("webhook")),
    }
    return render(request, "console/webhooks/list.html", context, status=422 if asked.errors else 200)


@action(Permission.MANAGE_WEBHOOKS)
def update(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Switch a receiver on or off."""
    row = get_object_or_404(Webhook, pk=pk)
    webhooks.update(request.actor, row, request.POST.get("reason", ""), active=not row.active)
    return HttpResponseRedirect(reverse("console:webhooks"))


@action(Permission.MANAGE_WEBHOOKS)
def retry(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Let a delivery that was given up be tried again."""
    webhooks.retry(request.actor, get_object_or_404(Delivery, pk=pk), timezone.now())
    return HttpResponseRedirect(reverse("console:webhooks"))
