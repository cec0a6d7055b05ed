"""Console users: who may sign in, with which role, and their passwords and second factors."""

from __future__ import annotations

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django_otp import user_has_device

from guiju.console.access import ConsoleRequest, action, form, screen
from guiju.console.forms.users import NewUserForm, RoleForm
from guiju.console.paging import page_of
from guiju.console.words import caution, explain
from guiju.errors import GuijuError
from guiju.store.models import AuditEntry, Role, User
from guiju.store.permissions import MATRIX, RULES, Permission
from guiju.store.services import users


@screen(Permission.SEE_USERS)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Everybody who may sign in, or once could."""
    rows: QuerySet[User] = User.objects.order_by("-is_active", "username")
    if wanted := request.GET.get("q", "").strip():
        rows = rows.filter(username__icontains=wanted)
    if (role := request.GET.get("role", "")) in Role.values:
        rows = rows.filter(role=role)
    context = {
        "page": page_of(request, rows),
        "q": wanted,
        "role": role,
        "roles": Role.choices,
        "cautions": _cautions(),
    }
    return render(request, "console/users/list.html", context)


@form(Permission.MANAGE_USERS)
def create(request: ConsoleRequest) -> HttpResponse:
    """Make a user. The temporary password is in the answer to this one request and nowhere else."""
    asked = NewUserForm(request.POST or None)
    if request.method == "POST" and asked.is_valid():
        try:
            user, password = users.create(request.actor, **asked.cleaned_data)
        except GuijuError as error:
            asked.add_error("username" if error.code == "GJ-7014" else None, explain(error))
        else:
            return _detail(request, user, password=password)
    return render(request, "console/users/new.html", {"form": asked, "grants": _grants()})


@screen(Permission.SEE_USERS)
def detail(request: ConsoleRequest, pk: int) -> HttpResponse:
    """One user."""
    return _detail(request, get_object_or_404(User, pk=pk))


def _detail(request: ConsoleRequest, user: User, *, password: str = "") -> HttpResponse:
    context = {
        "person": user,
        "form": RoleForm(initial={"role": user.role}),
        "password": password,
        "second_factor": user_has_device(user),
        "locked": _locked(user),
        "grants": [rule for rule in RULES.values() if rule.id in MATRIX[user.role]],
        "entries": AuditEntry.objects.filter(object_type="User", object_id=str(user.pk))[:15],
        "oneself": user.pk == request.user.pk,
    }
    return render(request, "console/users/detail.html", context)


@action(Permission.MANAGE_USERS)
def set_role(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Give another role."""
    user = get_object_or_404(User, pk=pk)
    _warn(request, users.set_role(request.actor, user, request.POST.get("role", "")))
    return _done(request, user, _("The role has been changed."))


@action(Permission.MANAGE_USERS)
def deactivate(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Lock a user out."""
    user = get_object_or_404(User, pk=pk)
    _warn(request, users.deactivate(request.actor, user, request.POST.get("reason", "")))
    return _done(request, user, _("The user can no longer sign in."))


@action(Permission.MANAGE_USERS)
def reactivate(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Let a user in again, with a new temporary password."""
    user = get_object_or_404(User, pk=pk)
    password = users.reactivate(request.actor, user, request.POST.get("reason", ""))
    user.refresh_from_db()
    return _detail(request, user, password=password)


@action(Permission.MANAGE_USERS)
def reset_password(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Replace a forgotten password."""
    user = get_object_or_404(User, pk=pk)
    password = users.reset_password(request.actor, user)
    user.refresh_from_db()
    return _detail(request, user, password=password)


@action(Permission.MANAGE_USERS)
def reset_totp(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Remove a lost second factor."""
    user = get_object_or_404(User, pk=pk)
    users.reset_totp(request.actor, user, request.POST.get("reason", ""))
    return _done(request, user, _("The second factor has been removed; the user can set up a new one."))


def _done(request: ConsoleRequest, user: User, words: str) -> HttpResponse:
    messages.success(request, words)
    return HttpResponseRedirect(reverse("console:user", args=[user.pk]))


def _warn(request: ConsoleRequest, cautions: tuple[users.Caution, ...]) -> None:
    for found in cautions:
        messages.warning(request, caution(found))


def _cautions() -> list[str]:
    return [caution(found) for found in users.cautions()]


def _locked(user: User) -> bool:
    """Whether wrong passwords have locked the sign-in of this name for now."""
    attempts = AccessAttempt.objects.filter(username=user.username)
    return bool(attempts.filter(failures_since_start__gte=settings.AXES_FAILURE_LIMIT).exists())


def _grants() -> list[tuple[str, list[object]]]:
    """What each role may do, for whoever chooses one."""
    return [(str(label), [rule for rule in RULES.values() if rule.id in MATRIX[role]]) for role, label in Role.choices]
