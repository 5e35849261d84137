ARG RUST_VERSION=1.79
ARG APP=server
FROM rust:${RUST_VERSION}-alpine AS build
ARG APP
RUN apk add --no-cache musl-dev
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/src/target \
    --mount=type=cache,target=/usr/local/cargo/registry <<EOT
set -e
cargo build --locked --release
# not a comment of the Dockerfile
cp target/release/$APP /server
EOT

FROM alpine:3.20
RUN adduser -D -u 10001 app
COPY --from=build /server /bin/
USER 10001
CMD ["/bin/server"]
