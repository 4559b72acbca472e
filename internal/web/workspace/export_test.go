// SPDX-License-Identifier: Apache-2.0

package workspace

// DevicesPath is the address of the register, for the tests.
const DevicesPath = devicesPath
