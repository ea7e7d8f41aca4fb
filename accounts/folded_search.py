"""Searching a list of the admin by the rule that names are searched by everywhere else."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from govuk.text import folded


class FoldedSearch(admin.ModelAdmin):
    """Name folded fields in ``search_fields``: what was typed is looked for as it stands, and folded."""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Model], bool]:
        """What either finds."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if not (words := folded(search_term)):
            return found, may_repeat
        also, also_may_repeat = super().get_search_results(request, queryset, words)
        return found | also, may_repeat or also_may_repeat
