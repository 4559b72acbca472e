// SPDX-License-Identifier: Apache-2.0

package page

// What tests of the outside know by name.
const (
	ShownAtOnce  = shownAtOnce
	RemoteAtOnce = remoteAtOnce
	MaxPictures  = maxPictures
)
