from django.db import models


class Source(models.Model):
    key = models.CharField(max_length=10)
