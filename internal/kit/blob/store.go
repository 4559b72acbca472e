// SPDX-License-Identifier: Apache-2.0

package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/id"
)

const (
	// tmp holds what is being written.
	tmp = "tmp"
	// leftover is the age after which nobody is writing a file in tmp any more.
	leftover = 24 * time.Hour
)

// Store is a place for files. It is safe for concurrent use, and several nodes may share a folder.
type Store struct {
	dir  *os.Root // nothing outside of it can be reached, by whatever name or link
	made sync.Map // folders that are known to be on disk
}

// Open opens the store at a URL, "file:///absolute/dir", makes the folder if it is not there,
// and removes what a crash left half written.
func Open(ctx context.Context, at string) (*Store, error) {
	u, err := url.Parse(at)
	if err != nil || u.Scheme != "file" || u.Host != "" || !path.IsAbs(u.Path) {
		return nil, errors.New("open blobs: the URL must be file:// and an absolute folder")
	}
	folder := filepath.FromSlash(u.Path)
	if filepath.VolumeName(folder[1:]) != "" { // "/C:/dir"
		folder = folder[1:]
	}
	if err := makeFolder(folder); err != nil {
		return nil, fmt.Errorf("open blobs: %w", err)
	}
	dir, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("open blobs: %w", err)
	}
	s := &Store{dir: dir}
	if err := errors.Join(s.folder(tmp), s.sweep(ctx)); err != nil {
		_ = dir.Close()
		return nil, fmt.Errorf("open blobs: %w", err)
	}
	return s, nil
}

// makeFolder makes a folder and what is missing above it, and makes their names durable.
func makeFolder(name string) error {
	parent := filepath.Dir(name)
	err := os.Mkdir(name, 0o700)
	if errors.Is(err, fs.ErrNotExist) && parent != name {
		if err := makeFolder(parent); err != nil {
			return err
		}
		err = os.Mkdir(name, 0o700)
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	// A folder whose parent we may not read was there before us.
	if err := syncFolder(os.Open, parent); err != nil && !errors.Is(err, fs.ErrPermission) {
		return err
	}
	return nil
}

// sweep removes files in tmp that are a day old. Younger ones may belong to another node. The
// present is what the file system says it is, since that is what it writes on the files.
func (s *Store) sweep(ctx context.Context) error {
	probe, err := s.create()
	if err != nil {
		return err
	}
	defer s.discard(probe)
	now, err := probe.Stat()
	if err != nil {
		return err
	}
	list, err := fs.ReadDir(s.dir.FS(), tmp)
	if err != nil {
		return err
	}
	for _, e := range list {
		if err := ctx.Err(); err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil || now.ModTime().Sub(info.ModTime()) < leftover {
			continue // gone meanwhile, or young
		}
		if err := s.dir.Remove(path.Join(tmp, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Close lets the folder go. Files that are open stay so.
func (s *Store) Close() error { return s.dir.Close() }

// Put writes what r gives, at most so many bytes, and returns when it is on disk, with the
// SHA-256 in hex. It keeps nothing in memory, and nothing on disk when it fails.
//
// Errors: TooLarge "blob.too_large"; Unavailable "blob.full" when the disk is; the error of r;
// the end of ctx.
func (s *Store) Put(ctx context.Context, r io.Reader, most int64) (key string, size int64, sum string, err error) {
	f, err := s.create()
	if err != nil {
		return "", 0, "", failed("put blob", err)
	}
	defer s.discard(f)
	digest := sha256.New()
	size, err = io.Copy(io.MultiWriter(f, digest), io.LimitReader(reader{ctx, r}, min(most, math.MaxInt64-1)+1))
	if err == nil && size > most {
		err = errs.New(errs.TooLarge, "blob.too_large")
	}
	if err != nil {
		return "", 0, "", failed("put blob", err)
	}
	if key, err = s.settle(f); err != nil {
		return "", 0, "", failed("put blob", err)
	}
	return key, size, hex.EncodeToString(digest.Sum(nil)), nil
}

// settle makes a written file durable under its key.
func (s *Store) settle(f *os.File) (string, error) {
	if err := f.Sync(); err != nil {
		return "", err
	}
	if err := f.Close(); err != nil {
		return "", err
	}
	key := id.Token()
	at := place(key)
	folder := path.Dir(at)
	if err := errors.Join(s.folder(path.Dir(folder)), s.folder(folder)); err != nil {
		return "", err
	}
	if err := s.dir.Rename(path.Join(tmp, filepath.Base(f.Name())), at); err != nil {
		return "", err
	}
	if err := syncFolder(s.dir.Open, folder); err != nil {
		return "", errors.Join(err, s.dir.Remove(at))
	}
	return key, nil
}

// create opens a new file in tmp.
func (s *Store) create() (*os.File, error) {
	return s.dir.OpenFile(path.Join(tmp, id.Token()), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
}

// discard removes a file of create, if it is still in tmp.
func (s *Store) discard(f *os.File) {
	_ = f.Close()
	_ = s.dir.Remove(path.Join(tmp, filepath.Base(f.Name())))
}

// folder makes a folder, and makes sure that its name is on disk. That another process made it
// does not mean that it has synced the folder above, so each process does so once itself.
func (s *Store) folder(name string) error {
	if _, ok := s.made.Load(name); ok {
		return nil
	}
	if err := s.dir.Mkdir(name, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := syncFolder(s.dir.Open, path.Dir(name)); err != nil {
		return err
	}
	s.made.Store(name, true)
	return nil
}

// place is where a key lies: two floors of 32 folders each.
func place(key string) string { return path.Join(key[:1], key[1:2], key) }

// Open returns a file and its size. NotFound "blob.not_found". The caller closes it; it can
// also be an io.ReadSeeker, as http.ServeContent wants it.
func (s *Store) Open(ctx context.Context, key string) (io.ReadCloser, int64, error) {
	gone := errs.New(errs.NotFound, "blob.not_found")
	if err := ctx.Err(); err != nil {
		return nil, 0, err
	}
	if !id.IsToken(key) {
		return nil, 0, gone
	}
	f, err := s.dir.Open(place(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, gone
	}
	if err != nil {
		return nil, 0, fmt.Errorf("open blob: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, 0, errors.Join(fmt.Errorf("open blob: %w", err), f.Close())
	}
	return f, info.Size(), nil
}

// Delete removes a file. It is no error if there is none: the end is the same.
func (s *Store) Delete(ctx context.Context, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if !id.IsToken(key) {
		return nil
	}
	if err := s.dir.Remove(place(key)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("delete blob: %w", err)
	}
	return nil
}

// Walk calls fn for every file in the order of the keys, for backups and to find files without
// a row. It ends with the first error of fn, and may or may not meet what comes and goes meanwhile.
func (s *Store) Walk(ctx context.Context, fn func(key string, size int64) error) error {
	return fs.WalkDir(s.dir.FS(), ".", func(at string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err = errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		if e.IsDir() || !id.IsToken(e.Name()) || at != place(e.Name()) {
			return nil
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		return fn(e.Name(), info.Size())
	})
}

// failed gives a full disk its own kind (F10): nothing is wrong with the file.
func failed(what string, err error) error {
	if errs.As(err) != nil {
		return err
	}
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return errs.Wrap(err, errs.Unavailable, "blob.full")
	}
	return fmt.Errorf("%s: %w", what, err)
}

// reader ends with its context.
type reader struct {
	ctx context.Context
	r   io.Reader
}

// Read reads on unless the context has ended.
func (r reader) Read(b []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(b)
}
