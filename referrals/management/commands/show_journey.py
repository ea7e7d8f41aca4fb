"""Print the referral form as a designer reads it: sections, tasks, questions, fields, conditions."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from referrals.journey.conditions import always
from referrals.journey.structure import PerService, Step, Task
from referrals.make_a_referral import MAKE_A_REFERRAL


class Command(BaseCommand):
    """``manage.py show_journey``."""

    help = "Print the make-a-referral form: sections, tasks, questions, fields and when each is asked."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the declaration, part by part."""
        for number, section in enumerate(MAKE_A_REFERRAL.sections, start=1):
            self.stdout.write(f"{number}. {section.heading}{_when(section.applies)}")
            for part in section.parts:
                tasks = part.tasks if isinstance(part, PerService) else (part,)
                for task in tasks:
                    self._task(task, "for each service" if isinstance(part, PerService) else "")

    def _task(self, task: Task, repeated: str) -> None:
        self.stdout.write(f"   {task.name}{f' ({repeated})' if repeated else ''}{_when(task.applies)}")
        for step in task.steps:
            self._step(step)

    def _step(self, step: Step) -> None:
        self.stdout.write(f"      /{step.slug}: {step.page.question}{_when(step.applies)}")
        for name, field in step.page.base_fields.items():
            kind = type(field).__name__.removesuffix("Field").lower()
            needed = "" if field.required else ", optional"
            self.stdout.write(f"         {name}: {field.label} [{kind}{needed}]")


def _when(condition: Any) -> str:
    return "" if condition is always else f"  when: {condition.__doc__}"
