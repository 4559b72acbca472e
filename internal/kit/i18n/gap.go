// SPDX-License-Identifier: Apache-2.0

package i18n

import "github.com/loopdesk/loopdesk/internal/kit/errs"

// Gap says what a gate found missing and, where one gap stands for several things, which.
func Gap(lang Lang, g errs.Gap) string {
	if which := g.Which(string(lang)); which != "" {
		return T(lang, "gap.names", "What", T(lang, g.Key), "Names", which)
	}
	return T(lang, g.Key)
}
