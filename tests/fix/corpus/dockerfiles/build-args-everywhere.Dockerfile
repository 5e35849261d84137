ARG ALPINE_VERSION=3.20
ARG PHP_VERSION=8.3
ARG VARIANT=fpm
FROM php:${PHP_VERSION}-${VARIANT}-alpine${ALPINE_VERSION}
ARG UID=1000
ARG GID=${UID}
ENV A=1 B='two words' C=three\ words \
    D="quoted \"inside\""
LABEL "com.example.vendor"="ACME Incorporated" \
      com.example.label-with-value="foo" \
      description="This text illustrates \
that label-values can span multiple lines."
RUN addgroup -g ${GID} app && adduser -D -u ${UID} -G app app
USER ${UID}:${GID}
STOPSIGNAL SIGQUIT
VOLUME ["/data", "/cache"]
