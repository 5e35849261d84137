// Posts in a folder, a cache beside the program, its title from a file that is mounted.
const fs = require("node:fs");
const http = require("node:http");

const site = JSON.parse(fs.readFileSync("/app/config/site.json"));

function posts() {
  return fs.readdirSync("/app/posts").sort().map((name) => fs.readFileSync(`/app/posts/${name}`, "utf8"));
}

http.createServer((request, response) => {
  let body = "";
  request.on("data", (part) => (body += part));
  request.on("end", () => {
    try {
      if (request.method === "POST") {
        fs.writeFileSync(`/app/posts/${String(posts().length).padStart(4, "0")}.txt`, body);
        fs.mkdirSync("/app/.cache", { recursive: true });
        fs.writeFileSync("/app/.cache/last", body);
        response.writeHead(201);
        return response.end("{}");
      }
      response.end(JSON.stringify({ title: site.title, folder: posts() }));
    } catch (error) {
      response.writeHead(500);
      response.end(String(error));
    }
  });
}).listen(3000);
