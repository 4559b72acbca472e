// SPDX-License-Identifier: Apache-2.0

// Package i18n turns message keys into sentences in the reader's language.
//
// Chinese and English are equal: every key is written in both, or the tests of
// this package fail. Each room keeps its own pair of files,
//
//	locale/<room>.zh-CN.toml      locale/<room>.en.toml
//
// whose keys are "room.word". A message is one line, or a table of plural forms
// chosen by the argument "Count":
//
//	"person.invited" = "{{.Name}} has been invited"
//
//	["queue.selected"]
//	one = "{{.Count}} selected"
//	other = "{{.Count}} selected"
//
// Chinese has only "other", so a plain line is enough there. Keys are quoted, so
// that a word such as "other" or "id" at the end of a key is not taken for one
// of the format's own. A message may hold placeholders of the form {{.Name}} and
// nothing else: that is what makes a lookup cost nanoseconds.
//
// The words of time live here too, because every room needs the same ones: a
// clock time before a duration, relative words within a week, then a date.
package i18n
