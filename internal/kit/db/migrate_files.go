// SPDX-License-Identifier: Apache-2.0

package db

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/pressly/goose/v3"
)

// forSQLite is all that SQLite must be told otherwise than PostgreSQL in a
// migration for both: how a table counts its ids (never using one twice, as
// BIGSERIAL does), and that bytes are bytes. The rest of the subset in
// docs/sql.md means the same to both.
var forSQLite = strings.NewReplacer( //nolint:gochecknoglobals // a constant
	"BIGSERIAL PRIMARY KEY", "INTEGER PRIMARY KEY AUTOINCREMENT",
	"BYTEA", "BLOB",
)

// sources are the migrations for one engine, text by name. It is the fs.FS
// that goose reads.
type sources map[string]string

// migrationFiles picks the files of engine e: NNNN_noun.sql is for both,
// NNNN_noun.sqlite.sql and NNNN_noun.postgres.sql are for one.
func migrationFiles(from fs.FS, e Engine) (sources, error) {
	names, err := fs.Glob(from, "migration/*.sql")
	if err != nil {
		return nil, err
	}
	list := sources{}
	for _, name := range names {
		text, err := fs.ReadFile(from, name)
		if err != nil {
			return nil, err
		}
		base, engine, single := strings.Cut(strings.TrimSuffix(path.Base(name), ".sql"), ".")
		switch {
		case !single && e == SQLite:
			list[base+".sql"] = forSQLite.Replace(string(text))
		case !single, engine == e.String():
			list[base+".sql"] = string(text)
		case engine != SQLite.String() && engine != Postgres.String():
			return nil, fmt.Errorf("%s: a migration is for sqlite, for postgres or for both", name)
		}
	}
	return list, nil
}

// newest returns the number of the last migration.
func (s sources) newest() (int64, error) {
	if len(s) == 0 {
		return 0, errors.New("there are no migrations")
	}
	return goose.NumericComponent(slices.Max(slices.Collect(maps.Keys(s))))
}

// Glob implements fs.GlobFS.
func (s sources) Glob(pattern string) ([]string, error) {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(s)) {
		ok, err := path.Match(pattern, name)
		if err != nil {
			return nil, err
		}
		if ok {
			names = append(names, name)
		}
	}
	return names, nil
}

// Open implements fs.FS.
func (s sources) Open(name string) (fs.File, error) {
	text, ok := s[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return sourceFile{strings.NewReader(text)}, nil
}

// sourceFile is a file that can be read and nothing else.
type sourceFile struct{ *strings.Reader }

func (sourceFile) Stat() (fs.FileInfo, error) { return nil, fs.ErrInvalid }
func (sourceFile) Close() error               { return nil }

// MigrationDigest names the state of the migrations in this program, for those
// who keep a migrated database as a template.
func MigrationDigest() (string, error) {
	h := sha256.New()
	names, err := fs.Glob(migrations, "migration/*.sql")
	if err != nil {
		return "", err
	}
	for _, name := range names {
		text, err := fs.ReadFile(migrations, name)
		if err != nil {
			return "", err
		}
		_, _ = fmt.Fprintf(h, "%s %d\n%s", name, len(text), text)
	}
	return hex.EncodeToString(h.Sum(nil)[:8]), nil
}
