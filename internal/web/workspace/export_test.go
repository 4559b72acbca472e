// SPDX-License-Identifier: Apache-2.0

package workspace

// The addresses of the register, of the next ticket and of the journal of mail, for the tests.
const (
	DevicesPath    = devicesPath
	NextPath       = nextPath
	QuarantinePath = quarantinePath
)
