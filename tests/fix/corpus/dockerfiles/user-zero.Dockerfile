FROM bitnami/nginx:1.27
USER 0
RUN install_packages vim
COPY conf /opt/bitnami/nginx/conf
