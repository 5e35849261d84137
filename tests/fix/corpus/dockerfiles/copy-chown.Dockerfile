FROM golang:1.22-bookworm AS build
COPY . /src
RUN cd /src && go build -o /bin/server

FROM gcr.io/distroless/base-debian12:nonroot
COPY --from=build --chown=nonroot:nonroot /bin/server /server
COPY --chown=65532 config.yaml /etc/server/
EXPOSE 8080/tcp 9090
ENTRYPOINT ["/server", "-config", "/etc/server/config.yaml"]
