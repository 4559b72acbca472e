// SPDX-License-Identifier: Apache-2.0

package db

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
)

// longReaders is how many connections serve long scans (storage note, section 9).
const longReaders = 2

// sqlite is a SQLite file: one writer, some readers and the lock that keeps
// other processes out.
type sqlite struct {
	d      *DB
	path   string
	lock   *os.File
	writer *writer
	short  *readers
	long   *readers

	migrating sync.Mutex

	once sync.Once
	err  error
}

// sqliteLong is the same file for long scans; it belongs to its sqlite.
type sqliteLong struct{ *sqlite }

func (s sqliteLong) read(ctx context.Context, text string, args []any) (rows, error) {
	return s.long.query(ctx, text, args)
}

func openSQLite(ctx context.Context, d *DB, c Config) error {
	path, err := sqlitePath(c.URL)
	if err != nil {
		return err
	}
	s := &sqlite{d: d, path: path}
	if c.Guest {
		if _, err := os.Stat(path); err != nil {
			return fmt.Errorf("open database: %w", err)
		}
	} else if s.lock, err = lockFile(path + ".lock"); err != nil {
		return err
	}
	if err := s.open(ctx, c.Readers); err != nil {
		_ = s.close()
		return fmt.Errorf("open database %s: %w", path, err)
	}
	d.back = s
	return nil
}

func sqlitePath(raw string) (string, error) {
	path, err := url.PathUnescape(strings.TrimPrefix(raw, "sqlite://"))
	if runtime.GOOS == "windows" {
		path = strings.TrimPrefix(path, "/") // sqlite:///C:/data/desk.db
	}
	if err != nil || !filepath.IsAbs(path) {
		return "", errors.New("open database: a SQLite URL is sqlite:// and an absolute path")
	}
	return filepath.Clean(path), nil
}

func (s *sqlite) open(ctx context.Context, n int) error {
	err := s.make()
	if err != nil {
		return err
	}
	from, err := newOpener(dsn(s.path, writerPragmas))
	if err != nil {
		return err
	}
	if s.writer, err = newWriter(s.d, from); err != nil { //nolint:contextcheck // it outlives every caller
		return err
	}
	if n <= 0 {
		n = max(4, runtime.NumCPU())
	}
	if from, err = newOpener(dsn(s.path, readerPragmas)); err != nil {
		return err
	}
	s.short, s.long = newReaders(from, n, s.d.limit, s.d.limit), newReaders(from, longReaders, s.d.limit, longer*s.d.limit)
	s.d.long = &DB{engine: SQLite, log: s.d.log, back: sqliteLong{s}}
	return s.ping(ctx)
}

// make makes the file that is not there yet. SQLite gives its other files the
// mode of this one, so that nobody else reads them. A guest leaves it alone:
// closing the file would drop the locks that its process has on it.
func (s *sqlite) make() error {
	if s.lock == nil {
		return nil
	}
	f, err := os.OpenFile(s.path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// The pragmas of the storage note, section 9. An I/O error under mmap would
// kill the process, so mmap stays off.
var (
	writerPragmas = []string{ //nolint:gochecknoglobals // a constant list
		"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "cache_size(-65536)",
		"temp_store(MEMORY)", "journal_size_limit(268435456)", "mmap_size(0)",
	}
	readerPragmas = []string{ //nolint:gochecknoglobals // a constant list
		"busy_timeout(10000)", "query_only(1)", "cache_size(-8192)", "temp_store(MEMORY)", "mmap_size(0)",
	}
	migratorPragmas = []string{ //nolint:gochecknoglobals // a constant list
		"busy_timeout(10000)", "synchronous(FULL)", "foreign_keys(0)", "temp_store(MEMORY)", "mmap_size(0)",
	}
)

func dsn(path string, pragmas []string) string {
	q := url.Values{"_pragma": pragmas, "_dqs": {"0"}}
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

func (s *sqlite) write(ctx context.Context, fn func(context.Context, *Tx) error) ([]func(), error) {
	return s.writer.submit(ctx, fn)
}

func (s *sqlite) read(ctx context.Context, text string, args []any) (rows, error) {
	return s.short.query(ctx, text, args)
}

// listen has nothing to open: the writer tells this process itself.
func (s *sqlite) listen(context.Context) error {
	if s.closed() {
		return closedError()
	}
	return nil
}

func (s *sqlite) closed() bool {
	select {
	case <-s.short.quit:
		return true
	default:
		return false
	}
}

func (s *sqlite) ping(ctx context.Context) error {
	r, err := s.read(ctx, `SELECT COUNT(*) FROM sqlite_schema`, nil)
	if err != nil {
		return err
	}
	r.next()
	return r.close()
}

func (s *sqlite) close() error {
	s.once.Do(func() {
		for _, r := range []*readers{s.short, s.long} {
			if r != nil {
				s.err = errors.Join(s.err, r.stop())
			}
		}
		if s.writer != nil {
			s.err = errors.Join(s.err, s.writer.stop())
		}
		if s.lock != nil {
			s.err = errors.Join(s.err, s.lock.Close())
		}
	})
	return s.err
}
