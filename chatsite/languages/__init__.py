"""What the site says in other languages than English. The catalogs lie in `chatsite/locale/`; `make messages` gathers for them."""

from django.utils.functional import Promise
from django.utils.translation import gettext

from chatsite.errors import ChatError

Words = str | Promise
"""What a person reads: a text, or one that takes its language when it is shown."""


def told(error: ChatError) -> str:
    """Why something was refused, in the language of whoever reads the page that is being made.

    A refusal is raised with its English sentence, since it must not need Django; that sentence is its key in the
    catalogs. One with values in it was put into words by `gettext` where it was raised, and stays as it is.
    """
    return gettext(error.message)
