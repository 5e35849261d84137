"""Small programs in Ruby and Elixir, as their authors wrote them, for test_stacks.py."""

SINATRA = {
    "Gemfile": 'source "https://rubygems.org"\n\ngem "puma"\ngem "rackup"\ngem "sinatra"\n\ngroup :development do\n  gem "rake"\nend\n',
    "config.ru": 'require "./app"\nrun App\n',
    "app.rb": 'require "sinatra/base"\n\nclass App < Sinatra::Base\n  get("/healthz") { "hello" }\nend\n',
}

RAILS = {
    "Gemfile": 'source "https://rubygems.org"\n\ngem "bootsnap", require: false\ngem "puma"\ngem "rails"\n',
    "Rakefile": 'require_relative "config/application"\nRails.application.load_tasks\n',
    "bin/rails": (
        '#!/usr/bin/env ruby\nAPP_PATH = File.expand_path("../config/application", __dir__)\nrequire_relative "../config/boot"\nrequire "rails/commands"\n'
    ),
    "config.ru": 'require_relative "config/environment"\nrun Rails.application\n',
    "config/boot.rb": 'require "bundler/setup"\nrequire "bootsnap/setup"\n',
    "config/application.rb": (
        'require_relative "boot"\nrequire "rails"\nrequire "action_controller/railtie"\n\n'
        "class Shop < Rails::Application\n  config.load_defaults 7.2\n  config.eager_load = true\n  config.logger = Logger.new($stdout)\nend\n"
    ),
    "config/environment.rb": 'require_relative "application"\nRails.application.initialize!\n',
    "config/routes.rb": 'Rails.application.routes.draw { get "/healthz", to: "shop#show" }\n',
    "config/storage.yml": "local:\n  service: Disk\n",
    "lib/tasks/assets.rake": (
        'task "assets:precompile" => :environment do\n  mkdir_p "public/assets"\n  File.write("public/assets/hello.txt", "hello")\nend\n'
    ),
    "app/controllers/shop_controller.rb": """class ShopController < ActionController::Base
  def show
    session[:asked] = cookies.signed[:asked] = "once"
    Rails.root.join("storage/asked").open("a") { |file| file.puts(1) }
    render plain: Rails.root.join("public/assets/hello.txt").read
  end
end
""",
    "storage/.keep": "",
}
"""It keeps something in a folder that its repository has already, and signs what it hands out with its secret."""

ELIXIR = {
    "mix.exs": """defmodule Hello.MixProject do
  use Mix.Project

  def project, do: [app: :hello, version: "0.1.0", elixir: "~> 1.14", start_permanent: Mix.env() == :prod, deps: []]

  def application, do: [extra_applications: [:logger], mod: {Hello, []}]
end
""",
    "mix.lock": "%{}\n",
    "config/runtime.exs": 'import Config\n\nconfig :hello, port: String.to_integer(System.get_env("PORT") || "4000")\n',
    "lib/hello.ex": """defmodule Hello do
  use Application

  @impl true
  def start(_type, _arguments) do
    port = Application.fetch_env!(:hello, :port)
    Supervisor.start_link([{Task, fn -> listen(port) end}], strategy: :one_for_one)
  end

  defp listen(port) do
    {:ok, listener} = :gen_tcp.listen(port, [:binary, active: false, reuseaddr: true, packet: :http_bin])
    accept(listener)
  end

  defp accept(listener) do
    {:ok, socket} = :gen_tcp.accept(listener)
    spawn(fn -> answer(socket) end)
    accept(listener)
  end

  defp answer(socket) do
    with {:ok, {:http_request, _, {:abs_path, "/healthz"}, _}} <- :gen_tcp.recv(socket, 0) do
      :gen_tcp.send(socket, "HTTP/1.0 200 OK\\r\\nConnection: close\\r\\n\\r\\nhello")
    end

    :gen_tcp.close(socket)
  end
end
""",
}
"""Without a package, so that Hex is not asked; its settings are made when it starts, for which a release writes a file."""
