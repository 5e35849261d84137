FROM python:3.12-slim AS base
WORKDIR /app
RUN useradd -u 1001 -m runner

FROM base AS dev
RUN pip install debugpy
USER root
CMD ["python", "-m", "debugpy", "--listen", "0.0.0.0:5678", "app.py"]

FROM base AS test
COPY . .
RUN python -m unittest

FROM base AS prod
COPY --chown=root:root --chmod=0555 . .
USER runner
CMD ["python", "app.py"]
