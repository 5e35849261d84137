<?php
// What Debian has of libraries as packages of Composer: folders in share/harness, and a repository that lists them.
[$_, $root] = $argv;
$made = [];
$package = function (string $name, string $version, array $folders, array $more) use ($root, &$made): void {
    $place = "$root/share/harness/" . strtr($name, '/', '-');
    mkdir($place, 0755, true);
    foreach ($folders as $folder) {
        mkdir(dirname("$place/$folder"), 0755, true);
        passthru('cp -r ' . escapeshellarg("$root/share/php/$folder") . ' ' . escapeshellarg("$place/$folder"));
    }
    file_put_contents("$place/composer.json", json_encode(['name' => $name] + $more));
    $made[$name][$version] = ['name' => $name, 'version' => $version, 'dist' => ['type' => 'path', 'url' => '/usr/share/harness/' . strtr($name, '/', '-'), 'reference' => $version]] + $more;
};
$package('nikic/fast-route', '1.3.0', ['FastRoute'], ['autoload' => ['psr-4' => ['FastRoute\\' => 'FastRoute/'], 'files' => ['FastRoute/functions.php']]]);
$package('psr/log', '3.0.2', ['Psr/Log'], ['autoload' => ['psr-4' => ['Psr\\Log\\' => 'Psr/Log/']]]);
$package('symfony/framework-bundle', '6.4.41', ['Symfony', 'Psr'], ['require' => ['ext-xml' => '*'], 'autoload' => ['psr-4' => ['' => ''],
    'files' => ['Symfony/Contracts/Deprecation/function.php', 'Symfony/Component/String/Resources/functions.php']]]);
file_put_contents("$root/share/harness/packages.json", json_encode(['packages' => $made]));
file_put_contents("$root/share/harness/config.json", json_encode(['repositories' => [
    ['type' => 'composer', 'url' => 'file:///usr/share/harness'], ['packagist.org' => false]]]));
// Debian's Composer asks for intl, where the original brings its own.
copy(__DIR__ . '/intl.php', "$root/share/harness/intl.php");
rename("$root/bin/composer", "$root/bin/composer.php");
