from django.apps import AppConfig


class CaseintakeConfig(AppConfig):
    name = "caseintake"
    verbose_name = "Requests for help"
