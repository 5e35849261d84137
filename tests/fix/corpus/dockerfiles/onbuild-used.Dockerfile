FROM debian:12 AS base
ONBUILD RUN useradd -u 1000 app
ONBUILD USER app

FROM base
COPY app /app
ENTRYPOINT ["/app"]
