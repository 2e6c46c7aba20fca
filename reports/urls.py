"""Addresses of the monthly reports, below /staff/reports/."""

from django.urls import path, register_converter

from reports.errors import NotAMonth
from reports.months import Month
from reports.views import files, pages, signing


class MonthInAddress:
    """A month as in 2026-11; anything else is no address."""

    regex = "[12][0-9]{3}-[0-9]{2}"

    def to_python(self, text: str) -> Month:
        """Read it. Raises ValueError, which Django answers with 404."""
        month = Month.parse(text)
        if month < pages.EARLIEST:
            raise NotAMonth(text)
        return month

    def to_url(self, month: Month | str) -> str:
        """Write it."""
        return str(month)


register_converter(MonthInAddress, "month")

urlpatterns = [
    path("", pages.reports, name="reports"),
    path("<month:first>/", pages.report_page, name="report-month"),
    path("<month:first>/<month:last>/", pages.report_page, name="report-range"),
    path("<month:month>/sign-off/", signing.sign_off, name="sign-off"),
    path("<month:month>/amendments/", signing.amendments_page, name="amendments"),
    path("<month:first>/<month:last>/rows/", pages.report_rows, name="report-rows"),
    path("<month:first>/<month:last>/rows/export/", files.export_rows, name="report-export"),
    path("<month:first>/<month:last>/figures.csv", files.figures_csv, name="report-figures-csv"),
    path("<month:first>/<month:last>/figures.xlsx", files.figures_xlsx, name="report-figures-xlsx"),
]
