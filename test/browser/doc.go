// SPDX-License-Identifier: Apache-2.0

// Package browser looks at the desk as people do: through Chromium, on the whole house, by
// keyboard and by touch, in both languages, in both themes, on a desk and on a phone.
//
// Two kinds of test live here. TestPages walks through every page of a sample desk whose clock
// stands still and holds it to what every page must be: nothing on the console, nothing asked
// of anybody else, nothing that axe objects to, no sideways scroll. The stories act on small
// houses of their own, one each, and look at what a person would see happen.
//
// The same pages make the pictures of docs/screenshots:
//
//	go test ./test/browser -run TestScreenshots -count=1 -args -write
package browser
