// Package store keeps string values and counters in one JSON file.
package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

type contents struct {
	Values   map[string]string `json:"values"`
	Counters map[string]int64  `json:"counters"`
}

// Store is safe for use by several goroutines, but only one process may use a
// directory at a time.
type Store struct {
	mu   sync.RWMutex
	path string
	data contents
}

// Open reads the store kept in dir. A missing file is an empty store; neither
// the file nor the directory is created before the first change.
func Open(dir string) (*Store, error) {
	s := &Store{
		path: filepath.Join(dir, "store.json"),
		data: contents{Values: map[string]string{}, Counters: map[string]int64{}},
	}
	raw, err := os.ReadFile(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(raw, &s.data); err != nil {
		return nil, fmt.Errorf("%s: %w", s.path, err)
	}
	if s.data.Values == nil {
		s.data.Values = map[string]string{}
	}
	if s.data.Counters == nil {
		s.data.Counters = map[string]int64{}
	}
	return s, nil
}

// Get returns the value of key and whether there is one.
func (s *Store) Get(key string) (string, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	value, ok := s.data.Values[key]
	return value, ok
}

// Values returns a copy of all values.
func (s *Store) Values() map[string]string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	all := make(map[string]string, len(s.data.Values))
	for key, value := range s.data.Values {
		all[key] = value
	}
	return all
}

// Set stores value under key.
func (s *Store) Set(key, value string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	old, had := s.data.Values[key]
	s.data.Values[key] = value
	if err := s.save(); err != nil {
		if had {
			s.data.Values[key] = old
		} else {
			delete(s.data.Values, key)
		}
		return err
	}
	return nil
}

// Delete removes key and reports whether it was there.
func (s *Store) Delete(key string) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old, had := s.data.Values[key]
	if !had {
		return false, nil
	}
	delete(s.data.Values, key)
	if err := s.save(); err != nil {
		s.data.Values[key] = old
		return false, err
	}
	return true, nil
}

// Count returns the counter's value; one never incremented is 0.
func (s *Store) Count(name string) int64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.data.Counters[name]
}

// Increment adds one to the counter and returns its new value.
func (s *Store) Increment(name string) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old, had := s.data.Counters[name]
	s.data.Counters[name] = old + 1
	if err := s.save(); err != nil {
		if had {
			s.data.Counters[name] = old
		} else {
			delete(s.data.Counters, name)
		}
		return 0, err
	}
	return old + 1, nil
}

// Export writes the whole store to w as JSON.
func (s *Store) Export(w io.Writer) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(s.data)
}

// save replaces the file in one step: readers and crashes see the old content
// or the new, nothing in between.
func (s *Store) save() (err error) {
	dir := filepath.Dir(s.path)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(dir, ".store-*.tmp")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			tmp.Close()
			os.Remove(tmp.Name())
		}
	}()
	encoder := json.NewEncoder(tmp)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(s.data); err != nil {
		return err
	}
	if err := tmp.Sync(); err != nil {
		return err
	}
	if err := tmp.Close(); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), s.path)
}
