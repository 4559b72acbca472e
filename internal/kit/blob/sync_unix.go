// SPDX-License-Identifier: Apache-2.0

//go:build !windows

package blob

import (
	"errors"
	"os"
)

// syncFolder makes the names in a folder durable: a synced file whose name is not is lost with
// the power (F03).
func syncFolder(open func(string) (*os.File, error), name string) error {
	d, err := open(name)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
