// SPDX-License-Identifier: Apache-2.0

//go:build unix

package db

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// lockFile takes the lock that one process holds on a SQLite file, without
// waiting (F24). The kernel lets it go when the process ends, however it ends.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errs.New(errs.Unavailable, "db.in_use", "File", path)
		}
		return nil, fmt.Errorf("lock database: %w", err)
	}
	return f, nil
}
