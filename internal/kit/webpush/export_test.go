// SPDX-License-Identifier: Apache-2.0

package webpush

// SealWith is Seal without chance.
var SealWith = seal //nolint:gochecknoglobals // a door for the test
