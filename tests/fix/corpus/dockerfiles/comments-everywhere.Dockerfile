# first
# second

FROM debian:12
    # indented
# a comment that ends with a backslash \
RUN apt-get update && \
# in the middle
    # indented in the middle

    apt-get install -y \
      nginx # a hash that belongs to the shell

# before the user
USER www-data
# after the user

# the end
