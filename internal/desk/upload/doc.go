// SPDX-License-Identifier: Apache-2.0

// Package upload lets a phone put pictures into a form that is open on another screen (N16).
//
//	form ──▶ box (signed, of one person, a quarter of an hour) ──▶ code as a QR sign
//	                                                                  │ the phone's camera
//	form ◀── tokens of the files ◀── staged as the person's own ◀─────┘
//
// A code opens nothing: with it one may add a few files to one box and read nothing at all. The
// files belong to the person whose form it is; they are attached when that person sends the
// form, and swept away with other staged files where they do not.
package upload
