from django.apps import AppConfig


class HubPortalConfig(AppConfig):
    name = "hubportal"
    verbose_name = "Portal"
