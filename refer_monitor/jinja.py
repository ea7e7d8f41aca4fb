"""The Jinja environment that renders every page of the service (the admin has Django's own)."""

from typing import Any, NoReturn

from django.templatetags.static import static
from jinja2 import ChainableUndefined, ChoiceLoader, Environment, PackageLoader, PrefixLoader, UndefinedError
from jinja2.utils import missing

from govuk import template_filters
from govuk.addresses import url


class OurUndefined(ChainableUndefined):
    """Lenient where the GOV.UK macros read optional keys, strict where a page misspells a name.

    A bare unknown name, or an unknown attribute of an object of ours, raises when printed.
    """

    def _is_ours(self) -> bool:
        return self._undefined_obj is missing or not isinstance(
            self._undefined_obj, dict | list | tuple | str | type(None) | ChainableUndefined
        )

    def _refuse(self) -> NoReturn:
        raise UndefinedError(self._undefined_message)

    def __str__(self) -> str:
        if self._is_ours():
            self._refuse()
        return ""

    __html__ = __str__


def environment(**options: Any) -> Environment:
    """Build the environment: our templates first, then the GOV.UK macros under their prefix."""
    options["undefined"] = OurUndefined
    options["trim_blocks"] = True
    options["lstrip_blocks"] = True
    env = Environment(**options)  # noqa: S701 (autoescape is on in Django's options)
    macros = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    loaders = [env.loader, macros] if env.loader else [macros]
    env.loader = ChoiceLoader(loaders)
    env.globals.update(static=static, url=url)
    env.filters.update(template_filters.FILTERS)
    return env
