"""Django application of the console."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "guiju.console"
    label = "console"
