"""What our forms take over from inside Django, and the release it was taken from: a newer one asks somebody to look."""

from __future__ import annotations

import inspect

import django
from django import forms

#: ``govuk.forms.Form._clean_fields`` is this, but for the questions that are not asked.
CLEAN_FIELDS = '''
    def _clean_fields(self):
        for name, bf in self._bound_items():
            field = bf.field
            try:
                self.cleaned_data[name] = field._clean_bound_field(bf)
                if hasattr(self, "clean_%s" % name):
                    value = getattr(self, "clean_%s" % name)()
                    self.cleaned_data[name] = value
            except ValidationError as e:
                self.add_error(name, e)
'''


def test_our_forms_clean_their_fields_as_django_5_2_does() -> None:
    assert django.VERSION[:2] == (5, 2), "compare Form._clean_fields with ours in govuk/forms.py, then raise this"
    assert inspect.getsource(forms.BaseForm._clean_fields).strip() == CLEAN_FIELDS.strip()
