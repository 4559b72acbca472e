// SPDX-License-Identifier: Apache-2.0

package app

// diskSpace is not looked at on Windows.
func diskSpace(string) (free, total int64, ok bool) { return 0, 0, false }

// privately does nothing on Windows: the rights of the folder are inherited.
func privately() {}
