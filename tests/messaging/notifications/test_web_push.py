"""Encryption as RFC 8291 wants it, and where pushes may go."""

import socket
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from messaging.notifications.encoding import decode, encode
from messaging.notifications.endpoints import NotReachable, address_of, read_endpoint
from messaging.notifications.web_push import Result, push, seal_with


def test_the_example_of_the_rfc_comes_out_byte_for_byte() -> None:
    """RFC 8291, section 5."""
    sender = int.from_bytes(decode("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big")
    body = seal_with(
        b"When I grow up, I want to be a watermelon",
        p256dh=decode(
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
        ),
        auth=decode("BTBZMqHH6r4Tts7J_aSIgg"),
        key=ec.derive_private_key(sender, ec.SECP256R1()),
        salt=decode("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert encode(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fd00::1", "100.64.0.1", "224.0.0.1"]
)
def test_a_public_name_that_leads_inside_is_not_asked(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    def found(*_: object, **__: object) -> Any:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (where, 443)) for where in ("9.9.9.9", address)]

    endpoint = read_endpoint("https://push.example.net/a")
    monkeypatch.setattr(socket, "getaddrinfo", found)
    with pytest.raises(NotReachable):
        address_of(endpoint)
    answer = push(endpoint, b"", authorization="", topic="x", urgent=False)
    assert answer.result == Result.FAILED
    assert "not at a public address" in answer.why
