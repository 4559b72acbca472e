// SPDX-License-Identifier: Apache-2.0

// Package portal is the face for those who need help: three sentences and a screenshot in,
// a number and an honest time out; what happens, who is on it, when the next word comes; and
// one tap that closes the loop.
//
// The same page of a request is reached in two ways: signed in, at /requests/{number}, or by
// the signed tracking link of a mail, at /t/{code}. Following a link never changes anything;
// a button does (N35).
//
// It knows no internal word: what it reads comes from the ticket room as the requester may
// see it, whatever else the reader is to the desk.
package portal
