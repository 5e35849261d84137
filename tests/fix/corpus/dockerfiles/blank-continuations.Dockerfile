FROM ubuntu:22.04

RUN apt-get update \

 && apt-get install -y curl \


 && true

ENV A=1 \

    B=2
CMD ["sh", \
     "-c", \
     "sleep infinity"]
