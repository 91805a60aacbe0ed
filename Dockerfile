# The image of one service: docker build --build-arg SERVICE=ingest .
# SERVICE is ingest, enrich or alerts. Give PYTHON_IMAGE by digest for a release.
ARG PYTHON_IMAGE=docker.io/library/python:3.13-slim
ARG SERVICE

FROM ${PYTHON_IMAGE} AS packages
ARG SERVICE
RUN python3 -m venv /opt/venv
COPY requirements/${SERVICE}.txt /tmp/requirements.txt
RUN /opt/venv/bin/pip install --disable-pip-version-check --no-cache-dir --only-binary=:all: \
      --require-hashes -r /tmp/requirements.txt \
 && /opt/venv/bin/pip uninstall --yes --quiet pip

FROM ${PYTHON_IMAGE} AS common
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY schemas schemas
COPY services/__init__.py services/__init__.py
COPY services/common services/common
# In a container nobody reaches 127.0.0.1; the address to publish is chosen outside.
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PASSAPAROLA_HTTP__HOST=0.0.0.0 \
    PASSAPAROLA_HTTP__PORT=8080
EXPOSE 8080
STOPSIGNAL SIGTERM
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.vendor="Passaparola" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

# A stage for each service, since an exec-form command cannot read an ARG. `cli` goes everywhere:
# topics, museums, replay and dead letters run with ingest, norms and the model with enrich, the
# database and trial messages with alerts.
FROM common AS ingest
COPY services/ingest services/ingest
COPY cli cli
CMD ["python", "-m", "services.ingest"]

FROM common AS enrich
COPY services/enrich services/enrich
# The phrases too are compiled once, here.
RUN python -c "from services.enrich.phrases.library import LANGUAGES, book_of; [*map(book_of, LANGUAGES)]"
COPY cli cli
CMD ["python", "-m", "services.enrich"]

FROM common AS alerts
COPY services/alerts services/alerts
COPY cli cli
CMD ["python", "-m", "services.alerts"]

FROM ${SERVICE}
ARG SERVICE
LABEL org.opencontainers.image.title="passaparola-${SERVICE}"
# Once, here: the root file system is read-only where it runs.
RUN python -m compileall -q .
USER 65532:65532
