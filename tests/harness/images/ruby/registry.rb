# Debian's Ruby packages as a registry of gems: a folder with an index that Bundler takes for rubygems.org.
# The gems hold what Debian compiled, so that none needs a compiler.
require "fileutils"
require "rubygems/package"
require "tmpdir"
require "zlib"

TO = ARGV.fetch(0)
OWN = %w[bundler rubygems-update]
LIBS = ["/usr/lib/ruby/vendor_ruby", *Dir["/usr/lib/*/ruby/vendor_ruby/*.*.*"]]
# Gems whose files Debian keeps among all the others, by what they consist of.
APART = {
  "bootsnap" => %w[bootsnap.rb bootsnap], "mail" => %w[mail.rb mail], "useragent" => %w[useragent.rb user_agent.rb user_agent],
  "racc" => %w[racc.rb racc], "websocket-driver" => %w[websocket websocket_mask.so],
}

# The newest of each that is not part of Ruby itself; what is (without files of its own), by its name.
newest = Gem::Specification.reject { |spec| OWN.include?(spec.name) }.group_by(&:name).map { |_, all| all.max_by(&:version) }
FileUtils.mkdir_p(["#{TO}/gems", "#{TO}/quick/Marshal.4.8"])
index = newest.filter_map do |spec|
  lib = "#{Dir.mktmpdir}/lib"
  home = File.dirname(lib)
  FileUtils.mkdir_p(lib)
  if File.directory?(spec.full_gem_path)
    FileUtils.cp_r("#{spec.full_gem_path}/.", home, remove_destination: true)
  elsif (parts = APART[spec.name])
    parts.product(LIBS) { |part, from| FileUtils.cp_r("#{from}/#{part}", lib) if File.exist?("#{from}/#{part}") }
  elsif !spec.default_gem?
    next
  end
  FileUtils.cp_r("#{spec.extension_dir}/.", lib) if !spec.default_gem? && File.directory?(spec.extension_dir)
  if spec.name == "bootsnap"
    FileUtils.mkdir("#{home}/exe")
    File.write("#{home}/exe/bootsnap", %(#!/usr/bin/env ruby\nrequire "bootsnap/cli"\nexit Bootsnap::CLI.new(ARGV).run\n), perm: 0o755)
    spec.executables = ["bootsnap"]
    spec.bindir = "exe"
  end
  Dir.chdir(home) do
    gem = Gem::Specification.new(spec.name, spec.version) do |made|
      made.summary, made.authors, made.homepage = spec.name, ["Debian"], spec.homepage
      made.require_paths = spec.require_paths.reject { |path| path.start_with?("/") }
      made.files = Dir["**/*"].reject { |path| File.directory?(path) || path.end_with?(".gem", ".out") }
      made.bindir = spec.bindir
      made.executables = spec.executables.select { |name| File.exist?("#{spec.bindir}/#{name}") }
      spec.runtime_dependencies.each { |needed| made.add_dependency(needed.name, *needed.requirement.as_list) }
    end
    Gem::DefaultUserInteraction.use_ui(Gem::SilentUI.new) { FileUtils.mv(Gem::Package.build(gem, true), "#{TO}/gems/") }
    gem.files = []
    File.binwrite("#{TO}/quick/Marshal.4.8/#{gem.full_name}.gemspec.rz", Zlib.deflate(Marshal.dump(gem)))
    [gem.name, gem.version, "ruby"]
  end
end
{ "specs" => index, "latest_specs" => index, "prerelease_specs" => [] }.each do |name, rows|
  Zlib::GzipWriter.open("#{TO}/#{name}.4.8.gz") { |file| file.write(Marshal.dump(rows)) }
end
puts "#{index.size} gems"
