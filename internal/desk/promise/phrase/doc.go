// SPDX-License-Identifier: Apache-2.0

// Package phrase recognises the times that an agent promises in the words of a reply: "下午3点前
// 回复您", "within two hours", "by tomorrow noon".
//
// It is pure: words, an instant, a zone and a calendar in; the times out. What it finds is offered
// and never acted upon by itself, so it may miss a promise and should not make one up. A time
// counts where the same clause says that the desk will do something by then. It does not count
// where the words ask the reader for something, speak of what others will do, of what has
// happened, of what cannot be done, of what is usually so, or where they are a question or
// repeat an older mail.
//
// One file for each language holds its words (zh.go, en.go) and reads them into moments; what a
// moment means on the calendar is moment.go and knows no language.
package phrase
