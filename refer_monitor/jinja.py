"""The Jinja environment that renders every page of the service (the admin has Django's own)."""

from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any, NoReturn

from django.conf import settings
from django.templatetags import static as static_files
from jinja2 import (
    ChainableUndefined,
    ChoiceLoader,
    Environment,
    PackageLoader,
    PrefixLoader,
    UndefinedError,
    nodes,
)
from jinja2.compiler import CodeGenerator, Frame
from jinja2.utils import missing
from markupsafe import Markup, _escape_inner, escape

from govuk import template_filters
from govuk.addresses import url

DICTIONARY_METHODS = frozenset(dir(dict))


def static(path: str) -> str:
    """The address of a static file, which stays the same for as long as the process runs."""
    return _static(path, settings.STORAGES["staticfiles"]["BACKEND"])


@lru_cache(maxsize=100)
def _static(path: str, storage: str) -> str:
    return str(static_files.static(path))


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


def printed(value: Any) -> str:
    """What a template prints for a value: as ``markupsafe.escape``, but plain text, as it is joined to text at once.

    MarkupSafe makes an object of it that knows it is escaped, at six times the cost; a list prints 2,000 values.
    """
    kind = type(value)
    if kind is str:
        return _escape_inner(value)
    if kind is Markup:
        return value
    return escape(value)


class OurCodeGenerator(CodeGenerator):
    """Has templates print values through ``printed``. Overrides a method that Jinja does not promise: see its test."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
        else:
            assert finalize.src is None
            self.write("environment.printed(")


class OurEnvironment(Environment):
    """Looks into a dictionary at once. Jinja tries an attribute first, and catches an error at each cell of a table.

    No template of ours has globals of its own, so all share one dictionary: for each import of a macro Jinja compares
    the globals of two templates, name by name through a chain of dictionaries when each has a chain.
    """

    code_generator_class = OurCodeGenerator
    printed = staticmethod(printed)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Those of the environment, unless a template is given more."""
        return super().make_globals(d) if d else self.globals

    def getattr(self, obj: Any, attribute: str) -> Any:
        """As Jinja's: the method of a dictionary before its key of the same name."""
        if type(obj) is dict and attribute not in DICTIONARY_METHODS:
            return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
        try:  # most have it
            return getattr(obj, attribute)
        except AttributeError:
            return super().getattr(obj, attribute)


def environment(**options: Any) -> Environment:
    """Build the environment: our templates first, then the GOV.UK macros under their prefix."""
    options["undefined"] = OurUndefined
    options["trim_blocks"] = True
    options["lstrip_blocks"] = True
    env = OurEnvironment(**options)
    macros = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    loaders = [env.loader, macros] if env.loader else [macros]
    env.loader = ChoiceLoader(loaders)
    env.globals.update(static=static, url=url, zip=zip)
    env.filters.update(template_filters.FILTERS)
    return env
