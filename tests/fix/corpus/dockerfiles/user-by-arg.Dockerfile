ARG BASE=registry.example.com/base/python
ARG TAG
FROM ${BASE}:${TAG:-3.12}
ARG APP_USER=svc
ENV APP_USER=${APP_USER}
USER ${APP_USER}
CMD ["serve"]
