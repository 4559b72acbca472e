// SPDX-License-Identifier: Apache-2.0

// Package apptest gives a test a whole house: every room wired as in the real one, on a
// database of its own, with a clock that stands still and a mail server on the loopback.
//
// Nothing happens by itself. A test acts through a door, moves the clock or runs the jobs,
// and looks at what came of it:
//
//	apptest.Each(t, func(t *testing.T, h *apptest.House) {
//		user := h.SignIn(access.Requester)
//		user.Post("/new", url.Values{"text": {"打印机卡纸"}})
//		h.RunJobs()
//		h.Mailbox(user.Person.Email) // the acknowledgement
//	})
package apptest
