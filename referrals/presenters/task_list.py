"""The task list in words and addresses."""

from __future__ import annotations

from typing import Any

from govuk.addresses import reverse
from referrals.journey.structure import PlacedStep, PlacedTask, Progress, TaskStatus


def address(progress: Progress, placed: PlacedStep) -> str:
    """Where a step is asked."""
    if placed.page.view_name:
        return reverse(placed.page.view_name, args=[progress.draft.pk])
    name = f"referrals:{placed.step.slug}"
    if placed.service is not None:
        return reverse(name, args=[progress.draft.pk, placed.service.category_id])
    return reverse(name, args=[progress.draft.pk])


def present(progress: Progress) -> dict[str, Any]:
    """Sections and tasks with their statuses; the last section sends."""
    sections = [
        {"heading": section.heading, "tasks": [_task(progress, task) for task in section.tasks]}
        for section in progress.sections
    ]
    done = sum(
        all(task.status == TaskStatus.COMPLETED for task in section.tasks) for section in progress.sections
    )
    sections.append({"heading": "Check and send", "tasks": [_check(progress)]})
    return {
        "sections": sections,
        "progress": f"You have completed {done} of {len(sections)} sections.",
        "is_ready": progress.is_ready,
    }


def _task(progress: Progress, task: PlacedTask) -> dict[str, str]:
    unanswered = next((step for step in task.steps if not progress.is_answered(step)), task.steps[0])
    startable = task.status != TaskStatus.CANNOT_START_YET
    return {
        "name": task.name,
        "status": task.status.value,
        "href": address(progress, unanswered) if startable else "",
        "hint": _hint(progress, task),
    }


def _hint(progress: Progress, task: PlacedTask) -> str:
    reasons = (
        placed.page.outdated(progress.answers(placed), progress.situation_at(placed)) for placed in task.steps
    )
    return next((reason for reason in reasons if reason), "")


def _check(progress: Progress) -> dict[str, str]:
    return {
        "name": "Check your answers and send the referral",
        "status": (TaskStatus.NOT_STARTED if progress.is_ready else TaskStatus.CANNOT_START_YET).value,
        "href": reverse("referrals:check_answers", args=[progress.draft.pk]) if progress.is_ready else "",
        "hint": "",
    }
