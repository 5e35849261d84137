// The health check of an image that has no shell and no curl: it asks a URL or a TCP port, and exits with 0 or 1.
use std::env;
use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::process::exit;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(5);

fn dial(address: &str) -> Result<TcpStream, String> {
    let mut failed = format!("{address}: no such address");
    for each in address.to_socket_addrs().map_err(|error| error.to_string())? {
        match TcpStream::connect_timeout(&each, PATIENCE) {
            Ok(stream) => return Ok(stream),
            Err(error) => failed = error.to_string(),
        }
    }
    Err(failed)
}

fn check(target: &str) -> Result<(), String> {
    if let Some(address) = target.strip_prefix("tcp://") {
        return dial(address).map(|_| ());
    }
    let rest = target.strip_prefix("http://").ok_or("not http:// or tcp://")?;
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let address = if host.contains(':') { host.to_string() } else { format!("{host}:80") };
    let path = if path.is_empty() { "/" } else { path };
    let mut stream = dial(&address)?;
    stream.set_read_timeout(Some(PATIENCE)).map_err(|error| error.to_string())?;
    stream.set_write_timeout(Some(PATIENCE)).map_err(|error| error.to_string())?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: healthcheck\r\nAccept: */*\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).map_err(|error| error.to_string())?;
    // The first line says it: "HTTP/1.1 200 OK".
    let mut head = [0u8; 12];
    stream.read_exact(&mut head).map_err(|error| error.to_string())?;
    let head = String::from_utf8_lossy(&head);
    match head.strip_prefix("HTTP/1.").and_then(|line| line.get(2..5)).and_then(|code| code.parse::<u16>().ok()) {
        Some(code) if code < 400 => Ok(()),
        Some(code) => Err(format!("status {code}")),
        None => Err("no answer of HTTP".to_string()),
    }
}

fn main() {
    let words: Vec<String> = env::args().collect();
    if words.len() != 2 {
        eprintln!("usage: healthcheck URL");
        exit(2);
    }
    if let Err(error) = check(&words[1]) {
        eprintln!("{error}");
        exit(1);
    }
}
