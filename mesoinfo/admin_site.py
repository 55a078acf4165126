"""The desk: Django's admin under the name staff know it by."""

from django.contrib.admin import AdminSite


class Desk(AdminSite):
    site_title = "mesoinfo desk"
    site_header = "mesoinfo desk"
    index_title = "Your work"
    site_url = "/"
    enable_nav_sidebar = False
