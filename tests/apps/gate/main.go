// Command gate is a small key-value and counter server.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"example.com/gate/internal/store"
)

const maxValue = 64 << 10

type server struct {
	store *store.Store
}

func main() {
	if err := run(); err != nil {
		log.Fatalf("gate: %v", err)
	}
}

func run() error {
	s, err := store.Open(env("DATA_DIR", "/data"))
	if err != nil {
		return err
	}
	httpServer := &http.Server{
		Addr:              ":" + env("PORT", "8080"),
		Handler:           (&server{store: s}).routes(),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       60 * time.Second,
	}

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()

	failed := make(chan error, 1)
	go func() { failed <- httpServer.ListenAndServe() }()
	log.Printf("listening on %s", httpServer.Addr)

	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}

	log.Print("shutting down")
	stop() // a second signal ends the process at once
	grace, cancel := context.WithTimeout(context.Background(), 8*time.Second)
	defer cancel()
	return httpServer.Shutdown(grace)
}

func env(name, fallback string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return fallback
}

func (s *server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", s.index)
	mux.HandleFunc("/health", s.health)
	mux.HandleFunc("/kv", s.list)
	mux.HandleFunc("/kv/", s.value)
	mux.HandleFunc("/counters/", s.counter)
	mux.HandleFunc("/export", s.export)
	return mux
}

func (s *server) index(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/" {
		fail(w, http.StatusNotFound, "not found")
		return
	}
	if !allow(w, r, http.MethodGet) {
		return
	}
	reply(w, http.StatusOK, map[string]any{
		"service":   "gate",
		"endpoints": []string{"/health", "/kv", "/kv/{key}", "/counters/{name}", "/export"},
	})
}

func (s *server) health(w http.ResponseWriter, r *http.Request) {
	if allow(w, r, http.MethodGet) {
		reply(w, http.StatusOK, map[string]string{"status": "ok"})
	}
}

func (s *server) list(w http.ResponseWriter, r *http.Request) {
	if allow(w, r, http.MethodGet) {
		reply(w, http.StatusOK, map[string]any{"values": s.store.Values()})
	}
}

func (s *server) value(w http.ResponseWriter, r *http.Request) {
	key, ok := name(w, r, "/kv/")
	if !ok || !allow(w, r, http.MethodGet, http.MethodPut, http.MethodDelete) {
		return
	}
	switch r.Method {
	case http.MethodPut:
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxValue))
		if err != nil {
			fail(w, http.StatusRequestEntityTooLarge, "the value cannot be read or is longer than 64 KiB")
			return
		}
		if err := s.store.Set(key, string(body)); err != nil {
			storageFailed(w, err)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	case http.MethodDelete:
		existed, err := s.store.Delete(key)
		switch {
		case err != nil:
			storageFailed(w, err)
		case !existed:
			fail(w, http.StatusNotFound, "no such key")
		default:
			w.WriteHeader(http.StatusNoContent)
		}
	default:
		value, ok := s.store.Get(key)
		if !ok {
			fail(w, http.StatusNotFound, "no such key")
			return
		}
		reply(w, http.StatusOK, map[string]string{"key": key, "value": value})
	}
}

func (s *server) counter(w http.ResponseWriter, r *http.Request) {
	counter, ok := name(w, r, "/counters/")
	if !ok || !allow(w, r, http.MethodGet, http.MethodPost) {
		return
	}
	count := s.store.Count(counter)
	if r.Method == http.MethodPost {
		var err error
		if count, err = s.store.Increment(counter); err != nil {
			storageFailed(w, err)
			return
		}
	}
	reply(w, http.StatusOK, map[string]any{"name": counter, "count": count})
}

// export sends a snapshot. It goes through a temporary file, so that a slow
// client does not keep the store locked.
func (s *server) export(w http.ResponseWriter, r *http.Request) {
	if !allow(w, r, http.MethodGet) {
		return
	}
	file, err := os.CreateTemp("", "gate-export-*.json")
	if err != nil {
		storageFailed(w, err)
		return
	}
	defer os.Remove(file.Name())
	defer file.Close()
	if err := s.store.Export(file); err != nil {
		storageFailed(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Disposition", `attachment; filename="gate.json"`)
	http.ServeContent(w, r, "", time.Now(), file)
}

// name returns the part of the path after prefix, which must be one segment.
func name(w http.ResponseWriter, r *http.Request, prefix string) (string, bool) {
	rest := strings.TrimPrefix(r.URL.Path, prefix)
	if rest == "" || len(rest) > 200 || strings.Contains(rest, "/") {
		fail(w, http.StatusNotFound, "not found")
		return "", false
	}
	return rest, true
}

// allow answers requests whose method is not listed. HEAD is as good as GET.
func allow(w http.ResponseWriter, r *http.Request, methods ...string) bool {
	for _, method := range methods {
		if r.Method == method || (method == http.MethodGet && r.Method == http.MethodHead) {
			return true
		}
	}
	w.Header().Set("Allow", strings.Join(methods, ", "))
	fail(w, http.StatusMethodNotAllowed, "method not allowed")
	return false
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil && !errors.Is(err, http.ErrBodyNotAllowed) {
		log.Printf("writing the answer: %v", err)
	}
}

func fail(w http.ResponseWriter, status int, message string) {
	reply(w, status, map[string]string{"error": message})
}

func storageFailed(w http.ResponseWriter, err error) {
	log.Printf("storage: %v", err)
	fail(w, http.StatusInternalServerError, "the data cannot be stored")
}
