"""Django application of the store."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class StoreConfig(AppConfig):
    name = "guiju.store"
    label = "store"
    verbose_name = "规矩 Guiju"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Whoever opens the database first brings in what dead writers left in their journals."""
        from guiju.store.journal.recovery import on_connection

        connection_created.connect(on_connection, dispatch_uid="guiju.journal")
