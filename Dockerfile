# Guiju in a container: no compiler, no pip, no root in what runs. Build: docker build --tag guiju .

FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /build
RUN apt-get update -qq && apt-get install -qq --yes --no-install-recommends gcc libc6-dev
RUN python -m venv /opt/guiju
COPY requirements-postgres.lock .
RUN /opt/guiju/bin/pip install --no-deps --require-hashes --requirement requirements-postgres.lock
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY src src
RUN /opt/guiju/bin/pip install --no-deps --no-build-isolation . \
 && /opt/guiju/bin/pip uninstall --yes hatchling editables pip \
 && /opt/guiju/bin/python -m compileall -q /opt/guiju/lib

FROM python:3.11-slim-bookworm
LABEL org.opencontainers.image.title="Guiju 规矩" \
      org.opencontainers.image.description="Compliance system for generative-AI services in China" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --gid 10001 guiju \
 && useradd --uid 10001 --gid guiju --no-create-home --home-dir /var/lib/guiju --shell /usr/sbin/nologin guiju \
 && install --directory --owner=guiju --group=guiju --mode=0700 /var/lib/guiju
COPY --from=build /opt/guiju /opt/guiju
COPY --chmod=0755 tools/container-entry /usr/local/bin/container-entry
ENV PATH=/opt/guiju/bin:$PATH GUIJU_HOME=/var/lib/guiju LANG=C.UTF-8 PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER guiju
WORKDIR /var/lib/guiju
VOLUME /var/lib/guiju
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(os.environ.get('GUIJU_HEALTH', 'http://127.0.0.1:8080/ready'), timeout=4)"]
ENTRYPOINT ["container-entry"]
CMD ["up", "--host", "0.0.0.0", "--port", "8080"]
