// SPDX-License-Identifier: Apache-2.0

package clock

import (
	"sync"
	"time"
)

// zones are those that were read before: a few hundred exist, and reading one from disk costs
// more than many a page.
var zones sync.Map //nolint:gochecknoglobals // what a name means does not change while we run

// Zone returns the time zone of a name of the IANA base, "Asia/Shanghai". No zone has an empty
// name, and the machine's own, "Local", is none: it differs from node to node.
func Zone(name string) (*time.Location, bool) {
	if name == "" || name == "Local" {
		return nil, false
	}
	if kept, ok := zones.Load(name); ok {
		return kept.(*time.Location), true //nolint:forcetypeassert // nothing else goes in
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, false
	}
	zones.Store(name, loc)
	return loc, true
}

// FirstZone returns the first of the named zones that exists, else UTC.
func FirstZone(names ...string) *time.Location {
	for _, n := range names {
		if loc, ok := Zone(n); ok {
			return loc
		}
	}
	return time.UTC
}
