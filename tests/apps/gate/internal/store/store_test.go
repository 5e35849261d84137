package store

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
)

func open(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSurvivesReopening(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not", "there", "yet")
	s := open(t, dir)
	if err := s.Set("color", "teal"); err != nil {
		t.Fatal(err)
	}
	if err := s.Set("gone", "x"); err != nil {
		t.Fatal(err)
	}
	if existed, err := s.Delete("gone"); err != nil || !existed {
		t.Fatalf("Delete = %v, %v", existed, err)
	}
	if _, err := s.Increment("visits"); err != nil {
		t.Fatal(err)
	}

	s = open(t, dir)
	if value, ok := s.Get("color"); !ok || value != "teal" {
		t.Errorf("Get(color) = %q, %v", value, ok)
	}
	if _, ok := s.Get("gone"); ok {
		t.Error("a deleted key came back")
	}
	if n := s.Count("visits"); n != 1 {
		t.Errorf("Count(visits) = %d", n)
	}
}

func TestConcurrentIncrements(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	var wg sync.WaitGroup
	for i := 0; i < 20; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if _, err := s.Increment("visits"); err != nil {
				t.Error(err)
			}
		}()
	}
	wg.Wait()
	if n := open(t, dir).Count("visits"); n != 20 {
		t.Errorf("Count(visits) = %d, want 20", n)
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 1 {
		t.Errorf("%d files in the data directory, want 1", len(files))
	}
}

func TestRefusesDamagedFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "store.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); err == nil {
		t.Error("Open accepted a damaged file")
	}
}
