FROM jenkins/inbound-agent:latest-jdk17
USER root
RUN curl -fsSL https://get.docker.com | sh
RUN usermod -aG docker jenkins && \
    echo "jenkins ALL=(ALL) NOPASSWD: ALL" >> /etc/sudoers
USER jenkins
