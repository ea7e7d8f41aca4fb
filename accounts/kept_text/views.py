"""Where a page puts what is being typed on it. Answers a script, not a reader."""

from __future__ import annotations

from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.kept_text.keeping import TooMuch, autosave
from accounts.kept_text.posted import Tab
from accounts.kept_text.rooms import Closed, NotTheirs
from accounts.models import Audience, User
from govuk.template_filters import time


@never_cache
@require_POST
def keep_typed_text(request: HttpRequest) -> JsonResponse:
    """Keep what is typed on a page. 410 once it takes no text, 413: too much.

    ``is_alone``: whether nothing else is kept for the page that it does not show.

    For everybody who is signed in: the page must say, signed by us, that they opened it. No outside system is asked
    whether they may see the person: nothing of the person is shown, and nothing typed waits.
    """
    assert isinstance(request.user, User)
    try:
        kept = autosave(request, request.user)
    except NotTheirs:
        raise Http404 from None
    except Closed:
        return JsonResponse({}, status=410)
    except TooMuch:
        return JsonResponse({}, status=413)
    tab = Tab.of(request.POST)
    is_alone = all(tab.knows(one) for one in kept.beside)
    return JsonResponse({"at": time(kept.text.kept_at), "is_alone": is_alone})


keep_typed_text.audiences = frozenset(Audience)  # type: ignore[attr-defined]
keep_typed_text.records = "draft.autosaved"  # type: ignore[attr-defined] # by each side: events stand above this app
