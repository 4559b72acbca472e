// SPDX-License-Identifier: Apache-2.0

// Package assets serves the stylesheet, the scripts and the font.
//
// The files of dist are built by build.sh from src and committed, so that
// running Loopdesk needs no Node. Each is served under a name that holds a hash
// of its content, for a year, and changes its address when it changes:
//
//	URL("app.css")  →  /assets/app.1f0c9a3b7d21.css
//
// Nothing is ever fetched from another host.
package assets
