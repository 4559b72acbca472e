// SPDX-License-Identifier: Apache-2.0

//go:build unix

package app

import "golang.org/x/sys/unix"

// diskSpace returns the bytes that are free and in all on the disk of a folder.
func diskSpace(dir string) (free, total int64, ok bool) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, 0, false
	}
	size := int64(s.Bsize) //nolint:unconvert // it is 32 bits wide on other systems
	return int64(s.Bavail) * size, int64(s.Blocks) * size, true
}

// privately makes every file that this process makes its owner's own, whatever the shell said.
func privately() { unix.Umask(0o077) }
