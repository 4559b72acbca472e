// SPDX-License-Identifier: Apache-2.0

package app

import (
	"archive/tar"
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/id"
)

// restore makes a desk from a backup. It refuses a data folder that holds anything, and a
// backup of which a single bit is wrong; it leaves either the whole desk or nothing (P11, F25).
func (c console) restore(ctx context.Context, conf Config, arg restoreArg) error {
	if conf.Database != "" {
		return errs.New(errs.Conflict, "app.restore_elsewhere")
	}
	if empty, err := isEmpty(conf.Data); err != nil {
		return err
	} else if !empty {
		return errs.New(errs.Conflict, "app.folder_not_empty", "Dir", conf.Data)
	}
	f, err := os.Open(arg.File)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	if err := checkSeal(f); err != nil {
		return err
	}
	target, err := filepath.Abs(conf.Data)
	if err != nil {
		return err
	}
	made := target + ".restore-" + id.Token()[:8]
	n, err := unpack(ctx, f, made)
	if err == nil {
		err = checkRestored(ctx, filepath.Join(made, databaseFile))
	}
	if err == nil {
		err = errors.Join(gone(os.Remove(target)), os.Rename(made, target)) // the target is empty, or not there
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(made))
	}
	c.say("app.restored", "Dir", conf.Data, "Count", n)
	return nil
}

// unpack writes the entries of a backup into a fresh folder and returns how many attachments
// there were. Each must have the sum that the manifest says, and none may be missing.
func unpack(ctx context.Context, r io.Reader, into string) (n int, err error) {
	if err := os.MkdirAll(filepath.Join(into, filesFolder), folderMode); err != nil {
		return 0, err
	}
	sums := map[string]string{}
	for t := tar.NewReader(r); ; {
		h, err := t.Next()
		switch {
		case errors.Is(err, io.EOF):
			return 0, errs.New(errs.Invalid, "app.backup_damaged", "File", manifestName)
		case err != nil:
			return 0, err
		case h.Name == manifestName:
			return n, compare(t, sums)
		}
		at, ok := placeOf(h.Name)
		if !ok || h.Typeflag != tar.TypeReg {
			return 0, errs.New(errs.Invalid, "app.backup_strange", "Name", h.Name)
		}
		if strings.HasPrefix(h.Name, filesFolder+"/") {
			n++
		}
		if sums[h.Name], err = unpackOne(ctx, t, filepath.Join(into, at)); err != nil {
			return 0, err
		}
	}
}

// placeOf says where in the data folder an entry belongs; false for a name that no backup of
// ours holds, so that an archive from elsewhere can write nowhere else.
func placeOf(name string) (string, bool) {
	switch name {
	case databaseFile, keyFile, configFile:
		return name, true
	}
	key, ok := strings.CutPrefix(name, filesFolder+"/")
	if !ok || !id.IsToken(key) {
		return "", false
	}
	return filepath.Join(filesFolder, key[:1], key[1:2], key), true // as kit/blob keeps them
}

func unpackOne(ctx context.Context, r io.Reader, to string) (sum string, err error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(to), folderMode); err != nil {
		return "", err
	}
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, fileMode)
	if err != nil {
		return "", err
	}
	digest := sha256.New()
	_, err = io.Copy(io.MultiWriter(f, digest), r)
	return hex.EncodeToString(digest.Sum(nil)), errors.Join(err, f.Sync(), f.Close())
}

// compare holds what was unpacked against the manifest.
func compare(manifest io.Reader, sums map[string]string) error {
	lines := bufio.NewScanner(manifest)
	seen := 0
	for lines.Scan() {
		sum, name, ok := strings.Cut(lines.Text(), "  ")
		if !ok || sums[name] != sum {
			return errs.New(errs.Invalid, "app.backup_strange", "Name", name)
		}
		seen++
	}
	if err := lines.Err(); err != nil {
		return err
	}
	if seen != len(sums) || sums[databaseFile] == "" || sums[keyFile] == "" {
		return errs.New(errs.Invalid, "app.backup_damaged", "File", manifestName)
	}
	return nil
}

// checkRestored reads the database through and refuses one of a newer program.
func checkRestored(ctx context.Context, file string) error {
	if err := db.CheckFile(ctx, file); err != nil {
		return err
	}
	d, err := db.Open(ctx, db.Config{URL: (&url.URL{Scheme: "sqlite", Path: filepath.ToSlash(file)}).String()})
	if err != nil {
		return err
	}
	s := stores{DB: d}
	have, known, err := s.versions(ctx)
	if err == nil && have > known {
		err = errs.New(errs.Unavailable, "db.newer", "Have", have, "Known", known)
	}
	return errors.Join(err, d.Close())
}
