"""Settings of the tutorial's site, for PostgreSQL and Redis."""

import os
from urllib.parse import urlsplit

_database = urlsplit(os.environ["DATABASE_URL"])

SECRET_KEY = os.environ["SECRET_KEY"]
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = [
    "daphne",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "channels",
    "tests.bench.peers.tutorial",
]
ASGI_APPLICATION = "tests.bench.peers.tutorial.asgi.application"
ROOT_URLCONF = "tests.bench.peers.tutorial.asgi"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _database.path.removeprefix("/"),
        "USER": _database.username,
        "PASSWORD": _database.password,
        "HOST": _database.hostname,
        "PORT": _database.port,
        # Django's default would open a new connection for each message.
        "CONN_MAX_AGE": None,
    }
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        # redis-py's own limits, 5 s and 100 connections, would end idle and busy sockets; the layer's default capacity of
        # 100 waiting messages, which all sockets of a process share, would lose most of what is sent.
        "CONFIG": {
            "hosts": [{"address": os.environ["REDIS_URL"], "socket_timeout": None, "max_connections": 5_000}],
            "capacity": 100_000,
        },
    }
}
