FROM "debian:12"
ENV "A"="b"
WORKDIR "/srv/with blank"
COPY ["a b.txt", "/srv/with blank/"]
USER "www-data"
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN echo "a \
b" | tee /x
