// SPDX-License-Identifier: Apache-2.0

package page

import (
	"net/url"
	"strings"
)

// LocalPath returns s where it is a path of our own, else fallback. It is the one judge of
// every address that came in and is to be followed: "next", the page before, undo (A41, S75).
//
// A path of our own starts with exactly one slash, holds no backslash, control or white
// space, and means the same to us and to a browser.
func LocalPath(s, fallback string) string {
	if len(s) == 0 || len(s) > 2000 || s[0] != '/' || strings.HasPrefix(s, "//") {
		return fallback
	}
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f || s[i] == '\\' {
			return fallback
		}
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" {
		return fallback
	}
	// What the path decodes to must not be another kind of address either.
	if strings.HasPrefix(u.Path, "//") || strings.ContainsAny(u.Path, "\\\x00\r\n\t") {
		return fallback
	}
	return s
}
