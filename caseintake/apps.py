from django.apps import AppConfig
from django.db.models.signals import post_migrate, post_save


class CaseintakeConfig(AppConfig):
    name = "caseintake"
    verbose_name = "Requests for help"

    def ready(self) -> None:
        from caseintake import checks, consent, doors, receipts  # noqa: F401  two of them register what they do

        post_migrate.connect(consent.after_migrating, sender=self, dispatch_uid="caseintake.consent")
        post_migrate.connect(doors.after_migrating, sender=self, dispatch_uid="caseintake.doors")
        post_save.connect(
            consent.site_settings_saved, sender="mesoinfo.SiteSettings", dispatch_uid="caseintake.consent"
        )
