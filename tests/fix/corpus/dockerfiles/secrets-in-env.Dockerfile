FROM node:20-alpine
ARG NPM_TOKEN
ARG DB_PASSWORD=changeme
ENV AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG AWS_REGION=eu-west-1
ENV API_KEY "abc def"
RUN echo "//registry.npmjs.org/:_authToken=${NPM_TOKEN}" > .npmrc && npm ci && rm .npmrc
CMD ["node", "."]
