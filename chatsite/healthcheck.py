"""`python -m chatsite.healthcheck`: exit status 0 when the server of this container is ready.

Needs nothing but the standard library: it runs every few seconds, beside the server.
"""

import os
import sys
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

PATIENCE_SECONDS = 3


def is_ready(*, port: int, host: str) -> bool:
    """Whether `/readyz` on this machine says so; `host` is the name that the site answers to."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", "/readyz", headers={"Host": host})
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    own_port = int(os.environ.get("PORT") or 8000)
    public = os.environ.get("PUBLIC_URL") or f"http://localhost:{own_port}"
    sys.exit(not is_ready(port=own_port, host=urlsplit(public).netloc))
