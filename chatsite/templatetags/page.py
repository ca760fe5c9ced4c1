"""What every page needs from the server: the place's name, the looks, and the list of modules."""

import json
import posixpath
import re
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join, json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation.trans_real import DjangoTranslation
from django.views.i18n import JSONCatalog

from chatsite.languages.gathering import in_script

register = template.Library()

FIRST_MODULE = "js/view/main.js"
_IMPORTS = re.compile(r"""^(?:import|export [{*])(?:[^;"'()=]*\bfrom)?\s*["']([^"']+)["'];""", re.MULTILINE)

# What somebody can choose for a device, each a cookie, as in `look.js`; anything else is the usual look.
LOOKS = {
    "theme": ("light", "dark"),
    "density": ("compact",),
    "text": ("90", "110", "125", "150"),
    "font": ("system",),
}

# A script element ends at "</script" whatever its type, and "<!--" changes how it is parsed.
_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@register.simple_tag
def site_name() -> str:
    """The name of this place."""
    return str(settings.SITE_NAME)


@register.simple_tag
def site_host() -> str:
    """The address that people type, without its scheme."""
    return urlsplit(settings.PUBLIC_URL).netloc


@register.simple_tag(takes_context=True)
def look_attributes(context: Context) -> SafeString:
    """`data-theme="…"` and its kin for the html element, as this device has chosen, so that nothing flashes."""
    request = context.get("request")
    cookies = request.COOKIES if request else {}
    chosen = ((look, cookies[look]) for look, values in LOOKS.items() if cookies.get(look) in values)
    return format_html_join("", ' data-{}="{}"', chosen)


@register.simple_tag(takes_context=True)
def theme_media(context: Context, theme: str) -> str:
    """Where the browser's own bars have this theme's colour: as the system says, unless this device has chosen."""
    request = context.get("request")
    chosen = request.COOKIES.get("theme") if request else None
    if chosen not in LOOKS["theme"]:
        return f"(prefers-color-scheme: {theme})"
    return "all" if theme == chosen else "not all"


@register.simple_tag
def page_catalog(*folders: str) -> SafeString:
    """The words of the page's scripts in this request's language, for `core/i18n.js`. English stands in the code.

    Of all scripts, or of those in some folders of `static/js/`: the account pages and the office say little.
    """
    catalog = words_of_page(get_language() or settings.LANGUAGE_CODE)
    if folders:
        catalog = {text: words for text, words in catalog.items() if text in _said_in(folders)}
    return json_script(catalog, "catalog") if catalog else SafeString("")


@lru_cache
def _said_in(folders: tuple[str, ...]) -> frozenset[str]:
    """What the scripts of these folders say, with the times that they show."""
    js = static_file("js/core/index.js").parent.parent
    files = [js / "core/time.js", *(file for folder in folders for file in js.glob(f"{folder}/*.js"))]
    return frozenset(
        said.text for file in files for said in in_script(file.read_text(encoding="utf-8"), file.name)
    )


@lru_cache
def words_of_page(language: str) -> dict[str, str | list[str]]:
    """The catalog `djangojs` of a language: from the English words to one text, or to the plural forms in order."""
    view = JSONCatalog()
    view.translation = DjangoTranslation(
        language, domain="djangojs", localedirs=list(map(str, settings.LOCALE_PATHS))
    )
    found: dict[str, str | list[str]] = view.get_catalog()
    return found


@register.simple_tag(takes_context=True)
def import_map(context: Context, *names: str) -> SafeString:
    """The page's one inline script: which file each module's name means, of all modules or of these alone.

    Libraries go by bare names. The page's own modules import each other by relative addresses; where files have
    hashed names, the map leads these addresses to them. It cannot be a file (browsers take only inline import maps), so it carries the nonce of the content
    security policy.
    """
    nonce = str(context["request"].csp_nonce)
    # The JSON is safe as it stands: what could end the element is escaped above.
    return format_html('<script type="importmap" nonce="{}">{}</script>', nonce, mark_safe(_map(names)))  # noqa: S308


@register.simple_tag
def module_preloads() -> SafeString:
    """`<link rel="modulepreload">` for what the page needs at once, so that it does not come layer by layer.

    That is what its first module imports, and what that imports in turn. What `import()` brings comes when it is used.
    """
    if settings.DEBUG:
        _preloads.cache_clear()
    return _preloads()


@lru_cache(maxsize=1)
def _preloads() -> SafeString:
    return format_html_join(
        "\n", '<link rel="modulepreload" href="{}">', ((static(name),) for name in _first_modules())
    )


def _map(names: tuple[str, ...]) -> str:
    if settings.DEBUG:
        _map_as_json.cache_clear()
    return _map_as_json(names)


@lru_cache
def _map_as_json(names: tuple[str, ...]) -> str:
    return json.dumps({"imports": _imports(names)}).translate(_ESCAPES)


def _imports(names: tuple[str, ...]) -> dict[str, str]:
    libraries = {} if names else {specifier: static(name) for specifier, name in _libraries().items()}
    own = {f"{settings.STATIC_URL}{name}": static(name) for name in names or page_modules()}
    return libraries | {plain: hashed for plain, hashed in own.items() if plain != hashed}


def _libraries() -> dict[str, str]:
    listed = json.loads(static_file("js/vendor/vendor.json").read_text(encoding="utf-8"))
    return {
        specifier: f"js/vendor/{name}"
        for name, file in listed["files"].items()
        for specifier in file["specifiers"]
    }


@lru_cache(maxsize=1)
def _all_first_modules() -> tuple[str, ...]:
    libraries = _libraries()
    found: dict[str, None] = {}
    waiting = [FIRST_MODULE]
    while waiting:
        name = waiting.pop()
        found[name] = None
        text = static_file(name).read_text(encoding="utf-8")
        wanted = [
            posixpath.normpath(posixpath.join(posixpath.dirname(name), each))
            if each.startswith(".")
            else libraries[each]
            for each in _IMPORTS.findall(text)
            if not name.startswith("js/vendor/")
        ]
        waiting += [each for each in wanted if each not in found]
    return tuple(sorted(found))


def _first_modules() -> tuple[str, ...]:
    if settings.DEBUG:
        _all_first_modules.cache_clear()
    return _all_first_modules()


@lru_cache(maxsize=1)
def _all_modules() -> tuple[str, ...]:
    js = static_file("js/core/index.js").parent.parent
    found = [
        path
        for folder in ("vendor", "core", "view", "office")
        for path in sorted((js / folder).rglob("*.js"))
    ]
    return tuple(f"js/{path.relative_to(js).as_posix()}" for path in found)


def page_modules() -> tuple[str, ...]:
    """All modules that the import map leads to."""
    if settings.DEBUG:
        _all_modules.cache_clear()
    # vendor/ also holds what a library was built from.
    return tuple(name for name in _all_modules() if name != "js/vendor/entities-by-browser.js")


def static_file(name: str) -> Path:
    """Where a static file is written. Raises `FileNotFoundError`."""
    found = finders.find(name)
    if not isinstance(found, str):
        raise FileNotFoundError(f"static file {name} is missing")
    return Path(found)
