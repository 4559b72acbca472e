// SPDX-License-Identifier: Apache-2.0

package app

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// A backup is one tar file:
//
//	loopdesk.db     the database as of one instant
//	master.key      without it links that were mailed and sealed passwords are lost
//	loopdesk.toml   where there is one
//	files/<key>     every attachment
//	MANIFEST        the SHA-256 of each of them, as sha256sum -c reads it
//	SHA256          the SHA-256 of every byte before it
//
// The last entry is what makes a truncated or damaged file known before anything of it is used.
const (
	manifestName = "MANIFEST"
	sealName     = "SHA256"
	sealSize     = 512 + 512 + 1024 // header, content in one block, the end of a tar file
)

// backup writes the whole desk into one file while it runs (P11). The file holds the master
// key, so only its owner can read it.
func (c console) backup(ctx context.Context, conf Config, arg backupArg) error {
	if _, err := os.Lstat(arg.File); err == nil {
		return errs.New(errs.Conflict, "app.file_there", "File", arg.File)
	}
	if !conf.exists() {
		return errs.New(errs.NotFound, "app.no_desk", "Dir", conf.Data)
	}
	to, err := filepath.Abs(arg.File)
	if err != nil {
		return err
	}
	part := to + ".part"
	n, err := writeBackup(ctx, conf, part, newLogOptions(conf, c.Err))
	if err == nil {
		err = os.Rename(part, to)
	}
	if err != nil {
		return errors.Join(err, gone(os.Remove(part)))
	}
	c.say("app.backed_up", "File", arg.File, "Count", n)
	return nil
}

func newLogOptions(conf Config, w io.Writer) Options {
	return Options{Log: newLog(conf, w), Guest: true}
}

// gone takes it as no error that something was not there to be removed.
func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// writeBackup writes the backup and returns how many attachments it holds. The database comes
// first: whatever it mentions was on disk before, so the files that are read after it hold all of them.
func writeBackup(ctx context.Context, conf Config, to string, o Options) (n int, err error) {
	s, err := openStores(ctx, conf, o)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	copied := to + ".db"
	for _, left := range []string{to, copied} { // by a backup that was killed
		if err := gone(os.Remove(left)); err != nil {
			return 0, err
		}
	}
	if err := s.DB.Backup(ctx, copied); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.Remove(copied)) }()
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, fileMode)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	a := newArchive(f)
	for _, part := range [][2]string{{databaseFile, copied}, {keyFile, conf.file(keyFile)}, {configFile, conf.file(configFile)}} {
		if err := a.file(part[0], part[1]); err != nil && (part[0] != configFile || !errors.Is(err, fs.ErrNotExist)) {
			return 0, fmt.Errorf("back up %s: %w", part[0], err)
		}
	}
	err = s.Blobs.Walk(ctx, func(key string, size int64) error {
		r, _, err := s.Blobs.Open(ctx, key)
		if errs.KindOf(err) == errs.NotFound { // never bound to a message, and swept meanwhile
			return nil
		}
		if err != nil {
			return err
		}
		n++
		return errors.Join(a.add(path.Join(filesFolder, key), size, r), r.Close())
	})
	if err == nil {
		err = errors.Join(a.seal(), f.Sync())
	}
	return n, err
}

// archive writes a backup and keeps the sums.
type archive struct {
	to       io.Writer
	whole    hash.Hash // of every byte so far
	tar      *tar.Writer
	manifest bytes.Buffer
}

func newArchive(w io.Writer) *archive {
	a := &archive{to: w, whole: sha256.New()}
	a.tar = tar.NewWriter(io.MultiWriter(w, a.whole))
	return a
}

// file adds a file from the disk.
func (a *archive) file(name, from string) error {
	f, err := os.Open(from)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil {
		err = a.add(name, info.Size(), f)
	}
	return errors.Join(err, f.Close())
}

// add adds size bytes of r and notes their sum.
func (a *archive) add(name string, size int64, r io.Reader) error {
	if err := a.tar.WriteHeader(header(name, size)); err != nil {
		return err
	}
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(a.tar, sum), r); err != nil {
		return err
	}
	_, err := fmt.Fprintf(&a.manifest, "%x  %s\n", sum.Sum(nil), name)
	return err
}

// header says the same of every entry, so that a backup says nothing of the machine it is from.
func header(name string, size int64) *tar.Header {
	return &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: int64(fileMode), ModTime: time.Unix(0, 0), Format: tar.FormatPAX}
}

// seal ends the archive with its manifest and the sum of everything.
func (a *archive) seal() error {
	text := a.manifest.Bytes()
	err := a.tar.WriteHeader(header(manifestName, int64(len(text))))
	if err == nil {
		_, err = a.tar.Write(text)
	}
	if err := errors.Join(err, a.tar.Flush()); err != nil {
		return err
	}
	end, err := sealOf(a.whole.Sum(nil))
	if err != nil {
		return err
	}
	_, err = a.to.Write(end)
	return err
}

// sealOf is the end of a backup whose bytes so far have the sum.
func sealOf(sum []byte) ([]byte, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	text := hex.EncodeToString(sum) + "\n"
	err := w.WriteHeader(header(sealName, int64(len(text))))
	if err == nil {
		_, err = io.WriteString(w, text)
	}
	err = errors.Join(err, w.Close())
	return b.Bytes(), err
}

// checkSeal reads a backup from end to end and refuses one that is cut short or changed
// anywhere, before anything of it is used.
func checkSeal(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	damaged := errs.New(errs.Invalid, "app.backup_damaged", "File", filepath.Base(f.Name()))
	body := info.Size() - sealSize
	if body <= 0 {
		return damaged
	}
	sum := sha256.New()
	if _, err := io.CopyN(sum, f, body); err != nil {
		return err
	}
	have, err := io.ReadAll(f)
	if err != nil {
		return err
	}
	want, err := sealOf(sum.Sum(nil))
	if err != nil {
		return err
	}
	if !bytes.Equal(have, want) {
		return damaged
	}
	_, err = f.Seek(0, io.SeekStart)
	return err
}
