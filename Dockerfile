# syntax=docker/dockerfile:1
# vidbuild in a container: the program with its voices, fonts and ffmpeg, which needs no network once it is built.
#   docker build -t vidbuild .
#   docker run --rm --user "$(id -u):$(id -g)" -v "$PWD:/work" vidbuild build talk.yaml
FROM python:3.12-slim-bookworm AS wheel
WORKDIR /source
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY vidbuild vidbuild
COPY schemas schemas
COPY examples/gallery.yaml examples/gallery.yaml
COPY examples/gallery examples/gallery
RUN python -m venv /opt/vidbuild \
    && /opt/vidbuild/bin/pip install --no-cache-dir --no-compile -c constraints.txt . \
    && /opt/vidbuild/bin/python -m compileall -q -j 0 /opt/vidbuild/lib

FROM python:3.12-slim-bookworm
LABEL org.opencontainers.image.title="vidbuild" \
      org.opencontainers.image.description="make for narrated video: a YAML spec in, an MP4 out" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=wheel /opt/vidbuild /opt/vidbuild
# A user without rights, for those who give none with --user. Each user needs a home that can be written.
RUN useradd --uid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin vidbuild \
    && mkdir /work \
    && chown vidbuild:vidbuild /work
ENV PATH=/opt/vidbuild/bin:$PATH \
    HOME=/tmp \
    LANG=C.UTF-8 \
    PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
WORKDIR /work
ENTRYPOINT ["vidbuild"]
CMD ["--help"]
