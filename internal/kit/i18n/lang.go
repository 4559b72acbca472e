// SPDX-License-Identifier: Apache-2.0

package i18n

import (
	"strings"

	"golang.org/x/text/language"
)

// Lang is a language that the house speaks, as a BCP 47 tag fit for the lang attribute.
type Lang string

// The languages of the house.
const (
	ZH Lang = "zh-CN"
	EN Lang = "en"
)

// longestHeader bounds what Match reads of a foreign header, in bytes.
const longestHeader = 512

// Langs returns the languages of the house, the default first.
func Langs() []Lang { return []Lang{ZH, EN} }

// Known reads a language that was stored or chosen: "zh", "zh-CN", "zh-Hant-TW"
// and "en-GB" are known, anything else is not.
func Known(s string) (Lang, bool) {
	base, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(s)), "-")
	switch base {
	case "zh":
		return ZH, true
	case "en":
		return EN, true
	}
	return "", false
}

// Match chooses a language for an Accept-Language header: the most wanted one
// that the house speaks, English for a reader who wants neither, and Chinese
// where nothing is said or what is said cannot be read.
func Match(acceptLanguage string) Lang {
	if acceptLanguage == "" || len(acceptLanguage) > longestHeader {
		return ZH
	}
	tags, weights, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil || len(tags) == 0 {
		return ZH
	}
	for i, t := range tags {
		if l, ok := Known(t.String()); ok && weights[i] > 0 {
			return l
		}
	}
	return EN
}
