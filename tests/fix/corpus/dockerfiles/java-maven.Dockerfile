FROM maven:3.9-eclipse-temurin-21 AS MAVEN_BUILD
COPY pom.xml /build/
COPY src /build/src/
WORKDIR /build/
RUN mvn -B -DskipTests package
FROM eclipse-temurin:21-jre
LABEL maintainer="someone@example.com"
ENV JAVA_OPTS=""
WORKDIR /app
COPY --from=MAVEN_BUILD /build/target/demo-0.0.1-SNAPSHOT.jar /app/
ENTRYPOINT exec java $JAVA_OPTS -jar demo-0.0.1-SNAPSHOT.jar
