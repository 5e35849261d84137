from golang:1.21 as build
workdir /go/src/app
copy . .
env CGO_ENABLED=0
run go build -o /app .

from scratch
copy --from=build /app /app
entrypoint ["/app"]
