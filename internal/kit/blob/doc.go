// SPDX-License-Identifier: Apache-2.0

// Package blob keeps files: attachments and whatever else is too large for a row.
//
// A file is written once, under a random key, and never changed. When Put
// returns, the bytes and the names of all folders above them are on disk, so
// that the row which mentions the key may be committed (P1, F03):
//
//	tmp/<token> ──written, synced──▶ a/b/ab…key ──folder synced──▶ Put returns
//
// A file without a row may be left by a crash between the two; Walk finds it.
// A row without its file cannot be.
//
// The store is a folder of our own, named by "file:///dir". The file driver of
// gocloud.dev syncs neither file nor folder and leaves the modes to the umask;
// it would have to be written around. An object store comes as another scheme
// of the same URL.
package blob
