// SPDX-License-Identifier: Apache-2.0

// Package admin is the face for those who look after the desk: people and groups, categories
// and services, how tickets are graded and timed, mail, and what went wrong behind the scenes.
//
// Plain forms, everything explained, nothing applied before it is saved. Every route asks for
// the administrator's action; the rooms ask again.
package admin
