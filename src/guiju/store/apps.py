"""Django application of the store."""

from django.apps import AppConfig


class StoreConfig(AppConfig):
    name = "guiju.store"
    label = "store"
    verbose_name = "规矩 Guiju"
    default_auto_field = "django.db.models.BigAutoField"
