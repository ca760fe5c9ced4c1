"""What follows a commit and fails, undoes nothing and is told to nobody but the log."""

import logging

import pytest
from django.db import transaction

from chatsite.accounts.models import User
from chatsite.after_commit import after_commit


def fail(why: str) -> None:
    raise ConnectionError(why)


@pytest.mark.storage
@pytest.mark.django_db(transaction=True)
def test_whoever_commits_hears_nothing_of_what_fails_after_it(caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []
    with caplog.at_level(logging.ERROR), transaction.atomic():
        User.objects.create(username="dora")
        after_commit(fail, "the queue is away")
        after_commit(done.append, "the next")
    assert User.objects.filter(username="dora").exists()
    assert done == ["the next"]
    assert "the queue is away" in caplog.text
