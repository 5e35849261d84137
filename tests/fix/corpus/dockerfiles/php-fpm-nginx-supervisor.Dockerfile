FROM php:8.3-fpm-alpine
RUN apk add --no-cache nginx supervisor
COPY docker/nginx.conf /etc/nginx/nginx.conf
COPY docker/supervisord.conf /etc/supervisord.conf
RUN chown -R www-data:www-data /var/lib/nginx /run
WORKDIR /var/www
ENV APP_KEY=base64:c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0 \
    APP_ENV=production
COPY . .
EXPOSE 80
CMD ["/usr/bin/supervisord", "-c", "/etc/supervisord.conf"]
