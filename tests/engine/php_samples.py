"""PHP as people have it: pages alone, Composer with a lock file and extensions, Symfony with a folder that it writes."""

import json

_ROUTE = "RewriteEngine On\nRewriteRule ^healthz$ index.php [L]\n"
PLAIN = {
    ".htaccess": _ROUTE,
    "index.php": (
        "<?php\nsession_start();\nfile_put_contents(sys_get_temp_dir() . '/seen', 'x', FILE_APPEND);\n"
        "echo is_writable(__FILE__) ? 'open' : 'hello', ' ', $_SERVER['REQUEST_URI'] === '/healthz' ? 'again' : '';\n"
    ),
}

_INDEX = """<?php

use FastRoute\\Dispatcher;
use Shop\\Answer;

require __DIR__ . '/../vendor/autoload.php';
$routes = FastRoute\\simpleDispatcher(fn ($routes) => $routes->addRoute('GET', '/healthz', fn () => new Answer()));
$found = $routes->dispatch('GET', parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH));
echo $found[0] === Dispatcher::FOUND ? $found[1]() : 'no such page';
"""
_ANSWER = """<?php

namespace Shop;

final class Answer
{
    public function __toString(): string
    {
        $development = interface_exists('Psr\\Log\\LoggerInterface');
        return bcadd('1', '1') . gmp_add(1, 1) . (apcu_store('a', 1) && !$development && !ini_get('expose_php') ? 'hello' : 'bare');
    }
}
"""
_REQUIRED = {"php": ">=8.2", "ext-bcmath": "*", "ext-gmp": "*", "ext-apcu": "*", "nikic/fast-route": "^1.3"}
COMPOSER = {
    "composer.json": json.dumps(
        {"name": "acme/shop", "require": _REQUIRED, "require-dev": {"psr/log": "^3.0"}, "autoload": {"psr-4": {"Shop\\": "src/"}}}, indent=4
    ),
    "public/index.php": _INDEX,
    "src/Answer.php": _ANSWER,
}

_KERNEL = """<?php

namespace App;

use Symfony\\Bundle\\FrameworkBundle\\FrameworkBundle;
use Symfony\\Bundle\\FrameworkBundle\\Kernel\\MicroKernelTrait;
use Symfony\\Component\\DependencyInjection\\Loader\\Configurator\\ContainerConfigurator;
use Symfony\\Component\\HttpFoundation\\Response;
use Symfony\\Component\\HttpKernel\\Kernel as Base;
use Symfony\\Component\\Routing\\Loader\\Configurator\\RoutingConfigurator;

final class Kernel extends Base
{
    use MicroKernelTrait;

    public function registerBundles(): iterable
    {
        yield new FrameworkBundle();
    }

    protected function configureContainer(ContainerConfigurator $container): void
    {
        $container->extension('framework', ['secret' => 'for the test', 'http_method_override' => false]);
    }

    protected function configureRoutes(RoutingConfigurator $routes): void
    {
        $routes->add('health', '/healthz')->controller([self::class, 'health']);
    }

    public function health(): Response
    {
        return new Response('hello ' . $this->getEnvironment() . (is_file($this->getCacheDir() . '/App_KernelProdContainer.php') ? ' cached' : ''));
    }
}
"""
SYMFONY = {
    "composer.json": json.dumps({"require": {"php": ">=8.1", "symfony/framework-bundle": "^6.4"}, "autoload": {"psr-4": {"App\\": "src/"}}}),
    "public/index.php": (
        "<?php\n\nuse App\\Kernel;\nuse Symfony\\Component\\HttpFoundation\\Request;\n\nrequire __DIR__ . '/../vendor/autoload.php';\n"
        "$kernel = new Kernel($_SERVER['APP_ENV'] ?? 'dev', (bool) ($_SERVER['APP_DEBUG'] ?? true));\n"
        "$response = $kernel->handle($request = Request::createFromGlobals());\n$response->send();\n$kernel->terminate($request, $response);\n"
    ),
    "src/Kernel.php": _KERNEL,
}
LOCK = "composer update --no-install --ignore-platform-reqs"
"""Makes the lock file, in Composer's own image."""
