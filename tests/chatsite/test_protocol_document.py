"""The protocol's documents are as the code says, complete, and valid."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
import yaml
from django.conf import settings
from django.core.management import call_command

from chatsite.documents import codes, wire
from chatsite.documents.asyncapi import asyncapi
from chatsite.documents.examples import EXAMPLES, example
from chatsite.documents.page import protocol_page
from messaging import protocol
from messaging.models import EventKind
from messaging.protocol import decode_command, encode

SPECIFICATION = Path("node_modules/@asyncapi/specs/schemas/3.0.0.json")
FRAMES = [*wire.COMMAND_TYPES, *wire.FRAME_TYPES]


def test_the_documents_are_as_the_code_says() -> None:
    call_command("document_protocol", check=True)


def test_the_socket_is_told_in_valid_asyncapi() -> None:
    path = settings.BASE_DIR / SPECIFICATION
    assert path.exists(), "`make test` installs the AsyncAPI schema with the other npm packages"
    schema = json.loads(path.read_text())
    document = yaml.safe_load(yaml.safe_dump(asyncapi()))
    jsonschema.validators.validator_for(schema)(schema).validate(document)


def test_every_reference_in_it_leads_somewhere() -> None:
    document = asyncapi()

    def judge(value: Any) -> None:
        if isinstance(value, dict):
            if "$ref" in value:
                found: Any = document
                for part in value["$ref"].removeprefix("#/").split("/"):
                    found = found[part]
            for inner in value.values():
                judge(inner)
        elif isinstance(value, list):
            for inner in value:
                judge(inner)

    judge(document)


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: frame.__name__)
def test_every_frame_has_one_example_that_fits_its_schema(frame: type[msgspec.Struct]) -> None:
    assert len([each for each in EXAMPLES if type(each) is frame]) == 1
    schema = {"$ref": f"{wire.REF}{frame.__name__}", "components": {"schemas": wire.schemas()}}
    shown = example(frame)
    jsonschema.Draft202012Validator(schema).validate(shown)
    if frame in wire.COMMAND_TYPES:
        assert type(decode_command(json.dumps(shown))) is frame


def test_what_is_sent_fits_the_schemas_too() -> None:
    """Where a field is left out at its default the schema must allow it."""
    schemas = wire.schemas()
    for each in EXAMPLES:
        if type(each) in wire.FRAME_TYPES:
            schema = {"$ref": f"{wire.REF}{type(each).__name__}", "components": {"schemas": schemas}}
            jsonschema.Draft202012Validator(schema).validate(json.loads(encode(each)))


def test_every_code_is_told() -> None:
    closes = {value for name, value in vars(protocol).items() if name.startswith("CLOSE_")}
    assert codes.CLOSES.keys() == closes
    page = protocol_page()
    for code, *_ in codes.error_codes():
        assert f"| `{code}` |" in page
    for frame in FRAMES:
        assert f"### `{wire.tag(frame)}`" in page
    for kind in EventKind.values:
        assert f"`{kind}`" in page


def test_nothing_was_left_to_fill_in() -> None:
    assert re.findall(r"\{[a-z_]+\}", re.sub(r"`[^`]*`", "", protocol_page())) == []
