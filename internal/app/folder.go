// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/secret"
)

// Modes of the data folder and of what lies in it: it is nobody else's business (ASVS 13.3.1).
const (
	folderMode fs.FileMode = 0o700
	fileMode   fs.FileMode = 0o600
)

// makeFolder makes the data folder where it is not there. One that is there keeps its mode,
// which doctor looks at; what is not a folder, or cannot be written to, is refused (F12).
func makeFolder(dir string) error {
	if err := os.MkdirAll(dir, folderMode); err != nil {
		return errs.Wrap(err, errs.Unavailable, "app.folder_unusable", "Dir", dir)
	}
	probe, err := os.CreateTemp(dir, ".probe-*")
	if err != nil {
		return errs.Wrap(err, errs.Unavailable, "app.folder_unusable", "Dir", dir)
	}
	_ = probe.Close()
	return os.Remove(probe.Name())
}

// isEmpty reports whether a folder is not there or holds nothing.
func isEmpty(dir string) (bool, error) {
	list, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	return len(list) == 0, err
}

// masterKey reads the key from which all signatures and ciphers of the house come, and makes
// it on the first start. It never changes by itself: links already mailed depend on it.
func masterKey(path string) (*secret.Keys, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return makeKey(path)
	}
	if err != nil {
		return nil, errs.Wrap(err, errs.Unavailable, "app.key_unreadable", "File", path)
	}
	return readKey(path, string(text))
}

func readKey(path, text string) (*secret.Keys, error) {
	master, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || len(master) != secret.Size {
		return nil, errs.New(errs.Unavailable, "app.key_damaged", "File", path)
	}
	return secret.New(master), nil
}

// makeKey writes a fresh key under a name of its own and gives it its real one when every
// byte is on disk, so that a crash leaves either a whole key or none. Of two processes that
// make one at the same time the first wins, and both go on with its key.
func makeKey(path string) (*secret.Keys, error) {
	master := make([]byte, secret.Size)
	_, _ = rand.Read(master) // crypto/rand.Read never fails since Go 1.24
	f, err := os.CreateTemp(filepath.Dir(path), ".key-*")
	if err != nil {
		return nil, errs.Wrap(err, errs.Unavailable, "app.folder_unusable", "Dir", filepath.Dir(path))
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(master) + "\n")
	err = errors.Join(err, f.Chmod(fileMode), f.Sync(), f.Close())
	if err != nil {
		return nil, fmt.Errorf("write master key: %w", err)
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("write master key: %w", err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read master key: %w", err)
	}
	return readKey(path, string(text))
}

// keyMark is stored with the data: a mac that only the right master key can have made.
type keyMark struct{ Mac string }

// keyMarkName is the name under which it is stored.
const keyMarkName = "app.key"

// Check has nothing to refuse.
func (keyMark) Check() error { return nil }

// ownKey refuses data that was begun with another master key: a second node with a folder of
// its own, a database restored without its key. Going on would break every link ever mailed
// and every password stored, one by one and without a word.
func (h *House) ownKey(ctx context.Context) error {
	const purpose = "house"
	mark, version, err := setting.Load(ctx, h.Settings, keyMarkName, keyMark{})
	switch {
	case err != nil:
		return fmt.Errorf("read key mark: %w", err)
	case version == 0:
		err := setting.Save(ctx, h.Settings, access.Desk(), keyMarkName, keyMark{h.Keys.Sign(purpose)}, 0)
		if errs.KindOf(err) == errs.Stale { // another node began with us; the mark that stands is the one that counts
			return h.ownKey(ctx)
		}
		return err
	case !h.Keys.Verify(purpose, mark.Mac):
		return errs.New(errs.Unavailable, "app.key_foreign", "File", h.Config.file(keyFile))
	}
	return nil
}
