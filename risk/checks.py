"""Rules for sensitive details that do not hold fail at start-up, by Django's system checks."""

from __future__ import annotations

from typing import Any

from django.core.checks import Error, register

from risk.sensitive_details.rules import RuleIsWrong, all_rules


@register("risk")
def check_rules_for_sensitive_details(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Every rule can be read and holds its own examples."""
    # Here, because a web server loads this module too, and checks nothing.
    from risk.sensitive_details.examples import problems_of

    try:
        rules = all_rules()
    except RuleIsWrong as wrong:
        return [Error(str(wrong), hint="See risk/sensitive_details/rules/.", id="risk.E001")]
    return [
        Error(problem, hint="See risk/sensitive_details/rules/.", id="risk.E002")
        for problem in problems_of(rules)
    ]
