FROM perl:5.38-slim
RUN cpanm --notest Mojolicious && rm -rf ~/.cpanm
WORKDIR /opt/app
COPY app.pl .
CMD ["./app.pl", "daemon", "-l", "http://*:3000"]
