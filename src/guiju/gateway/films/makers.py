"""Which model service has a film."""

from __future__ import annotations

from guiju.errors import FilmUnknown
from guiju.gateway import admission
from guiju.gateway.files.visit import FileVisit
from guiju.gateway.films.names import Film
from guiju.gateway.pools import Served


def maker(visit: FileVisit, film: Film) -> Served:
    """The model service that makes a film: that of the pool it was ordered from.

    Raises:
        AccessError, UpstreamMissing; FilmUnknown: there is no such pool any more.
    """
    served = admission.service_of(visit.runtime, visit.caller, film.model)
    if not film.pool:
        return served
    pools = visit.runtime.pools(visit.caller.service)
    found = pools.served(film.pool) if pools is not None else None
    if found is None:
        raise FilmUnknown()
    return found
