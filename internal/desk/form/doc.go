// SPDX-License-Identifier: Apache-2.0

// Package form is what a category asks: typed questions, when they are shown, by which step of
// a ticket's life they have to be answered (N15, N21).
//
// It is pure: a form, what was typed and nothing else in; answers, or what is wrong with them,
// out. A question may depend on those before it and on no other, so that no form can go round in
// a circle and showing one takes a single walk from the top. What is not shown is not answered
// and never asked for.
package form
