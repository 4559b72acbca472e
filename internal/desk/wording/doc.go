// SPDX-License-Identifier: Apache-2.0

// Package wording judges how something is written: whether a record is objective (N17), and
// whether a reply is plain, positive and says what comes next (N10, N29, N41).
//
// It is pure: rules and words in, remarks out. It knows no ticket, no setting and no page.
//
//	pack/*.toml ──▶ Pack ──Edit──▶ Pack ──Compile──▶ Checker ──Check(text)──▶ Remarks
//	built in          what an administrator changed           offline, in one pass
//
// A rule is data: phrases to find, contexts in which they mean something else (有时间 is not
// 有时), and the question that would make them precise, or a better wording. Chinese phrases are
// found wherever they stand, English ones as whole words with their inflections, and each pack in
// sentences of its language alone, because what it offers is of that language. What is quoted,
// code, an address or a name is not judged: it is somebody else's wording. A remark never
// changes anything by itself; whoever writes decides.
package wording
