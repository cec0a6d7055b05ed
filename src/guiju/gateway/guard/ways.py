"""The protocols spoken, by path. Adding one is one module and one line here."""

from guiju.gateway.guard.aliyun import Aliyun, asks_here
from guiju.gateway.guard.check import Check
from guiju.gateway.guard.desk import Accounts, Complaints, Progress
from guiju.gateway.guard.dify import Dify
from guiju.gateway.guard.litellm import LiteLLM
from guiju.gateway.guard.minors_desk import MinorsDesk, serves
from guiju.gateway.guard.moderations import Moderations
from guiju.gateway.guard.usage import Heartbeats
from guiju.gateway.guard.way import Way
from guiju.gateway.wire import Scope

WAYS: dict[str, Way] = {
    way.path: way
    for way in (Check(), Moderations(), LiteLLM(), Dify(), Aliyun(), Complaints(), Progress(), Accounts(), Heartbeats())
}
_OF_ACCOUNTS = MinorsDesk()


def way_of(scope: Scope) -> Way | None:
    """The way a request takes, if it is for one of them."""
    way = WAYS.get(scope["path"])
    if way is None and serves(scope):
        return _OF_ACCOUNTS
    if way is None or scope["method"] != "POST" or (way.path == "/" and not asks_here(scope)):
        return None
    return way


__all__ = ["WAYS", "way_of"]
