"""How the page's files are stored: under names that hold their hash, compressed, cached for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStorage(CompressedManifestStaticFilesStorage):
    """Hashed names, also inside `import … from "./other.js"` of ES modules."""

    support_js_module_import_aggregation = True
