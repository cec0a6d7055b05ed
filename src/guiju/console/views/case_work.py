"""Working on a case one holds: say something, split it, put more before reviewers, propose what the rules should learn."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from guiju.console.access import ConsoleRequest, action
from guiju.console.forms.cases import BesideForm, ClaimForm, CommentForm, SplitForm, WordForm
from guiju.console.views.cases import desk
from guiju.console.words import explain
from guiju.errors import GuijuError, LeaseLost
from guiju.store import case_context, case_texts
from guiju.store.models import Account, Case
from guiju.store.permissions import Permission
from guiju.store.services import case_proposals, case_work, cases


@action(Permission.REVIEW_CASES)
def comment(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Say something about the case."""
    case, form = _case(pk), CommentForm(request.POST)

    def work() -> str:
        cases.comment(request.actor, case, form.cleaned_data["text"], timezone.now())
        return _("Your comment is kept.")

    return _done(request, case, "comment_form", form, work)


@action(Permission.REVIEW_CASES)
def split(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Make cases of its parts."""
    case = _case(pk)
    form = SplitForm(request.POST, outline=case_texts.outline(case.record))

    def work() -> str:
        asked = form.cleaned_data
        made = case_work.split(request.actor, case, asked["parts"], asked["note"], timezone.now())
        return _("%(n)d cases were made of it.") % {"n": len(made)}

    return _done(request, case, "split_form", form, work)


@action(Permission.REVIEW_CASES)
def beside(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Put other exchanges of the account before reviewers."""
    case = _case(pk)
    account = Account.objects.filter(pk=case.record.account).first()
    others = case_context.history(account, case, timezone.now()).others if account else ()
    form = BesideForm(request.POST, others=others)

    def work() -> str:
        made = case_work.open_beside(request.actor, case, form.cleaned_data["records"], form.cleaned_data["reason"])
        return _("%(n)d cases were opened.") % {"n": len(made)}

    return _done(request, case, "beside_form", form, work)


@action(Permission.REVIEW_CASES)
def word(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Propose a word for a list."""
    case, form = _case(pk), WordForm(request.POST, prefix="word")

    def work() -> str:
        asked = form.cleaned_data
        proposed = case_proposals.Word(asked["word_list"], asked["word"], asked["severity"], asked["allow"])
        case_proposals.propose_word(request.actor, case, proposed, asked["reason"], timezone.now())
        return _("Proposed. It takes effect when a compliance officer approves it.")

    return _done(request, case, "word_form", form, work)


@action(Permission.REVIEW_CASES)
def claim(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Propose a claim for the register of refuted ones."""
    case, form = _case(pk), ClaimForm(request.POST, prefix="claim")

    def work() -> str:
        asked = form.cleaned_data
        proposed = case_proposals.Claim(asked["claim"], asked["truth"], asked["source"])
        case_proposals.propose_claim(request.actor, case, proposed, asked["reason"], timezone.now())
        return _("Proposed. It takes effect when a compliance officer approves it.")

    return _done(request, case, "claim_form", form, work)


def _case(pk: int) -> Case:
    return get_object_or_404(Case.objects.select_related("record"), pk=pk)


def _done(request: ConsoleRequest, case: Case, name: str, form: forms.Form, work: Callable[[], str]) -> HttpResponse:
    """Do ``work`` if the form holds, and back to the case; else the case again with what is wrong."""
    if not form.is_valid():
        return desk(request, case, 422, **{name: form, "opened": name})
    try:
        messages.success(request, work())
    except GuijuError as error:
        form.add_error(None, explain(error))
        status = 409 if isinstance(error, LeaseLost) else 422
        return desk(request, case, status, **{name: form, "opened": name})
    return HttpResponseRedirect(reverse("console:case", args=[case.pk]))
