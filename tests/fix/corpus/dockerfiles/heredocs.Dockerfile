FROM python:3.13-slim

COPY <<requirements.txt <<"run.sh" /app/
flask==3.0.3
# a line of requirements
requirements.txt
#!/bin/sh
exec python -m flask run --host "$HOST"
USER root
run.sh

RUN <<-EOT bash
	set -eu
	pip install -r /app/requirements.txt
	chmod +x /app/run.sh
	EOT

USER 1000:1000
CMD ["/app/run.sh"]
