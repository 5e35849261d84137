FROM ruby:2.7-alpine
ADD . /app
WORKDIR /app
RUN apk add --update build-base \
 && bundle install \
 && apk del build-base
EXPOSE 4567
CMD ["bundle", "exec", "ruby", "app.rb", "-o", "0.0.0.0"]
