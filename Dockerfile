# syntax=docker/dockerfile:1

# --- Dependencies: from the lock file, every archive checked against its hash --------------------
FROM python:3.11-slim-bookworm AS dependencies
RUN python -m venv /opt/venv
COPY requirements.lock /tmp/requirements.lock
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /tmp/requirements.lock

# --- The portal: source, catalogues and static files, made once ----------------------------------
FROM python:3.11-slim-bookworm AS portal
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /srv/portal --shell /usr/sbin/nologin portal
COPY --from=dependencies /opt/venv /opt/venv
WORKDIR /srv/portal
COPY manage.py pyproject.toml ./
COPY mobility mobility
COPY applications applications
COPY scholarships scholarships
COPY recognition recognition
COPY templates templates
COPY static static
COPY locale locale
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 VAR_DIR=/srv/portal/var
# The secret exists for these two commands alone; the folder of files belongs to the portal's own user.
RUN SECRET_KEY=while-building python manage.py compile_catalogues \
    && SECRET_KEY=while-building python manage.py collectstatic --no-input --verbosity 0 \
    && mkdir -p var/media && chown -R portal: var
USER portal
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/', timeout=4)"]
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "4", "--respawn-failed-workers", "--no-ws", "mobility.wsgi:application"]
