FROM klakegg/hugo:0.111.3-ext-alpine-onbuild AS hugo
FROM nginxinc/nginx-unprivileged:1.27-alpine-slim
COPY --from=hugo /target /usr/share/nginx/html
