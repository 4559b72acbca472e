// SPDX-License-Identifier: Apache-2.0

// Package canned keeps the texts that staff use again and again: of one person, of a group, or
// of everybody.
//
// A text has places that are filled when it is put into a reply: {{requester.name}},
// {{next.time}}. A place that the desk does not know is refused when the text is saved, so that
// no requester ever reads one. What is put in is only a beginning: whoever writes reads it over
// and sends it.
package canned
