// SPDX-License-Identifier: Apache-2.0

package workspace

// The addresses of the register and of the journal of mail, for the tests.
const (
	DevicesPath    = devicesPath
	QuarantinePath = quarantinePath
)
