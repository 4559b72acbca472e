// SPDX-License-Identifier: Apache-2.0

package norm

import (
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// Text writes the evidence for a reader at now in loc. Instants and lengths become words here,
// and the channel of an acknowledgement its name; one place writes it for every door.
func (v Verdict) Text(lang i18n.Lang, now time.Time, loc *time.Location) string {
	args := make([]any, len(v.Args))
	for i, x := range v.Args {
		switch x := x.(type) {
		case time.Time:
			args[i] = i18n.Moment(lang, x, now, loc)
		case time.Duration:
			args[i] = i18n.Duration(lang, x)
		default:
			args[i] = x
		}
	}
	for i := 0; i+1 < len(args); i += 2 {
		if word, ok := args[i+1].(string); ok && (args[i] == "Channel" || args[i] == "How") {
			if key := "norm.by_" + word; i18n.Has(lang, key) {
				args[i+1] = i18n.T(lang, key)
			}
		}
	}
	return i18n.T(lang, v.Key, args...)
}
