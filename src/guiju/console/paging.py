"""Pages of a list, in a time that does not grow with the list.

Rows are counted up to `COUNTED` and no further: counting a million takes a tenth of a second on every look at the list,
and nobody needs to know. A longer list says "more than", and its pages can be walked on to `FURTHEST`; what lies beyond is
found by narrowing the search.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.core.paginator import EmptyPage, Page, PageNotAnInteger, Paginator
from django.db.models import QuerySet
from django.db.models.sql.where import WhereNode
from django.http import HttpRequest
from django.utils.functional import cached_property

if TYPE_CHECKING:
    _Paginator = Paginator[Any]
    _Page = Page[Any]
else:  # the generic forms exist only for the type checker
    _Paginator, _Page = Paginator, Page

PER_PAGE = 50
COUNTED = 10_000
"""The most rows that are counted."""
FURTHEST = 1_000
"""The last page that can be walked to."""


class Listing(_Paginator):
    """Pages of rows of the database, or of a short list."""

    counting: QuerySet[Any] | None = None
    """The same rows, as they are counted best; None for the rows themselves."""

    @cached_property
    def count(self) -> int:
        """How many rows there are, `COUNTED` at the most."""
        return min(self._counted, COUNTED)

    @property
    def uncounted(self) -> bool:
        """Whether there are more rows than `count` says."""
        return self._counted > COUNTED

    @cached_property
    def _counted(self) -> int:
        rows = self.object_list if self.counting is None else self.counting
        if isinstance(rows, QuerySet):
            return rows.order_by()[: COUNTED + 1].count()
        return len(rows)

    def validate_number(self, number: Any) -> int:
        """Pages after the last one counted may be there too."""
        if self.uncounted and str(number).isdecimal() and self.num_pages < int(number) <= FURTHEST:
            return int(number)
        return super().validate_number(number)

    def _stretch(self, start: int, stop: int) -> list[Any]:
        """Rows ``start`` to ``stop``. Keys are sorted and counted off first: whole rows with what they join cost ten times that."""
        rows = self.object_list
        if not isinstance(rows, QuerySet):
            return list(rows[start:stop])
        keys = list(rows.values_list("pk", flat=True)[start:stop])
        again = rows.all()
        again.query.where = WhereNode()  # the keys say it all; both together lead planners astray
        found = {row.pk: row for row in again.filter(pk__in=keys)}
        return [found[key] for key in keys if key in found]

    def page(self, number: Any) -> Stretch:
        """The rows of one page, and whether any follow."""
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        rows = self._stretch(start, start + self.per_page + 1)
        if not rows and number > 1:
            raise EmptyPage("nothing so far on")
        return Stretch(rows[: self.per_page], number, self, followed=len(rows) > self.per_page)


class Stretch(_Page):
    """One page, which knows by itself whether another follows."""

    def __init__(self, rows: Sequence[Any], number: int, listing: Listing, *, followed: bool) -> None:
        super().__init__(rows, number, listing)
        self._followed = followed

    def has_next(self) -> bool:
        """Whether there is a page after this one that can be walked to."""
        return self._followed and self.number < FURTHEST

    def next_page_number(self) -> int:
        """The number of the page after this one."""
        return self.number + 1


def page_of(
    request: HttpRequest,
    rows: QuerySet[Any] | list[Any],
    per_page: int = PER_PAGE,
    *,
    counted: QuerySet[Any] | None = None,
) -> Stretch:
    """The page asked for in ``?page=``; a number out of range gives the last page counted, nonsense the first.

    Args:
        counted: the same rows in a form that is cheaper to count.
    """
    listing = Listing(rows, per_page)
    listing.counting = counted
    try:
        return listing.page(listing.validate_number(request.GET.get("page", 1)))
    except PageNotAnInteger:
        return listing.page(1)
    except EmptyPage:
        return listing.page(listing.num_pages)
