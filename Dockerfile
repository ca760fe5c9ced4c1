# One image for every role: server, worker, beat, migration. The command decides which.

FROM python:3.13.7-slim-bookworm AS packages
COPY requirements.lock /
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes -r /requirements.lock

FROM python:3.13.7-slim-bookworm
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=chatsite.settings \
    HOST=0.0.0.0 \
    PORT=8000 \
    DATA_DIR=/data \
    STATIC_ROOT=/app/collected
RUN useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin parley \
    && install -d -o parley -g parley /data /secrets
COPY --from=packages /venv /venv
WORKDIR /app
COPY . .
# The build has no secrets and needs none: this key signs nothing.
RUN SECRET_KEY=used-by-the-build-only-and-never-again DATA_DIR=/tmp/build python manage.py collectstatic --noinput --verbosity 0 \
    && python -m compileall -q chatsite rooms messaging
USER parley
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["python", "-m", "chatsite.healthcheck"]
CMD ["python", "manage.py", "serve"]
