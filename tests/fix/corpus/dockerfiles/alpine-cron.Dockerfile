FROM alpine:latest
RUN apk add --no-cache bash curl && \
    echo "*/5 * * * * /job.sh" > /etc/crontabs/root
COPY job.sh /job.sh
CMD ["crond", "-f", "-l", "2"]
