// SPDX-License-Identifier: Apache-2.0

package blob_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/kit/blob"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/id"
)

var errCut = errors.New("the connection was cut")

func open(t *testing.T, dir string) *blob.Store {
	t.Helper()
	s, err := blob.Open(t.Context(), (&url.URL{Scheme: "file", Path: filepath.ToSlash(dir)}).String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// files returns all files below dir with their sizes, by their path.
func files(t *testing.T, dir string) map[string]int64 {
	t.Helper()
	list := map[string]int64{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		list[filepath.ToSlash(name)] = info.Size()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	for name, body := range map[string][]byte{
		"nothing":  {},
		"a word":   []byte("附件"),
		"the most": bytes.Repeat([]byte{0, 1, 2, 255}, 25_000),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s := open(t, dir)
			key, size, sum, err := s.Put(t.Context(), iotest.OneByteReader(bytes.NewReader(body)), 100_000)
			if err != nil {
				t.Fatal(err)
			}
			want := sha256.Sum256(body)
			if size != int64(len(body)) || sum != hex.EncodeToString(want[:]) || !id.IsToken(key) {
				t.Errorf("%d bytes, %s, %s", size, sum, key)
			}
			if diff := cmp.Diff(map[string]int64{key[:1] + "/" + key[1:2] + "/" + key: size}, files(t, dir)); diff != "" {
				t.Error(diff)
			}
			r, n, err := open(t, dir).Open(t.Context(), key) // as after a restart
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(r)
			if err != nil || n != size || !bytes.Equal(got, body) {
				t.Errorf("%d of %d bytes came back, %v", len(got), n, err)
			}
			if _, ok := r.(io.Seeker); !ok {
				t.Error("it cannot be served in parts")
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAFailedPutLeavesNothing(t *testing.T) {
	t.Parallel()
	cut, stop := context.WithCancel(context.Background())
	ended, end := context.WithCancel(context.Background())
	end()
	half := strings.NewReader(strings.Repeat("x", 64))
	cases := []struct {
		name string
		ctx  context.Context
		r    io.Reader
		want error
	}{
		{"too large", context.Background(), strings.NewReader(strings.Repeat("x", 101)), errs.New(errs.TooLarge, "blob.too_large")},
		{"endless", context.Background(), endless{}, errs.New(errs.TooLarge, "blob.too_large")},
		{"cut off", context.Background(), io.MultiReader(half, iotest.ErrReader(errCut)), errCut},
		{"F10 the disk is full", context.Background(), iotest.ErrReader(&fs.PathError{Op: "write", Err: syscall.ENOSPC}), errs.New(errs.Unavailable, "blob.full")},
		{"nobody waits any more", cut, iotest.OneByteReader(io.MultiReader(strings.NewReader("xy"), cancels{stop}, endless{})), context.Canceled},
		{"nobody waits at all", ended, endless{}, context.Canceled},
	}
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s := open(t, dir)
			key, _, _, err := s.Put(tt.ctx, tt.r, 100)
			if !errors.Is(err, tt.want) || key != "" {
				t.Errorf("%q, %v", key, err)
			}
			if left := files(t, dir); len(left) != 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// endless never ends.
type endless struct{}

func (endless) Read(b []byte) (int, error) { return len(b), nil }

// cancels ends a context when it is read.
type cancels struct{ end func() }

func (c cancels) Read([]byte) (int, error) {
	c.end()
	return 0, io.EOF
}

func TestDelete(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	key, _, _, err := s.Put(t.Context(), strings.NewReader("x"), 1)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Delete(t.Context(), key); err != nil {
			t.Error(err)
		}
	}
	if _, _, err := s.Open(t.Context(), key); !errors.Is(err, errs.New(errs.NotFound, "blob.not_found")) {
		t.Error(err)
	}
	if left := files(t, dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestS67_AForeignKeyReachesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "blobs"))
	for name, body := range map[string]string{"secret": "x", "blobs/tmp/half": "x"} {
		if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range []string{"", "..", "../secret", "../../secret", "/etc/passwd", "tmp/half", "half", id.Token()[:25] + "/", "AAAAAAAAAAAAAAAAAAAAAAAAAA", id.Token()} {
		if _, _, err := s.Open(t.Context(), key); errs.KindOf(err) != errs.NotFound {
			t.Errorf("%q: %v", key, err)
		}
		if err := s.Delete(t.Context(), key); err != nil {
			t.Errorf("%q: %v", key, err)
		}
	}
	if left := files(t, dir); len(left) != 2 {
		t.Errorf("only these are left: %v", left)
	}
}

func TestALinkLeadsNowhereOutside(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Log("making a link needs a privilege there; the keys are checked above")
		return
	}
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "blobs"))
	if err := os.WriteFile(filepath.Join(dir, "secret"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	key := id.Token()
	folder := filepath.Join(dir, "blobs", key[:1], key[1:2])
	if err := errors.Join(os.MkdirAll(folder, 0o700), os.Symlink(filepath.Join(dir, "secret"), filepath.Join(folder, key))); err != nil {
		t.Fatal(err)
	}
	if r, _, err := s.Open(t.Context(), key); err == nil {
		_ = r.Close()
		t.Error("it was followed")
	}
}

func TestF06_WhatACrashLeftHalfWrittenIsSwept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	key, _, _, err := s.Put(t.Context(), strings.NewReader("x"), 1)
	if err != nil {
		t.Fatal(err)
	}
	old, young := filepath.Join(dir, "tmp", id.Token()), filepath.Join(dir, "tmp", id.Token())
	for _, name := range []string{old, young} {
		if err := os.WriteFile(name, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(young)
	if err != nil {
		t.Fatal(err)
	}
	then := info.ModTime().Add(-25 * time.Hour)
	if err := os.Chtimes(old, then, then); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
	want := map[string]int64{key[:1] + "/" + key[1:2] + "/" + key: 1, "tmp/" + filepath.Base(young): 4}
	if diff := cmp.Diff(want, files(t, dir)); diff != "" {
		t.Error(diff)
	}
}

func TestWalkMeetsEveryFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	want := map[string]int64{}
	for i := range 20 {
		key, size, _, err := s.Put(t.Context(), strings.NewReader(strings.Repeat("x", i)), 100)
		if err != nil {
			t.Fatal(err)
		}
		want[key] = size
	}
	for _, stray := range []string{"tmp/" + id.Token(), "notes.txt", id.Token()} {
		if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(stray)), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got := map[string]int64{}
	err := s.Walk(t.Context(), func(key string, size int64) error {
		got[key] = size
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if err := s.Walk(t.Context(), func(string, int64) error { return errCut }); !errors.Is(err, errCut) {
		t.Error(err)
	}
}

func TestManyPutAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	nodes := []*blob.Store{open(t, dir), open(t, dir)}
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			if _, _, _, err := nodes[i%2].Put(t.Context(), strings.NewReader("x"), 1); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := files(t, dir); len(got) != 40 {
		t.Errorf("%d files", len(got))
	}
}

func TestOthersOnTheMachineSeeNothing(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data", "blobs")
	s := open(t, dir)
	if _, _, _, err := s.Put(t.Context(), strings.NewReader("x"), 1); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(filepath.Dir(dir), func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestOpenRefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, at := range []string{"", "/dir", "file://", "file://host/dir", "file:dir", "s3://bucket", "%", "file://" + filepath.ToSlash(file)} {
		if s, err := blob.Open(t.Context(), at); err == nil {
			_ = s.Close()
			t.Errorf("%q was opened", at)
		}
	}
}
