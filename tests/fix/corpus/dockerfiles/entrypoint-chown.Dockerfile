FROM python:3.11-slim
RUN apt-get update && apt-get install -y gosu && rm -rf /var/lib/apt/lists/* && gosu nobody true
RUN useradd --uid 1000 --create-home app
COPY --chmod=755 entrypoint.sh /
COPY . /srv
# as root: entrypoint.sh does chown -R app /data; exec gosu app "$@"
ENTRYPOINT ["/entrypoint.sh"]
CMD ["python", "/srv/main.py"]
