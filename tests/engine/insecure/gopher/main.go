// Keeps notes in a folder: POST / keeps one, GET / gives all of them.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
)

const folder = "/data"

func kept() []string {
	files, _ := filepath.Glob(filepath.Join(folder, "*.txt"))
	notes := []string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err == nil {
			notes = append(notes, string(text))
		}
	}
	return notes
}

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			text, _ := io.ReadAll(r.Body)
			name := filepath.Join(folder, fmt.Sprintf("%04d.txt", len(kept())))
			if err := os.WriteFile(name, text, 0o600); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			w.WriteHeader(http.StatusCreated)
			return
		}
		json.NewEncoder(w).Encode(map[string]any{"folder": kept()})
	})
	if err := http.ListenAndServe(":8080", nil); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
