FROM wordpress:6.5-php8.2-apache
RUN pecl install redis && docker-php-ext-enable redis
COPY --chown=www-data:www-data wp-content /usr/src/wordpress/wp-content
