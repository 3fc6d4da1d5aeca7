"""Makes known what this package tells and does when an import changes who leads whom."""

from django.apps import AppConfig


class ReorganisingConfig(AppConfig):
    """No tables of its own."""

    name = "musling.reorganising"

    def ready(self) -> None:
        """Registers the long work by which talks follow, and what imports say of them."""
        from musling.conversations.actions import following  # noqa: F401
        from musling.people import import_runs
        from musling.reorganising import imports

        import_runs.TELLS.append(imports.consequences)
        import_runs.AFTERWARDS.append(imports.let_talks_follow)
