FROM httpd:2.4
HEALTHCHECK NONE
COPY htdocs/ /usr/local/apache2/htdocs/
HEALTHCHECK --interval=5m --timeout=3s \
  --start-period=10s --retries=5 \
  CMD ["curl", "-f", "http://localhost/"]
