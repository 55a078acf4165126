"""How dates read where nothing else is said, such as in the lists of the desk.

The public pages write the month first: `templates/components/day.html`.
"""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, H:i T"
TIME_FORMAT = "H:i"
MONTH_DAY_FORMAT = "j F"
YEAR_MONTH_FORMAT = "F Y"
