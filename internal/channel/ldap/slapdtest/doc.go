// SPDX-License-Identifier: Apache-2.0

// Package slapdtest gives a test a real directory server, OpenLDAP's slapd, on the loopback: in a
// temporary folder, with an authority of its own, as an ordinary process that is stopped when the
// test ends. People are added, changed, renamed and deleted as an administrator of the directory
// does it, behind the desk's back.
package slapdtest
