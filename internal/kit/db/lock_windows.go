// SPDX-License-Identifier: Apache-2.0

package db

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/windows"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// lockFile takes the lock that one process holds on a SQLite file, without
// waiting (F24). The kernel lets it go when the process ends, however it ends.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	if err := windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, &windows.Overlapped{}); err != nil {
		_ = f.Close()
		if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
			return nil, errs.New(errs.Unavailable, "db.in_use", "File", path)
		}
		return nil, fmt.Errorf("lock database: %w", err)
	}
	return f, nil
}
