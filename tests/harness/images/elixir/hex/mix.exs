defmodule Hex.MixProject do
  use Mix.Project

  def project, do: [app: :hex, version: "99.0.0"]
end
