"""One file per check or tight family of checks; every module here is loaded, so adding a check is adding a file."""

from importlib import import_module
from pkgutil import iter_modules

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
