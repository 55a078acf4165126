from django.apps import AppConfig


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = "Pages"

    def ready(self) -> None:
        from articles.review import digest, notices  # noqa: F401  what their mails hold registers itself
