"""Word lists: what is in force, its counts against the minima, new versions, and switching."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from guiju.console.access import ConsoleRequest, action, form, screen
from guiju.console.coverage import coverage
from guiju.console.forms.word_lists import NewListForm, VersionForm
from guiju.console.paging import page_of
from guiju.console.words import explain
from guiju.errors import GuijuError, WordListUntested
from guiju.moderation.lexicon import Entry
from guiju.store.models import WordList, WordListVersion
from guiju.store.permissions import Permission
from guiju.store.services import word_lists


@screen(Permission.SEE_POLICIES)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Every list, and how many words there are for each risk."""
    rows = list(WordList.objects.select_related("live").order_by("shipped", "slug"))
    context = {"page": page_of(request, rows), "coverage": coverage(rows)}
    return render(request, "console/words/list.html", context)


@form(Permission.MANAGE_WORD_LISTS)
def create(request: ConsoleRequest) -> HttpResponse:
    """Make an empty list; words come with its first version."""
    asked = NewListForm(request.POST or None)
    if request.method == "POST" and asked.is_valid():
        try:
            row = word_lists.create(request.actor, **asked.cleaned_data)
        except GuijuError as error:
            asked.add_error("slug" if error.code == "GJ-7014" else None, explain(error))
        else:
            messages.success(request, _("The list is there. Now add its words."))
            return HttpResponseRedirect(reverse("console:word_list", args=[row.pk]))
    return render(request, "console/words/new.html", {"form": asked})


@screen(Permission.SEE_POLICIES)
def detail(request: ConsoleRequest, slug: str) -> HttpResponse:
    """One list: its versions and the words of one of them."""
    row = get_object_or_404(WordList.objects.select_related("live"), pk=slug)
    return _detail(request, row, VersionForm())


def _detail(request: ConsoleRequest, row: WordList, asked: VersionForm, status: int = 200) -> HttpResponse:
    shown = _version(request, row)
    entries = word_lists.entries(shown)
    wanted = request.GET.get("q", "").strip()
    if wanted:
        entries = tuple(entry for entry in entries if wanted in entry.word or wanted in entry.risk)
    added, removed = _changes(row, shown)
    context = {
        "row": row,
        "form": asked,
        "versions": row.versions.select_related("created_by"),
        "shown": shown,
        "draft": shown is not None and bool(word_lists.lacking(shown)),
        "page": page_of(request, list(entries), 100),
        "q": wanted,
        "added": added,
        "removed": removed,
    }
    return render(request, "console/words/detail.html", context, status=status)


def _version(request: ConsoleRequest, row: WordList) -> WordListVersion | None:
    asked = request.GET.get("version", "")
    found = row.versions.filter(number=int(asked)).first() if asked.isdigit() else None
    return found or row.live or row.versions.first()


def _changes(row: WordList, shown: WordListVersion | None) -> tuple[list[str], list[str]]:
    """Words the shown version adds to, and takes from, the one in force (at most 50 each)."""
    if shown is None or row.live is None or shown.pk == row.live_id:
        return [], []
    old, new = _words(word_lists.entries(row.live)), _words(word_lists.entries(shown))
    return sorted(new - old)[:50], sorted(old - new)[:50]


def _words(entries: tuple[Entry, ...]) -> set[str]:
    return {entry.word for entry in entries}


@action(Permission.MANAGE_WORD_LISTS)
def add_version(request: ConsoleRequest, slug: str) -> HttpResponse:
    """Keep words as the next version, and put it in force if asked."""
    row = get_object_or_404(WordList.objects.select_related("live"), pk=slug)
    asked = VersionForm(request.POST, request.FILES)
    if not asked.is_valid():
        return _detail(request, row, asked, status=422)
    try:
        version = word_lists.add_version(request.actor, row, asked.cleaned_data["csv"], asked.cleaned_data["note"])
        draft = word_lists.lacking(version)
        if asked.cleaned_data["live"] and not draft:
            word_lists.set_live(request.actor, version)
    except GuijuError as error:
        asked.add_error(None, explain(error))
        return _detail(request, row, asked, status=422)
    messages.success(request, _("Version %(n)d has %(m)d entries.") % {"n": version.number, "m": version.entries})
    if draft:
        messages.warning(request, explain(WordListUntested(slug=slug, columns=", ".join(draft))))
    return HttpResponseRedirect(f"{reverse('console:word_list', args=[slug])}?version={version.number}")


@action(Permission.MANAGE_WORD_LISTS)
def set_live(request: ConsoleRequest, slug: str) -> HttpResponse:
    """Put another version in force, or switch the list off."""
    row = get_object_or_404(WordList, pk=slug)
    number = request.POST.get("version", "")
    if number.isdigit():
        word_lists.set_live(request.actor, get_object_or_404(WordListVersion, list=row, number=int(number)))
        messages.success(request, _("The version is in force. Gateways follow within a second."))
    else:
        word_lists.set_live(request.actor, None, row)
        messages.success(request, _("The list is switched off. Gateways follow within a second."))
    return HttpResponseRedirect(reverse("console:word_list", args=[slug]))


@screen(Permission.SEE_POLICIES)
def download(request: ConsoleRequest, slug: str, number: int) -> HttpResponse:
    """A version as CSV, for editing in a spreadsheet."""
    version = get_object_or_404(WordListVersion, list_id=slug, number=number)
    answer = HttpResponse("\ufeff" + version.body, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{slug}-{number}.csv"'
    return answer
