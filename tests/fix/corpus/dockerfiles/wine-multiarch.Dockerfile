FROM --platform=linux/amd64 tonistiigi/xx AS xx
FROM --platform=$BUILDPLATFORM alpine:3.20 AS cross
COPY --from=xx / /
ARG TARGETPLATFORM
RUN xx-apk add --no-cache musl-dev
FROM scratch AS out
COPY --from=cross /lib/ /lib/
FROM alpine:3.20
COPY --from=out / /
COPY --from=busybox:1.36-musl /bin/busybox /bin/bb
RUN ["/bin/bb", "true"]
