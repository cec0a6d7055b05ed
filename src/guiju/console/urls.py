"""The root of the console's addresses, and the screens of HTTP errors."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("", include("guiju.console.addresses"))]

handler400 = "guiju.console.answers.bad_request"
handler403 = "guiju.console.answers.forbidden"
handler404 = "guiju.console.answers.not_found"
handler500 = "guiju.console.answers.failed"
