// SPDX-License-Identifier: Apache-2.0

package ui

// The colours behind everything, for the frame that a system draws around the app. They are those
// of tokens.css, which a system does not read.
const (
	GroundLight = "#f6f7f9"
	GroundDark  = "#0c0e12"
)
