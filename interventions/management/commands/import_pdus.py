"""``manage.py import_pdus FILE``: the register of probation delivery units, in the columns of the public register."""

from __future__ import annotations

from interventions.management.registers import ImportCommand
from interventions.reference.delivery_units import delivery_units


class Command(ImportCommand):
    """The probation delivery units (PDUs)."""

    help = (
        "Bring the probation delivery units into line with a CSV file. One wrong row, and nothing is changed."
    )
    register = delivery_units
    called = "Probation delivery units"
