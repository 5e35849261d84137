#!/bin/sh
# Composer as one file, as the original is: it unpacks itself where it is used, with the packages of the samples.
set -e
if [ ! -d /usr/share/harness ]; then
    sed '1,/^__ARCHIVE__$/d' "$0" | tar -xz -C /usr
fi
home=${COMPOSER_HOME:-$HOME/.composer}
mkdir -p "$home"
[ -e "$home/config.json" ] || cp /usr/share/harness/config.json "$home/"
COMPOSER_HOME=$home COMPOSER_MIRROR_PATH_REPOS=1 exec php -d auto_prepend_file=/usr/share/harness/intl.php /usr/bin/composer.php "$@"
__ARCHIVE__
