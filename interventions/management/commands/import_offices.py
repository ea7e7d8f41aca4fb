"""``manage.py import_offices FILE``: the register of probation offices, in the columns of the public register."""

from __future__ import annotations

from interventions.management.registers import ImportCommand
from interventions.reference.offices import offices


class Command(ImportCommand):
    """The offices."""

    help = "Bring the probation offices into line with a CSV file. One wrong row, and nothing is changed."
    register = offices
    called = "Offices"
