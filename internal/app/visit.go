// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// sqliteFile returns the path of the SQLite file of a configuration, "" on PostgreSQL.
func (c Config) sqliteFile() string {
	if c.postgres() {
		return ""
	}
	path, err := url.PathUnescape(strings.TrimPrefix(c.databaseURL(), "sqlite://"))
	if err != nil {
		return ""
	}
	return filepath.FromSlash(path)
}

// exists reports whether there is a desk already.
func (c Config) exists() bool {
	file := c.sqliteFile()
	if file == "" {
		return true
	}
	_, err := os.Stat(file)
	return err == nil
}

// visit opens the desk for one command, beside the process that serves it if there is one. A
// desk that does not exist yet is made. One whose tables are older than this program is left
// to migrate or serve: a visitor does not change the house under those who live there.
func visit(ctx context.Context, conf Config, o Options) (*House, error) {
	if !conf.exists() {
		return Open(ctx, conf, o)
	}
	o.Guest = true
	s, err := openStores(ctx, conf, o)
	if err != nil {
		return nil, err
	}
	if err := s.current(ctx); err != nil {
		return nil, errors.Join(err, s.close())
	}
	h, err := build(ctx, conf, s, o)
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return h, nil
}

// current refuses tables of another version than this program knows. Empty ones are filled.
func (s stores) current(ctx context.Context) error {
	have, known, err := s.versions(ctx)
	switch {
	case err != nil:
		return err
	case have == 0 || have > known: // the latter says what to do
		return s.DB.Migrate(ctx)
	case have < known:
		return errs.New(errs.Conflict, "app.needs_migrate", "Have", have, "Known", known)
	}
	return nil
}

func (s stores) versions(ctx context.Context) (have, known int64, err error) {
	if known, err = s.DB.KnownVersion(); err != nil {
		return 0, 0, err
	}
	have, err = s.DB.SchemaVersion(ctx)
	return have, known, err
}
