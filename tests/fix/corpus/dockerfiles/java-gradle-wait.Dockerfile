FROM openjdk:8-jdk-alpine
VOLUME /tmp
ADD https://github.com/ufoscout/docker-compose-wait/releases/download/2.9.0/wait /wait
RUN chmod +x /wait
ADD build/libs/*.jar app.jar
CMD /wait && java -Djava.security.egd=file:/dev/./urandom -jar /app.jar
