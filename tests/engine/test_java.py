"""Projects in Java: built by Maven, started, healthy, asked before and after a restart, ended by their own word; what fills the heap says so."""

from pathlib import Path

import pytest

from tests.engine.running import Engine, Running, hurried, probed, scaffold, started, until

pytestmark = pytest.mark.engine

_POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>org.example</groupId>
  <artifactId>cafe</artifactId>
  <version>1.2</version>
  <properties>
    <maven.compiler.release>17</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  {inside}
</project>
"""
_PLAIN = _POM.format(
    inside="""<build><plugins><plugin>
    <artifactId>maven-jar-plugin</artifactId>
    <configuration><archive><manifest><mainClass>cafe.Main</mainClass></manifest></archive></configuration>
  </plugin></plugins></build>"""
)
_SERVER = """package cafe;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;

public class Main {
    public static void main(String[] arguments) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(8085), 0);
        server.createContext("/healthz", exchange -> {
            exchange.sendResponseHeaders(200, 5);
            exchange.getResponseBody().write("hello".getBytes());
            exchange.close();
        });
        server.start();
    }
}
"""
_SHADED = _POM.format(
    inside="""<dependencies>
    <dependency><groupId>org.apache.tomcat.embed</groupId><artifactId>tomcat-embed-core</artifactId><version>10.x</version></dependency>
  </dependencies>
  <build><plugins><plugin>
    <groupId>org.apache.maven.plugins</groupId>
    <artifactId>maven-shade-plugin</artifactId>
    <version>3.6.0</version>
    <executions><execution>
      <phase>package</phase>
      <goals><goal>shade</goal></goals>
      <configuration><transformers>
        <transformer implementation="org.apache.maven.plugins.shade.resource.ManifestResourceTransformer"><mainClass>cafe.Cafe</mainClass></transformer>
      </transformers></configuration>
    </execution></executions>
  </plugin></plugins></build>"""
)
_TOMCAT = """package cafe;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import org.apache.catalina.startup.Tomcat;

public class Cafe extends HttpServlet {
    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getParameter("fill") != null) {
            for (var heap = new ArrayList<byte[]>();;) heap.add(new byte[1 << 20]);
        }
        Files.writeString(File.createTempFile("hello", ".txt", new File(System.getProperty("user.home"))).toPath(), "hello");
        response.getWriter().print("hello");
    }

    public static void main(String[] arguments) throws Exception {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(Files.createTempDirectory("tomcat").toString());
        tomcat.setPort(Integer.parseInt(System.getenv().getOrDefault("PORT", "8086")));
        tomcat.getConnector();
        var context = tomcat.addContext("", new File(".").getAbsolutePath());
        Tomcat.addServlet(context, "cafe", new Cafe());
        context.addServletMappingDecoded("/healthz", "cafe");
        tomcat.start();
        tomcat.getServer().await();
    }
}
"""


def _project(engine: Engine, folder: Path, files: dict[str, str], port: int, *settings: str) -> Running:
    source = folder / "source"
    for path, text in files.items():
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        (source / path).write_text(text)
    options = [word for setting in settings for word in ("--set", setting)]
    running = scaffold(engine, source, folder / "cafe", *options, inside=port)
    running.overrides = (hurried(running),)
    return running


def _says_hello(running: Running) -> None:
    until(lambda: running.ask("/healthz"), lambda answer: answer == (200, "hello"), within=60)


def test_a_jar_with_a_main_class_whatever_it_is_called(engine: Engine, tmp_path: Path) -> None:
    files = {"pom.xml": _PLAIN, "src/main/java/cafe/Main.java": _SERVER}
    with started(_project(engine, tmp_path, files, 8085, "command=java -jar app.jar")) as running:
        _says_hello(running)


@pytest.mark.thorough
def test_a_servlet_engine_with_its_libraries_in_one_jar(engine: Engine, tmp_path: Path) -> None:
    files = {"pom.xml": _SHADED, "src/main/java/cafe/Cafe.java": _TOMCAT}
    with started(_project(engine, tmp_path, files, 8086, "seccomp=trimmed")) as running:
        assert running.workload.command == ("java", "-jar", "target/cafe-1.2.jar")
        _says_hello(running)
        running.compose("restart", "cafe")
        _says_hello(running)
        assert probed(running) == {}

        running.ask("/healthz?fill=1")
        until(lambda: running.inspect("cafe")["RestartCount"], lambda count: count == 1)
        assert "Terminating due to java.lang.OutOfMemoryError: Java heap space" in running.compose("logs", "--no-log-prefix", "cafe")
        _says_hello(running)

        running.compose("stop", "cafe")
        assert running.inspect("cafe")["State"]["ExitCode"] == 128 + 15, "ended by the JVM at SIGTERM, not by SIGKILL"
        assert not [line for line in running.logs().splitlines() if "Read-only" in line or "denied" in line]
