// SPDX-License-Identifier: Apache-2.0

// Package richtext turns foreign HTML, Markdown and plain text into HTML that
// is safe to show, and HTML into text.
//
// Foreign HTML goes through two filters that share no judgement:
//
//	bytes ──cut──▶ bluemonday ──▶ builder ──▶ once more ──same?──▶ safe HTML
//	               elements and     tree,        │
//	               attributes       styles,      └─not the same──▶ plain text
//	               by allow-list    addresses
//
// The first knows names: elements, attributes and the form of their values.
// The second writes the document anew from the tokens: every element it opens
// it closes, tables and lists are well formed, nothing is deeper than 64. So a
// browser builds the tree that was judged, and no stray end tag closes the box
// that the message stands in. The result is a fixed point: sanitising it again
// changes nothing; where that fails, the text is shown instead (checks S60,
// S61, S87).
//
// There is no style element, and of style attributes only named properties
// with plain values survive: no url(), no function but colours, no escapes, no
// position (check S63). Remote images are left out unless the caller gives
// them another address (check S64). Nothing here works on HTML by search and
// replace (check S62).
//
// The result belongs into a sandboxed frame all the same.
package richtext
